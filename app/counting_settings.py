"""What is counted in a stream's picture: zones, lines, and where the ground lies."""

from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema, field_validator, model_validator

from app.counting.geometry import Anchor, distinct, is_flat, tangle
from app.counting.ground import Ground
from app.detection_settings import ClassName, Coordinate

MOST_CORNERS = 64
NAME_PATTERN = r"^[A-Za-z0-9._-]{1,64}$"

_POINT_SCHEMA = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}

Point = Annotated[tuple[Coordinate, Coordinate], WithJsonSchema(_POINT_SCHEMA)]
Name = Annotated[str, Field(pattern=NAME_PATTERN)]
Unit = Literal["fractions", "pixels"]
Classes = Annotated[tuple[Annotated[int, Field(ge=0)] | ClassName, ...], Field(max_length=1000)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ZoneSettings(_Frozen):
    """A polygon. A track is in it while its anchor, the middle of an edge of its box or its centre, is."""

    points: tuple[Point, ...] = Field(min_length=3, max_length=MOST_CORNERS, description="corners in turn, [x, y] each")
    unit: Unit = Field(default="fractions", description="fractions of the picture's sides, or its pixels")
    anchor: Anchor = Field(default="bottom", description="the point of a box that counts; bottom: where feet stand")
    classes: Classes | None = Field(default=None, description="ids or names that are counted; null: all")
    margin: float = Field(
        default=0.1,
        ge=0,
        le=1,
        description="share of its box's height that a track must be beyond the border to have changed sides",
    )
    hold_s: float = Field(
        default=0.2, ge=0, le=60, description="seconds that a track must have been on a side to have changed to it"
    )
    dwell_s: float | None = Field(
        default=None, gt=0, le=86_400, description="an event tells of a track that stayed so long; null: none does"
    )

    @model_validator(mode="after")
    def _is_polygon(self) -> Self:
        corners = distinct(np.array(self.points, np.float64))
        if len(corners) < 3:
            raise ValueError(f"at least 3 corners at different places are needed, got {len(corners)}")
        if is_flat(corners):
            raise ValueError("the corners lie on one line: the zone has no area")
        if (edges := tangle(corners)) is not None:
            first, second = (f"{_told(corners[i])} to {_told(corners[(i + 1) % len(corners)])}" for i in edges)
            raise ValueError(f"the edge from {first} meets the edge from {second}: give the corners in turn")
        _refuse_outside(corners, self.unit)
        return self


class LineSettings(_Frozen):
    """A line with two sides. Seen from `start` towards `end`, a crossing from left to right is `forward`."""

    start: Point = Field(description="[x, y]")
    end: Point = Field(description="[x, y]")
    unit: Unit = Field(default="fractions", description="fractions of the picture's sides, or its pixels")
    anchor: Anchor = Field(default="bottom", description="the point of a box that counts; bottom: where feet stand")
    classes: Classes | None = Field(default=None, description="ids or names that are counted; null: all")
    margin: float = Field(
        default=0.1,
        ge=0,
        le=1,
        description="share of its box's height that a track must be beyond the line to have crossed it",
    )

    @model_validator(mode="after")
    def _has_length(self) -> Self:
        if self.start == self.end:
            raise ValueError("start and end are the same point")
        _refuse_outside(np.array((self.start, self.end), np.float64), self.unit)
        return self


class GroundSettings(_Frozen):
    """Where the ground lies: at least four points of the picture whose places on the ground are known."""

    image: tuple[Point, ...] = Field(min_length=4, max_length=MOST_CORNERS, description="points of the picture, [x, y]")
    metres: tuple[Point, ...] = Field(
        min_length=4, max_length=MOST_CORNERS, description="the same points on the ground, in metres"
    )
    unit: Unit = Field(default="fractions", description="what `image` counts in")

    @model_validator(mode="after")
    def _pairs(self) -> Self:
        if len(self.image) != len(self.metres):
            raise ValueError(f"image has {len(self.image)} points and metres has {len(self.metres)}")
        Ground.from_points(np.array(self.image, np.float64), np.array(self.metres, np.float64))
        return self


class CountingSettings(_Frozen):
    """Zones and lines by name, and the ground for speeds in metres per second."""

    zones: dict[Name, ZoneSettings] = Field(default={}, max_length=32, description="polygons by name")
    lines: dict[Name, LineSettings] = Field(default={}, max_length=32, description="lines by name")
    ground: GroundSettings | None = Field(default=None, description="for speeds in m/s; null: px/s only")
    track_events: bool | None = Field(
        default=None,
        description="tell of each track that starts and ends; null: where there is a zone or a line",
    )

    @property
    def tells_tracks(self) -> bool:
        """Whether events tell of tracks that start and end."""
        return bool(self.zones or self.lines) if self.track_events is None else self.track_events

    @property
    def in_use(self) -> bool:
        """Whether anything is to be counted, told or measured at all."""
        return bool(self.zones or self.lines or self.ground or self.track_events)

    @field_validator("lines")
    @classmethod
    def _own_names(cls, value: dict[str, LineSettings], info: Any) -> dict[str, LineSettings]:
        both = [name for name in value if name in info.data.get("zones", {})]
        if both:
            raise ValueError(f"{both[0]!r} is the name of a zone too; events of both are chosen by name")
        return value


def _refuse_outside(points: np.ndarray[Any, np.dtype[np.float64]], unit: Unit) -> None:
    low, high = points.min(axis=0), points.max(axis=0)
    if (high < 0.0).any() or (unit == "fractions" and (low > 1.0).any()):
        hint = "; are they pixels?" if unit == "fractions" and (low > 1.0).any() else ""
        raise ValueError(f"the points from {_told(low)} to {_told(high)} lie outside the picture{hint}")


def _told(point: np.ndarray[Any, np.dtype[np.float64]]) -> str:
    return f"({point[0]:g}, {point[1]:g})"
