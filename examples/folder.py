"""Track a folder of pictures, or a video, and write MOT Challenge rows: frame, id, left, top, width, height, score."""

import argparse
import sys

from app.client import Client, ClientError, TracksMessage


def rows(frame: int, message: TracksMessage) -> str:
    """The rows of one frame; MOT counts frames from 1, as the service does, and pixels from 1."""
    text = ""
    for track in message.tracks:
        x1, y1, x2, y2 = track.bbox
        box = f"{x1 + 1:.2f},{y1 + 1:.2f},{x2 - x1:.2f},{y2 - y1:.2f}"
        text += f"{frame},{track.track_id},{box},{track.score:.4f},-1,-1,-1\n"
    return text


def main() -> None:
    """Track all of it, and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", help="pictures, in the order of their names; a video; or demo:?frames=100")
    parser.add_argument("--server", default="http://127.0.0.1:8000", help="address of the service")
    parser.add_argument("--fps", type=float, help="frames per second of the pictures; 30 when not given")
    parser.add_argument("-o", "--output", type=argparse.FileType("w"), default=sys.stdout, help="default: stdout")
    arguments = parser.parse_args()
    with Client(arguments.server) as client:
        frame = 0
        for message in client.track_file(arguments.folder, frame_rate=arguments.fps):
            frame = message.seq
            arguments.output.write(rows(frame, message))
    print(f"{frame} frames", file=sys.stderr)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
    except ClientError as error:
        raise SystemExit(f"folder: {error}") from None
