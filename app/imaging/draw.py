"""Tracks drawn on a frame: boxes, labels and trails in a colour that stays with the identity."""

import colorsys
import math
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import Any, Protocol, TypeAlias

import cv2
import numpy as np
import simplejpeg
from numpy.typing import NDArray

from app.imaging.decode import Image

Colour: TypeAlias = tuple[int, int, int]

GOLDEN_ANGLE_DEG = 137.508
SATURATION = 0.85
LIGHTNESS = 0.60
FONT = cv2.FONT_HERSHEY_SIMPLEX
SUBPIXEL_BITS = 4  # coordinates in sixteenths of a pixel: boxes glide instead of jumping
FARTHEST_PX = 16384.0  # beyond it OpenCV's fixed-point coordinates overflow
TRAIL_CORNERS = 12
TRAIL_BANDS = 4  # steps in which a trail fades


class TrackColumns(Protocol):
    """What is drawn: the columns of `tracker.Tracks`, or anything that has them."""

    @property
    def track_id(self) -> NDArray[np.int64]:
        """(M,) identities."""
        ...

    @property
    def xyxy(self) -> NDArray[np.float64]:
        """(M, 4) boxes in pixels of the full image."""
        ...

    @property
    def score(self) -> NDArray[np.float64]:
        """(M,) scores, 0 to 1."""
        ...

    @property
    def class_id(self) -> NDArray[np.int64]:
        """(M,) rows of the model's labels."""
        ...


def colour_of(track_id: int) -> Colour:
    """The (blue, green, red) of an identity, 0 to 255; the same on every frame, page and machine.

    hue = (track_id * 137.508) mod 360 degrees, saturation 85 %, lightness 60 %; in CSS
    `hsl(${(track_id * 137.508) % 360} 85% 60%)`. Steps by the golden angle keep neighbouring identities far apart.
    """
    hue = math.fmod(track_id * GOLDEN_ANGLE_DEG, 360.0) / 360.0
    red, green, blue = colorsys.hls_to_rgb(hue, LIGHTNESS, SATURATION)
    return round(blue * 255), round(green * 255), round(red * 255)


def annotate(
    image: Image,
    tracks: TrackColumns,
    labels: Sequence[str],
    trails: Mapping[int, NDArray[Any]] | None = None,
    scale: float = 1.0,
    thin: Collection[int] = (),
    turned: Mapping[int, NDArray[np.float64]] | None = None,
) -> Image:
    """A copy of `image` (H, W, 3) BGR with the tracks drawn on it; `image` is left as it is.

    `labels[class_id]` names a class; where there is no such row the number itself is written. `trails` maps a track_id
    to its past centres, (K, 2), oldest first. Boxes and trails are in pixels of the full image, `scale` is how many
    pixels of `image` one of them is (0.5 for a frame decoded at half size). Boxes lower in the picture, which are
    nearer as a rule, are drawn over those behind them, and labels over every box. The boxes of the track_ids in `thin`
    have a line of one pixel. `turned` has the turned boxes of those track_ids that have one, which are drawn instead:
    centre x and y, width and height in pixels of the full image, and the angle of the width, clockwise, in radians.
    """
    canvas = image.copy()
    width = max(2, round(min(canvas.shape[:2]) / 400))
    colours = {int(track_id): colour_of(int(track_id)) for track_id in tracks.track_id}
    for track_id, points in (trails or {}).items():
        _draw_trail(canvas, np.asarray(points, np.float64) * scale, colours.get(track_id) or colour_of(track_id), width)
    boxes = tracks.xyxy * scale
    order = np.argsort(boxes[:, 3], kind="stable")
    for row in order:
        track_id = int(tracks.track_id[row])
        line = 1 if track_id in thin else width
        if turned and track_id in turned:
            _draw_turned(canvas, turned[track_id], scale, colours[track_id], line)
        else:
            _draw_box(canvas, boxes[row], colours[track_id], line)
    for row in order:
        name = _label(labels, int(tracks.class_id[row]))
        text = f"{name} {tracks.track_id[row]} {tracks.score[row]:.2f}"
        _draw_chip(canvas, text, boxes[row], colours[int(tracks.track_id[row])], width)
    return canvas


def encode_jpeg(image: Image, quality: int = 80) -> bytes:
    """A (H, W, 3) BGR uint8 image as JPEG, colour at half resolution (4:2:0). `quality` is 1 to 100."""
    encoded: bytes = simplejpeg.encode_jpeg(np.ascontiguousarray(image), quality, "BGR", "420")
    return encoded


