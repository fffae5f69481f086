"""What is counted in a stream's picture: zones, lines, and where the ground lies."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.detection_settings import ClassName, Coordinate

MOST_CORNERS = 64
NAME_PATTERN = r"^[A-Za-z0-9._-]{1,64}$"

Point = tuple[Coordinate, Coordinate]
Name = Annotated[str, Field(pattern=NAME_PATTERN)]
Unit = Literal["fractions", "pixels"]
Anchor = Literal["bottom", "centre", "top"]
Classes = Annotated[tuple[int | ClassName, ...], Field(max_length=1000)]


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
        return self


class CountingSettings(_Frozen):
    """Zones and lines by name, and the ground for speeds in metres per second."""

    zones: dict[Name, ZoneSettings] = Field(default={}, max_length=32, description="polygons by name")
    lines: dict[Name, LineSettings] = Field(default={}, max_length=32, description="lines by name")
    ground: GroundSettings | None = Field(default=None, description="for speeds in m/s; null: px/s only")
