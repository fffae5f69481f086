"""Track what a webcam sees, and print who is in view. A file or an address that OpenCV opens will do too."""

import argparse
import time
from collections.abc import Iterator
from typing import Any

import cv2

from app.client import Client, ClientError, Overload


def opened(source: str) -> cv2.VideoCapture:
    """The camera, or one line that says that there is none."""
    camera = cv2.VideoCapture(int(source) if source.isdecimal() else source)
    if not camera.isOpened():
        raise SystemExit(f"webcam: no camera or video at {source!r}; try --source 1, or --source video.mp4")
    return camera


def pictures(camera: cv2.VideoCapture) -> Iterator[tuple[Any, float]]:
    """BGR pictures with the time at which they were taken, in seconds since 1970."""
    while (read := camera.read())[0]:
        yield read[1], time.time()


def main() -> None:
    """Send until the source ends, or Ctrl-C."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", default="http://127.0.0.1:8000", help="address of the service")
    parser.add_argument("--stream", default="webcam", help="id of the stream")
    parser.add_argument("--source", default="0", help="number of a camera, or a file")
    parser.add_argument("--all", action="store_true", help="wait for every frame instead of dropping old ones")
    arguments = parser.parse_args()
    camera = opened(arguments.source)
    with Client(arguments.server) as client:
        kept: Overload = "lossless" if arguments.all else "latest"
        for answer in client.stream(arguments.stream, pictures(camera), overload=kept):
            people = ", ".join(f"{track.class_name} {track.track_id}" for track in answer.tracks)
            print(f"{answer.seq}: {answer.dropped or answer.error or people or 'nobody'}", flush=True)
    camera.release()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
    except ClientError as error:
        raise SystemExit(f"webcam: {error}") from None
