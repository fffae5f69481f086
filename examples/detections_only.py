"""Track what a detector of your own finds; here OpenCV's background subtraction, which finds what moves."""

import argparse
from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np

from app.client import Client, ClientError, DetectionsMessage, InputDetection


def moving(image: Any, background: Any, smallest: int) -> list[InputDetection]:
    """Boxes in pixels around what differs from the background; the share of the box that does is the score."""
    mask = cv2.threshold(background.apply(image), 200, 255, cv2.THRESH_BINARY)[1]
    mask = cv2.dilate(mask, np.ones((5, 5), np.uint8))
    found = []
    for contour in cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]:
        x, y, width, height = cv2.boundingRect(contour)
        if width * height >= smallest:
            score = cv2.contourArea(contour) / (width * height)
            found.append(InputDetection((x, y, x + width, y + height), min(1.0, 0.5 + score / 2)))
    return found


def frames(video: cv2.VideoCapture, fps: float, smallest: int) -> Iterator[DetectionsMessage]:
    """What is found in each frame, with its time in seconds."""
    background = cv2.createBackgroundSubtractorMOG2(history=100, detectShadows=True)
    index = 0
    while (read := video.read())[0]:
        height, width = read[1].shape[:2]
        yield DetectionsMessage(width, height, moving(read[1], background, smallest), capture_ts=index / fps)
        index += 1


def main() -> None:
    """Send the detections of each frame, and print their tracks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("video", help="a file, or an address that OpenCV opens")
    parser.add_argument("--server", default="http://127.0.0.1:8000", help="address of the service")
    parser.add_argument("--stream", default="moving", help="id of the stream")
    parser.add_argument("--smallest", type=int, default=400, help="area of a box in pixels")
    arguments = parser.parse_args()
    video = cv2.VideoCapture(arguments.video)
    if not video.isOpened():
        raise SystemExit(f"detections_only: no video at {arguments.video!r}")
    found = frames(video, video.get(cv2.CAP_PROP_FPS) or 25.0, arguments.smallest)
    with Client(arguments.server) as client:
        client.put_stream(arguments.stream, {"labels": ["moving"]})
        for answer in client.detections(arguments.stream, found):
            print(answer.seq, [(track.track_id, track.bbox) for track in answer.tracks], flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
    except ClientError as error:
        raise SystemExit(f"detections_only: {error}") from None
