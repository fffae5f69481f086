"""How many streams at how many frames per second a rate is enough for."""

from dataclasses import dataclass

USUAL_FPS = (5.0, 10.0, 15.0, 25.0, 30.0)
"""Frames per second that cameras are set to."""

RESERVE = 0.8
"""The share of the measured rate to plan with: queues grow without bound as it nears 1."""


@dataclass(frozen=True, slots=True)
class Holding:
    """So many streams at so many frames per second each."""

    fps: float
    streams: int


def holding(capacity_fps: float, fps: float) -> Holding:
    """How many streams of this rate fit; 0 where not even one does."""
    return Holding(fps, int(capacity_fps * RESERVE / fps))


def holdings(capacity_fps: float) -> tuple[Holding, ...]:
    """The same for each usual rate."""
    return tuple(holding(capacity_fps, fps) for fps in USUAL_FPS)


def to_check(found: tuple[Holding, ...]) -> Holding | None:
    """The holding worth trying out: the one nearest to 10 frames per second that is not empty, None without one."""
    return min((h for h in found if h.streams), key=lambda h: abs(h.fps - 10.0), default=None)
