"""How a stream looks at its pictures: which frames, which part of them, in how many pieces, and what it believes."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, WithJsonSchema, field_validator

from models.region import Region
from models.tiling import Tiling
from models.viewing import Sight

MOST_POINTS = 100
GRID_PATTERN = r"^([1-9]\d?)x([1-9]\d?)$"

Tiles = tuple[int, int] | int | Literal["auto"]
Coordinate = Annotated[float, Field(allow_inf_nan=False, ge=-1e6, le=1e6)]
Score = Annotated[float, Field(ge=0, le=1)]
ClassName = Annotated[str, Field(min_length=1, max_length=256)]

_POINT = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
_REGION_SCHEMA = {
    "anyOf": [
        {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4},
        {"type": "array", "items": _POINT, "minItems": 3, "maxItems": MOST_POINTS},
        {"type": "null"},
    ]
}
_TILES_SCHEMA = {
    "anyOf": [
        {"type": "string", "pattern": rf"^auto$|^\d+$|{GRID_PATTERN}"},
        {"type": "integer", "minimum": 64},
        {"type": "null"},
    ]
}


def _corners(value: Any) -> Any:
    """The corners of x1, y1, x2, y2; anything else as it is."""
    flat = isinstance(value, list | tuple) and len(value) == 4
    if not flat or not all(isinstance(side, int | float) and not isinstance(side, bool) for side in value):
        return value
    x1, y1, x2, y2 = value
    if not (x2 > x1 and y2 > y1):
        raise ValueError(f"x1, y1, x2, y2 with x2 > x1 and y2 > y1 are needed, got {list(value)}")
    return [[x1, y1], [x2, y1], [x2, y2], [x1, y2]]


class DetectionSettings(BaseModel):
    """How a stream's pictures are looked at. Nothing of it changes a stream that gets detections, but for `region` and
    `scores`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    every: int = Field(
        default=1, ge=1, le=30, description="detect in each k-th frame; the frames between get predicted tracks"
    )
    region_unit: Literal["pixels", "fractions"] = Field(
        default="pixels", description="what region counts in: pixels of the picture, or fractions of its sides"
    )
    region_anchor: Literal["centre", "bottom"] = Field(
        default="centre", description="point of a box that must be inside: its centre, or the middle of its lower edge"
    )
    region: Annotated[
        tuple[tuple[Coordinate, Coordinate], ...] | None, BeforeValidator(_corners), WithJsonSchema(_REGION_SCHEMA)
    ] = Field(
        default=None,
        max_length=MOST_POINTS,
        description="[x1, y1, x2, y2] or [[x, y], ...]: only what is inside is looked at and tracked; null: everything",
    )
    tiles: Annotated[str | int | None, WithJsonSchema(_TILES_SCHEMA)] = Field(
        default=None,
        description="cut pictures into overlapping tiles to find small objects: auto, columns x rows as in 3x2, or the "
        "side of a tile in pixels; each tile costs as much as a picture",
    )
    overlap: float = Field(
        default=0.2, ge=0, le=0.8, description="share of a tile that its neighbour shows too, at least"
    )
    whole: bool = Field(default=True, description="look at the whole picture too, beside its tiles")
    merge: Literal["nms", "ios", "weighted"] = Field(
        default="nms",
        description="boxes of one object in several tiles: keep the best by intersection over union, by intersection "
        "over the smaller one, or take their mean",
    )
    merge_overlap: float = Field(default=0.5, gt=0, le=1, description="overlap from which they are one object")
    scores: Mapping[ClassName, Score] = Field(
        default={},
        max_length=1000,
        description="score that a detection of a class must exceed, by name or id, where it is higher than score_floor",
    )

    @field_validator("tiles")
    @classmethod
    def _tiles(cls, value: str | int | None) -> str | int | None:
        if value is not None:
            Tiling(tiles=parsed_tiles(value))
        return value

    @field_validator("region")
    @classmethod
    def _region(cls, value: tuple[tuple[float, float], ...] | None, info: ValidationInfo) -> Any:
        if value is not None:
            Region(points=value, fractions=info.data.get("region_unit") == "fractions")
        return value

    def area(self) -> Region | None:
        """The region, None where everything counts."""
        if self.region is None:
            return None
        return Region(points=self.region, fractions=self.region_unit == "fractions", anchor=self.region_anchor)

    def sight(self) -> Sight:
        """How a picture is looked at."""
        tiling = None
        if self.tiles is not None:
            tiling = Tiling(tiles=parsed_tiles(self.tiles), overlap=self.overlap, whole=self.whole)
        return Sight(region=self.area(), tiling=tiling, merge=self.merge, merge_overlap=self.merge_overlap)


def parsed_tiles(value: str | int) -> Tiles:
    """`auto`, (columns, rows) or the side of a tile.

    Raises:
        ValueError: it is none of them.
    """
    if value == "auto":
        return "auto"
    if isinstance(value, int) or value.isdecimal():
        return int(value)
    grid = re.fullmatch(GRID_PATTERN, value)
    if grid is None:
        raise ValueError(f"tiles is {value!r}; it is auto, columns x rows as in 3x2, or a side in pixels")
    return int(grid[1]), int(grid[2])
