"""What a caller may ask of the paths of a stream."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanAsked:
    """A span of media time in seconds, and the classes that are wanted, by name or number.

    `last_s` counts back from the newest frame. What is None is not asked: all that is known, all classes.
    """

    begins: float | None = None
    ends: float | None = None
    last_s: float | None = None
    classes: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAsked(SpanAsked):
    """`items` tracks beyond the number `after`, with `points` points each at most."""

    items: int
    points: int
    after: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureAsked(SpanAsked):
    """A picture at most `width` pixels wide; `annotate` puts it over the newest frame, with a legend."""

    kind: Literal["heatmap", "trajectories"]
    width: int | None = None
    annotate: bool = True