def _label(labels: Sequence[str], class_id: int) -> str:
    name = labels[class_id] if 0 <= class_id < len(labels) else str(class_id)
    return name.encode("ascii", "replace").decode()  # the glyphs that OpenCV draws


def _fixed(points: NDArray[np.float64]) -> NDArray[np.int32]:
    inside: NDArray[np.float64] = points.clip(-FARTHEST_PX, FARTHEST_PX)
    return np.rint(inside * (1 << SUBPIXEL_BITS)).astype(np.int32)


def _draw_box(canvas: Image, box: NDArray[np.float64], colour: Colour, width: int) -> None:
    x1, y1, x2, y2 = _fixed(box).tolist()
    cv2.rectangle(canvas, (x1, y1), (x2, y2), colour, width, cv2.LINE_AA, SUBPIXEL_BITS)


def _draw_turned(canvas: Image, box: NDArray[np.float64], scale: float, colour: Colour, width: int) -> None:
    cosine, sine = math.cos(box[4]), math.sin(box[4])
    halves = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * box[2:4] / 2
    corners = box[:2] + halves @ np.array([[cosine, sine], [-sine, cosine]])
    cv2.polylines(canvas, [_fixed(corners * scale)], True, colour, width, cv2.LINE_AA, SUBPIXEL_BITS)


def _draw_chip(canvas: Image, text: str, box: NDArray[np.float64], colour: Colour, width: int) -> None:
    size = max(0.32, min(canvas.shape[:2]) / 2000)
    stroke = max(1, round(size * 1.6))
    (text_width, text_height), _ = cv2.getTextSize(text, FONT, size, stroke)
    pad = max(2, text_height // 3)
    chip_width, chip_height = text_width + 2 * pad, text_height + 2 * pad
    # On the upper left corner of the box, and inside the picture where the box is not.
    x = round(min(max(0.0, box[0] - width / 2), max(0, canvas.shape[1] - chip_width)))
    y = round(min(max(0.0, box[1] - chip_height), max(0, canvas.shape[0] - chip_height)))
    cv2.rectangle(canvas, (x, y), (x + chip_width, y + chip_height), colour, cv2.FILLED)
    baseline = (x + pad, y + pad + text_height)
    cv2.putText(canvas, text, baseline, FONT, size, _ink_on(colour), stroke, cv2.LINE_AA)


def _ink_on(colour: Colour) -> Colour:
    """Black or white, whichever contrasts more (WCAG 2.2, relative luminance; they meet at 0.179)."""
    linear = [((c / 255 + 0.055) / 1.055) ** 2.4 if c > 10 else c / 255 / 12.92 for c in colour]
    luminance = 0.0722 * linear[0] + 0.7152 * linear[1] + 0.2126 * linear[2]
    return (0, 0, 0) if luminance > 0.179 else (255, 255, 255)


def _draw_trail(canvas: Image, points: NDArray[np.float64], colour: Colour, width: int) -> None:
    """Draw a line that grows fainter and thinner towards its old end."""
    # From the newest point backwards, so that the line ends at its box; more corners than this cost and do not show.
    points = points[:: -max(1, len(points) // TRAIL_CORNERS)][::-1]
    last = len(points) - 1
    bands = min(TRAIL_BANDS, last)
    fixed = _fixed(points)
    edges = [round(band * last / bands) for band in range(bands + 1)] if bands > 0 else []
    for band, (start, end) in enumerate(pairwise(edges), start=1):
        opacity = band / (bands + 1)
        ink = _blend(canvas, points[(start + end) // 2].tolist(), colour, opacity)
        thickness = max(1, round(width * (0.5 + opacity)))
        cv2.polylines(canvas, [fixed[start : end + 1]], False, ink, thickness, cv2.LINE_AA, SUBPIXEL_BITS)


def _blend(canvas: Image, point: tuple[float, float], colour: Colour, opacity: float) -> Colour:
    """Mix `colour` with the one pixel under `point`: blending every pixel would cost a copy of the frame."""
    column = min(max(int(point[0]), 0), canvas.shape[1] - 1)
    row = min(max(int(point[1]), 0), canvas.shape[0] - 1)
    under = canvas[row, column].tolist()
    blue, green, red = (
        round(opacity * over + (1.0 - opacity) * below) for over, below in zip(colour, under, strict=True)
    )
    return blue, green, red
