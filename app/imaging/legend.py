"""The strip below a picture that says what its colours mean."""

from datetime import UTC, datetime
from math import floor, log10

import cv2
import numpy as np

from app.imaging.decode import Image
from app.imaging.draw import FONT
from app.imaging.heat import GAMMA, Heat, coloured
from app.paths import Span

GROUND = (30, 26, 23)
INK = (232, 228, 224)
FAINT_INK = (160, 152, 146)
NARROWEST = 240  # of a picture that has room for a strip
WALL_CLOCK_S = 1e8  # media time beyond it counts from 1970
TICKS = 4


def heat_strip(width: int, heat: Heat, span: Span, tracks: int) -> Image:
    """(H, `width`, 3): the scale of a heat map in seconds, and what it is a map of."""
    strip, size, line = _empty(width)
    pad, bar = line // 2, max(80, width * 3 // 10)
    ramp = np.tile(np.linspace(0.0, 1.0, bar), (line * 2 // 3, 1))
    strip[pad : pad + ramp.shape[0], pad : pad + bar] = coloured(ramp)
    for seconds in ticks(heat.top_s):
        x = pad + round((seconds / heat.top_s) ** GAMMA * (bar - 1))
        cv2.line(strip, (x, pad), (x, pad + ramp.shape[0] + 3), INK, 1)
        text = f"{seconds:g}"
        place = min(max(x - _length(text, size) // 2, pad), pad + bar - _length(text, size))
        _write(strip, text, place, pad + ramp.shape[0] + 4 + line * 3 // 4, size * 0.9, INK)
    left = 2 * pad + bar
    title = f"seconds within {heat.radius:.0f} px"
    _write_lines(strip, left, (title, f"{_of(span, tracks)}, {heat.total_s:.1f} s in all"), size, line)
    return strip


def trajectory_strip(width: int, span: Span, tracks: int) -> Image:
    """(H, `width`, 3): what the lines are."""
    strip, size, line = _empty(width)
    lines = "paths of feet; faint: earlier, arrow: where last seen", _of(span, tracks)
    _write_lines(strip, line // 2, lines, size, line)
    return strip


def ticks(top: float) -> list[float]:
    """0 and a few round numbers up to `top`, far enough apart on the scale."""
    if top <= 0:
        return []
    found: list[float] = []
    decade = floor(log10(top))
    for power in range(decade, decade - 3, -1):
        for factor in (5, 2, 1):
            value = factor * 10.0**power
            place = (value / top) ** GAMMA
            if value <= top and all((other / top) ** GAMMA - place >= 0.2 for other in found) and place >= 0.2:
                found.append(value)
    return [0.0, *sorted(found[:TICKS])]


def _of(span: Span, tracks: int) -> str:
    return f"{_clock(span.begins)} to {_clock(span.ends)}, {tracks} track{'' if tracks == 1 else 's'}"


def _clock(seconds: float) -> str:
    if seconds >= WALL_CLOCK_S:
        try:
            return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        except (ValueError, OverflowError, OSError):
            return f"{seconds:.1f} s"
    minutes, rest = divmod(abs(seconds), 60)
    hours, minutes = divmod(int(minutes), 60)
    sign = "-" if seconds < 0 else ""
    return f"{sign}{hours}:{minutes:02d}:{rest:04.1f}" if hours else f"{sign}{minutes}:{rest:04.1f}"


def _empty(width: int) -> tuple[Image, float, int]:
    """A strip, the size of its letters, and the height of its lines."""
    size = min(1.2, max(0.38, width / 2100))
    line = round(30 * size)
    return np.full((round(2.8 * line), width, 3), GROUND, np.uint8), size, line


def _write_lines(strip: Image, x: int, lines: tuple[str, ...], size: float, line: int) -> None:
    for number, (text, ink) in enumerate(zip(lines, (INK, FAINT_INK), strict=True)):
        fits = min(1.0, (strip.shape[1] - x - line // 2) / max(1, _length(text, size)))
        _write(strip, text, x, round(line * (1.1 + 1.1 * number)), size * fits, ink)


def _write(strip: Image, text: str, x: int, y: int, size: float, ink: tuple[int, int, int]) -> None:
    cv2.putText(strip, text, (x, y), FONT, size, ink, max(1, round(size * 1.6)), cv2.LINE_AA)


def _length(text: str, size: float) -> int:
    return int(cv2.getTextSize(text, FONT, size, max(1, round(size * 1.6)))[0][0])
