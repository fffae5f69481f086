"""Zones and lines laid over a picture of one size, for classes of one model."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from app.counting.geometry import ANCHORS, anchors, border_distance, crossed_to_the_right, deepest, distinct, in_polygon
from app.counting.ground import Ground
from app.counting_settings import CountingSettings, GroundSettings, LineSettings, ZoneSettings

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Size = tuple[int, int]

EDGE_PX = 0.5  # from the picture's edge to the middle of its outermost pixels


@dataclass(frozen=True, slots=True, eq=False)
class Zone:
    """A polygon (K, 2) in pixels.

    `anchor` is a place in ANCHORS. `inward` and `outward` are the most that may be asked of a track's distance from the
    border, so that a zone thinner than a track's margin, or one that leaves little of the picture outside, can still be
    entered and left: half of the farthest that one can be from the border on that side.
    """

    name: str
    corners: Floats
    anchor: int
    classes: frozenset[int] | None
    margin: float
    hold_s: float
    dwell_s: float | None
    inward: float
    outward: float


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """From `start` (2,) along the unit vector `along` (2,) for `length` pixels; `beyond` is as a zone's, by side.

    `across` (2,) is the unit vector to the right of `along` as the picture is seen.
    """

    name: str
    start: Floats
    along: Floats
    across: Floats
    length: float
    anchor: int
    classes: frozenset[int] | None
    margin: float
    beyond: tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """What is counted in a picture of `size` (width, height), and where its ground lies."""

    size: Size
    zones: tuple[Zone, ...]
    lines: tuple[Line, ...]
    ground: Ground | None
    edge_start: Floats
    edge_stop: Floats
    edge_anchor: NDArray[np.intp]
    first_edge: NDArray[np.intp]
    line_start: Floats
    line_along: Floats
    line_across: Floats
    line_length: Floats
    line_anchor: NDArray[np.intp]

    @classmethod
    def of(cls, settings: CountingSettings, size: Size, ids: Mapping[str, int]) -> Self:
        """Lay settings over a picture; `ids` are the class ids by name, and names beyond them match nothing."""
        zones = tuple(_zone(name, zone, size, ids) for name, zone in settings.zones.items())
        lines = tuple(_line(name, line, size, ids) for name, line in settings.lines.items())
        counts = [len(zone.corners) for zone in zones]
        return cls(
            size=size,
            zones=zones,
            lines=lines,
            ground=None if settings.ground is None else ground_of(settings.ground, size),
            edge_start=_joined(zone.corners for zone in zones),
            edge_stop=_joined(np.roll(zone.corners, -1, axis=0) for zone in zones),
            edge_anchor=np.repeat([zone.anchor for zone in zones], counts).astype(np.intp),
            first_edge=np.cumsum([0, *counts[:-1]]).astype(np.intp),
            line_start=_joined(line.start[None] for line in lines),
            line_along=_joined(line.along[None] for line in lines),
            line_across=_joined(line.across[None] for line in lines),
            line_length=np.array([line.length for line in lines]),
            line_anchor=np.array([line.anchor for line in lines], np.intp),
        )

    def points(self, xyxy: Floats) -> Floats:
        """(M, 3, 2) the anchors of boxes (M, 4), as in ANCHORS, drawn into the picture where a box reaches beyond it.

        Somebody whose feet are cut off by the picture's edge is in a zone that is drawn to this edge, and crosses a
        line that ends there.
        """
        return anchors(xyxy).clip(EDGE_PX, np.maximum(np.array(self.size) - EDGE_PX, EDGE_PX))

    def inside(self, points: Floats) -> Bools:
        """(M, Z) which tracks each zone encloses, by the anchors (M, 3, 2) of their boxes."""
        crossed = crossed_to_the_right(points[:, self.edge_anchor], self.edge_start, self.edge_stop)
        odd: Bools = np.add.reduceat(crossed, self.first_edge, axis=1, dtype=np.int64) % 2 == 1
        return odd

    def beyond(self, points: Floats) -> Floats:
        """(M, L) pixels that the anchors (M, 3, 2) are to the right of each line, whatever its ends."""
        offset = points[:, self.line_anchor] - self.line_start
        right: Floats = (offset * self.line_across).sum(axis=2)
        return right

    def counts_class(self, class_ids: NDArray[np.int64], of: Sequence[Zone] | Sequence[Line]) -> Bools:
        """(M, Z or L) whether a class is counted there."""
        counted = np.ones((len(class_ids), len(of)), bool)
        for column, classes in enumerate([place.classes for place in of]):
            if classes is not None:
                counted[:, column] = np.isin(class_ids, list(classes))
        return counted


def ground_of(settings: GroundSettings, size: Size) -> Ground:
    """The ground under a picture of `size`. Raises GroundError."""
    image = np.array(settings.image, np.float64)
    return Ground.from_points(
        image * size if settings.unit == "fractions" else image, np.array(settings.metres, np.float64)
    )


def _zone(name: str, zone: ZoneSettings, size: Size, ids: Mapping[str, int]) -> Zone:
    given = np.array(zone.points, np.float64)
    corners = distinct(given * size if zone.unit == "fractions" else given)
    border = _border(size)
    outside = border[~in_polygon(border, corners)]
    return Zone(
        name,
        corners,
        ANCHORS.index(zone.anchor),
        _classes(zone.classes, ids),
        zone.margin,
        zone.hold_s,
        zone.dwell_s,
        inward=deepest(corners) / 2,
        outward=float(border_distance(outside, corners).max()) / 2 if len(outside) else np.inf,
    )


def _line(name: str, line: LineSettings, size: Size, ids: Mapping[str, int]) -> Line:
    ends = np.array((line.start, line.end), np.float64)
    start, end = ends * size if line.unit == "fractions" else ends
    length = float(np.hypot(*(end - start)))
    along = (end - start) / length
    across = np.array((-along[1], along[0]))
    reach = (_border(size) - start) @ across
    return Line(
        name,
        start,
        along,
        across,
        length,
        ANCHORS.index(line.anchor),
        _classes(line.classes, ids),
        line.margin,
        beyond=(max(0.0, -float(reach.min())) / 2, max(0.0, float(reach.max())) / 2),
    )


def _border(size: Size) -> Floats:
    """The corners of a picture and the middles of its sides (8, 2)."""
    steps = np.array([(0, 0), (1, 0), (2, 0), (2, 1), (2, 2), (1, 2), (0, 2), (0, 1)], np.float64)
    points: Floats = steps / 2 * size
    return points


def _classes(wanted: tuple[int | str, ...] | None, ids: Mapping[str, int]) -> frozenset[int] | None:
    if wanted is None:
        return None
    found = (ids.get(c) if isinstance(c, str) else c for c in wanted)
    return frozenset(class_id for class_id in found if class_id is not None)


def _joined(parts: Iterable[Floats]) -> Floats:
    return np.concatenate([np.empty((0, 2)), *parts])
