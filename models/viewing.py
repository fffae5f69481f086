"""Looking at a picture in one piece or in several: which parts, with how many pixels, and what they show together.

    sight = Sight(region, tiling)
    views = sight.views((1920, 1080), detector.info.runs_at)
    [found] = detect_in_views(detector, [image], [(1920, 1080)], sight)

What is not asked for changes nothing: without a region and tiles the one view is the picture.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from models.detector import Abort, Detector, Image, checked_sizes
from models.merging import Method, merged, shifted
from models.region import Region
from models.tiling import Tiling, View, tiles_over
from tracker import Detections

Size = tuple[int, int]
"""(width, height)."""

REDUCTIONS = (1, 2, 4, 8)
"""The scales at which decoders make pictures smaller: ceil(width / n) x ceil(height / n)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """How one stream looks at its pictures.

    Attributes:
        region: only the smallest upright box around it is looked at.
        tiling: how that is cut into tiles.
        merge: how what overlapping tiles show is made one, as in `merging.merged`.
        merge_overlap: see `merging.merged`.
    """

    region: Region | None = None
    tiling: Tiling | None = None
    merge: Method = "nms"
    merge_overlap: float = 0.5

    def views(self, size: Size, input_hw: tuple[int, int]) -> list[View]:
        """The parts of a picture of this size that a model whose input is `input_hw` (height, width) looks at.

        Raises:
            RegionError: the region is not inside such a picture.
            TilingError: too many tiles would be needed.
        """
        area = View(0, 0, *size) if self.region is None else self.region.bounds(size)
        return [area] if self.tiling is None else tiles_over(area, self.tiling, input_hw)

    def joined(self, found: Sequence[Detections], views: Sequence[View]) -> Detections:
        """What all views show together, in pixels of the full picture; `found` is in pixels of each view."""
        if len(views) == 1:
            return shifted(found[0], views[0])
        return merged(found, views, self.merge, self.merge_overlap)


def cover(detector: Detector, size: Size, views: Sequence[View]) -> Size:
    """(width, height) with which a full picture must be decoded at least, so that no view has too few pixels."""
    needed = [(detector.input_size_for(*view.size), view.size) for view in views]
    across, down = (max(inner[axis] / full[axis] for inner, full in needed) for axis in (0, 1))
    return tuple(min(side, math.ceil(share * side)) for share, side in zip((across, down), size, strict=True))  # type: ignore[return-value]  # two sides go in


def cut(image: Image, size: Size, view: View) -> Image:
    """The part of an image that a view shows, not copied. The image may be a reduced one of a picture of `size`."""
    (top, bottom), (left, right) = (
        (_scaled(view[axis], size[axis], pixels, -1), _scaled(view[axis + 2], size[axis], pixels, 1))
        for axis, pixels in ((1, image.shape[0]), (0, image.shape[1]))
    )
    return image[top:bottom, left:right]


def detect_in_views(
    detector: Detector, images: Sequence[Image], sizes: Sequence[Size] | None, sight: Sight, abort: Abort | None = None
) -> list[Detections]:
    """One `Detections` per image, as `Detector.detect` has it and raises, each looked at as `sight` says.

    The views of all images go to the detector together.

    Raises:
        RegionError, TilingError: a picture is not of a size that can be looked at in this way.
    """
    sizes = checked_sizes(images, sizes)
    views = [sight.views(size, detector.info.runs_at) for size in sizes]
    parts = [cut(image, size, view) for image, size, own in zip(images, sizes, views, strict=True) for view in own]
    found = iter(detector.detect(parts, [view.size for own in views for view in own], abort))
    return [sight.joined(list(islice(found, len(own))), own) for own in views]


def _scaled(at: int, full: int, pixels: int, outwards: int) -> int:
    """Where a column or row of the full picture is in an image of `pixels` columns or rows; `outwards` is -1 or 1.

    Views lie on a grid that every reduction divides, so this is exact for what decoders make.
    """
    if at == full:
        return pixels
    for reduction in REDUCTIONS:
        if pixels == -(-full // reduction):
            return at // reduction
    exact = at * pixels / full
    return math.floor(exact) if outwards < 0 else max(1, math.ceil(exact))
