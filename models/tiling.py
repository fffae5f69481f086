"""Overlapping tiles over a picture, so that small objects are seen with as many pixels as they have.

Source: F. C. Akyon, S. O. Altinuc, A. Temizel, "Slicing Aided Hyper Inference and Fine-tuning for Small Object
Detection", ICIP 2022, section 3: the picture is cut into overlapping tiles that are detected one by one, optionally
beside the whole of it.

All tiles begin and end at multiples of `GRID` pixels, or at the edge of the picture, so that they can be cut out of a
JPEG that was decoded at 1/2, 1/4 or 1/8 without moving by a fraction of a pixel.
"""

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple

GRID = 8
"""Pixels of the full picture; the largest reduction of a decoder."""

MOST_TILES = 32
"""Tiles of one picture, so that no stream takes a detector for itself."""

MOST_OVERLAP = 0.8
"""Share of a tile: beyond it tiles multiply and show hardly anything new."""

SMALLEST_TILE = 64
"""Side of a tile, in pixels of the full picture."""


class TilingError(ValueError):
    """A picture of this size cannot be tiled as asked."""


class View(NamedTuple):
    """A part of a picture, in whole pixels of the full picture; the last column and row are outside it."""

    x1: int
    y1: int
    x2: int
    y2: int

    @property
    def size(self) -> tuple[int, int]:
        """Its (width, height)."""
        return self.x2 - self.x1, self.y2 - self.y1


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiling:
    """How a picture is cut.

    Attributes:
        tiles: (columns, rows); or the side of a square tile in pixels of the full picture, at most; or `auto`, tiles as
            large as the model's input, so that nothing is made smaller, or larger where more than `MOST_TILES` would be
            needed.
        overlap: how much of a tile its neighbour shows too, as a share of the tile's side, at least: an object that is
            smaller than that is whole in one of them.
        whole: whether the picture is looked at as a whole too, for objects that no tile holds.

    Raises:
        ValueError: a value is out of range.
    """

    tiles: tuple[int, int] | int | Literal["auto"]
    overlap: float = 0.2
    whole: bool = True

    def __post_init__(self) -> None:
        if not 0.0 <= self.overlap <= MOST_OVERLAP:
            raise ValueError(f"overlap must be in [0, {MOST_OVERLAP:g}], got {self.overlap}")
        if isinstance(self.tiles, int) and self.tiles < SMALLEST_TILE:
            raise ValueError(f"a tile must have a side of at least {SMALLEST_TILE} pixels, got {self.tiles}")
        if isinstance(self.tiles, tuple):
            columns, rows = self.tiles
            if columns < 1 or rows < 1 or columns * rows > MOST_TILES:
                raise ValueError(f"{columns}x{rows} tiles: at least 1x1 and at most {MOST_TILES} of them are needed")


def tiles_over(area: View, tiling: Tiling, input_hw: tuple[int, int]) -> list[View]:
    """The views of an area, row by row, each inside it; the whole area comes last where it is looked at too.

    Args:
        area: a part of a picture, or all of it.
        input_hw: (height, width) of the model's input.

    Raises:
        TilingError: more than `MOST_TILES` tiles would be needed.
    """
    columns, rows = _columns_and_rows(area.size, tiling, input_hw)
    across = _spans(area.x1, area.x2, columns, tiling.overlap)
    down = _spans(area.y1, area.y2, rows, tiling.overlap)
    views = [View(x1, y1, x2, y2) for y1, y2 in down for x1, x2 in across]
    if len(views) > 1 and tiling.whole:
        views.append(area)
    return views


def _columns_and_rows(size: tuple[int, int], tiling: Tiling, input_hw: tuple[int, int]) -> tuple[int, int]:
    if isinstance(tiling.tiles, tuple):
        return tiling.tiles
    if isinstance(tiling.tiles, int):
        columns, rows = (_count(side, tiling.tiles, tiling.overlap) for side in size)
        if columns * rows > MOST_TILES:
            raise TilingError(
                f"tiles of {tiling.tiles} pixels over {size[0]} x {size[1]} make {columns} x {rows}; "
                f"at most {MOST_TILES} are looked at"
            )
        return columns, rows
    growth = 1.0
    while True:
        columns, rows = (
            _count(side, growth * tile, tiling.overlap) for side, tile in zip(size, input_hw[::-1], strict=True)
        )
        if columns * rows <= MOST_TILES:
            return columns, rows
        growth *= 1.1


def _count(side: int, tile: float, overlap: float) -> int:
    """How many tiles of at most this side cover a side of the picture."""
    if side <= tile:
        return 1
    # A hair of slack: 1920 pixels are exactly three tiles of 1920 / 2.6.
    return math.ceil((side - overlap * tile) / (tile - overlap * tile) - 1e-9)


def _spans(start: int, stop: int, count: int, overlap: float) -> list[tuple[int, int]]:
    """Where `count` tiles begin and end along one side, in equal steps, snapped outwards to the grid."""
    length = (stop - start) / (count - (count - 1) * overlap)
    step = length * (1 - overlap)
    spans = []
    for index in range(count):
        first = start + index * step
        begin = max(start, math.floor((first + 1e-6) / GRID) * GRID)
        end = stop if index == count - 1 else min(stop, math.ceil((first + length - 1e-6) / GRID) * GRID)
        spans.append((begin, end))
    return spans
