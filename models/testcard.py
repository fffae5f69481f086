"""The picture that a model is shown when it is loaded, to warm it up and to see how it answers.

It holds what detectors know: drawn people, cars and a stop sign. A model that suppresses overlapping boxes by itself
writes no rows for a picture without objects, and hides how its rows are laid out; a flat picture could make a model
answer the same in every cell. YOLOX nano, YOLOv8n (int8) and DEIMv2 atto find the sign and a person with scores from
0.85 to 0.94.
"""

import cv2
import numpy as np

from models.detector import Image

SIDE = 640
"""Width and height of the scene in pixels."""

Bgr = tuple[int, int, int]
SKIN, WHITE, BLACK = (120, 150, 200), (245, 245, 245), (25, 25, 25)
RED, BLUE, GREEN, GLASS = (40, 40, 190), (190, 120, 60), (60, 150, 60), (90, 75, 60)

TORSO = ((-0.13, 0.17), (-0.05, 0.145), (0.05, 0.145), (0.13, 0.17), (0.1, 0.52), (-0.1, 0.52))
"""Corners of a body, in heights of the person from the middle of the top."""

BODY = (
    (0, 0.22), (0.03, 0.17), (0.2, 0.14), (0.32, 0.01), (0.66, 0), (0.82, 0.13), (0.97, 0.17), (1, 0.24), (0.99, 0.34),
    (0.01, 0.34),
)  # fmt: skip
"""Corners of a car seen from the side, in lengths of it from the top left."""
FRONT_WINDOW = ((0.51, 0.14), (0.51, 0.035), (0.64, 0.035), (0.75, 0.14))
REAR_WINDOW = ((0.26, 0.14), (0.35, 0.04), (0.48, 0.035), (0.48, 0.14))


def draw_card(input_hw: tuple[int, int]) -> Image:
    """(height, width, 3) BGR with the scene, again and again along the longer side: the same for everyone."""
    rows, columns = input_hw
    side = min(rows, columns)
    scene = cv2.resize(_scene(), (side, side), interpolation=cv2.INTER_AREA)
    tiled = np.tile(scene, (-(-rows // side), -(-columns // side), 1))
    return np.ascontiguousarray(tiled[:rows, :columns])


def _scene() -> Image:
    picture = np.empty((SIDE, SIDE, 3), np.uint8)
    picture[:] = np.linspace((230, 190, 140), (240, 225, 205), SIDE)[:, None]
    picture[360:380] = (150, 155, 160)
    picture[380:] = (95, 100, 100)
    for left in range(0, SIDE, 90):
        cv2.rectangle(picture, (left, 600), (left + 50, 608), (220, 230, 235), cv2.FILLED)
    _stop_sign(picture, (520, 110), 62)
    _car(picture, (300, 395), 310, RED)
    _car(picture, (20, 330), 150, BLUE)
    _person(picture, (110, 170), 400, (60, 60, 200), (120, 70, 40))
    _person(picture, (250, 250), 260, GREEN, (60, 60, 60))
    return picture


def _person(picture: Image, top: tuple[int, int], height: int, shirt: Bgr, trousers: Bgr) -> None:
    def at(x: float, y: float) -> tuple[int, int]:
        return int(top[0] + x * height), int(top[1] + y * height)

    def limb(start: tuple[float, float], end: tuple[float, float], colour: Bgr, thickness: float) -> None:
        cv2.line(picture, at(*start), at(*end), colour, int(thickness * height), cv2.LINE_AA)

    def disc(x: float, y: float, across: float, high: float, colour: Bgr, angle: int = 360) -> None:
        axes = max(1, int(across * height)), max(1, int(high * height))
        cv2.ellipse(picture, at(x, y), axes, 0, 360 - angle, 360, colour, cv2.FILLED, cv2.LINE_AA)

    for side in (-1, 1):
        limb((side * 0.045, 0.5), (side * 0.075, 0.94), trousers, 0.1)
        disc(side * 0.095, 0.965, 0.05, 0.022, BLACK)
        limb((side * 0.115, 0.2), (side * 0.16, 0.36), shirt, 0.075)
        limb((side * 0.16, 0.36), (side * 0.15, 0.5), SKIN, 0.05)
        disc(side * 0.15, 0.515, 0.03, 0.03, SKIN)
    cv2.fillPoly(picture, [np.array([at(x, y) for x, y in TORSO])], shirt, cv2.LINE_AA)
    limb((0, 0.1), (0, 0.155), SKIN, 0.055)
    disc(0, 0.065, 0.045, 0.06, SKIN)
    disc(0, 0.05, 0.05, 0.055, (30, 35, 45), angle=180)
    for side in (-1, 1):
        disc(side * 0.017, 0.065, 0.006, 0.006, BLACK)
    cv2.line(picture, at(-0.015, 0.095), at(0.015, 0.095), (70, 70, 150), 1, cv2.LINE_AA)


def _car(picture: Image, corner: tuple[int, int], length: int, colour: Bgr) -> None:
    def at(x: float, y: float) -> tuple[int, int]:
        return int(corner[0] + x * length), int(corner[1] + y * length)

    def disc(x: float, y: float, across: float, high: float, of: Bgr) -> None:
        axes = int(across * length), int(high * length)
        cv2.ellipse(picture, at(x, y), axes, 0, 0, 360, of, cv2.FILLED, cv2.LINE_AA)

    disc(0.5, 0.4, 0.5, 0.03, (60, 62, 62))
    for shape, of in ((BODY, colour), (FRONT_WINDOW, GLASS), (REAR_WINDOW, GLASS)):
        cv2.fillPoly(picture, [np.array([at(x, y) for x, y in shape])], of, cv2.LINE_AA)
    cv2.line(picture, at(0.495, 0.15), at(0.495, 0.32), BLACK, 2, cv2.LINE_AA)
    disc(0.975, 0.21, 0.02, 0.025, WHITE)
    disc(0.02, 0.21, 0.015, 0.025, (40, 40, 220))
    for wheel in (0.2, 0.8):
        disc(wheel, 0.335, 0.085, 0.085, BLACK)
        disc(wheel, 0.335, 0.05, 0.05, (170, 170, 175))
        disc(wheel, 0.335, 0.02, 0.02, (80, 80, 80))


def _stop_sign(picture: Image, centre: tuple[int, int], radius: int) -> None:
    x, y = centre
    cv2.rectangle(picture, (x - 5, y), (x + 5, y + 4 * radius), (140, 140, 140), cv2.FILLED)
    angles = np.pi / 8 + np.arange(8) * np.pi / 4
    octagon = np.stack([np.cos(angles), np.sin(angles)], axis=1) * radius
    for share, colour in ((1.0, WHITE), (0.92, RED)):
        cv2.fillPoly(picture, [(octagon * share + centre).astype(np.int32)], colour, cv2.LINE_AA)
    (across, high), _ = cv2.getTextSize("STOP", cv2.FONT_HERSHEY_SIMPLEX, 1.3, 5)
    cv2.putText(picture, "STOP", (x - across // 2, y + high // 2), cv2.FONT_HERSHEY_SIMPLEX, 1.3, WHITE, 5, cv2.LINE_AA)
