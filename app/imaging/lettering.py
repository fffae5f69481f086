"""Words on a layer, legible over any picture."""

import cv2

from app.imaging.draw import FONT
from app.imaging.layers import Layer

INK = (255, 255, 255, 255)
EDGE = (12, 10, 9, 255)
# Not a thicker stroke below: OpenCV 5 has a wider face for it, whose letters stand elsewhere.
AROUND = ((-1, -1), (1, -1), (-1, 1), (1, 1), (0, -1), (0, 1), (-1, 0), (1, 0))


def stroke_of(size: float) -> int:
    """How thick letters of this size are, in pixels."""
    return max(1, round(size * 1.6))


def extent(text: str, size: float) -> tuple[int, int]:
    """The (width, height) of a word in pixels."""
    width, height = cv2.getTextSize(text, FONT, size, stroke_of(size))[0]
    return int(width), int(height)


def write(layer: Layer, text: str, place: tuple[int, int], size: float) -> None:
    """Write a word in white with a dark edge; `place` is where its lower left corner is."""
    x, y = place
    for across, down in AROUND:
        cv2.putText(layer, text, (x + across, y + down), FONT, size, EDGE, stroke_of(size), cv2.LINE_AA)
    cv2.putText(layer, text, place, FONT, size, INK, stroke_of(size), cv2.LINE_AA)
