"""Zones and lines laid over a picture of one size, for classes of one model."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from app.counting.geometry import (
    ANCHORS,
    Edges,
    anchors,
    border_distance,
    deepest,
    distinct,
    in_polygon,
    segment_distance,
)
from app.counting.ground import Ground
from app.counting_settings import CountingSettings, GroundSettings, LineSettings, ZoneSettings

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Size = tuple[int, int]

MOST_CLASS_ID = int(np.iinfo(np.int64).max)
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
class Hearing:
    """Which classes are counted in each of N places: a row of `table` for each class that is named, and a last one for
    all others. `named` has them rising, and then -1. `everything` is where every class is counted everywhere."""

    named: NDArray[np.int64]
    table: Bools
    everything: bool

    @classmethod
    def of(cls, classes: Sequence[frozenset[int] | None]) -> Self:
        """From the classes of each place, None where all are counted."""
        named = sorted({class_id for some in classes if some is not None for class_id in some})
        rows = [[some is None or class_id in some for some in classes] for class_id in (*named, -1)]
        every = all(some is None for some in classes)
        return cls(np.array([*named, -1], np.int64), np.array(rows, bool).reshape(len(rows), len(classes)), every)

    def __call__(self, class_ids: NDArray[np.int64]) -> Bools:
        """(M, N) whether each class (M,) is counted in each place."""
        at = np.searchsorted(self.named[:-1], class_ids)
        return self.table[np.where(self.named[at] == class_ids, at, len(self.named) - 1)]


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """What is counted in a picture of `size` (width, height), and where its ground lies."""

    size: Size
    zones: tuple[Zone, ...]
    lines: tuple[Line, ...]
    ground: Ground | None
    zone_edges: Edges
    edge_anchor: NDArray[np.intp]
    first_edge: NDArray[np.intp]
    zone_start: Floats
    zone_stop: Floats
    zone_anchor: NDArray[np.intp]
    zone_margin: Floats
    zone_most: Floats
    zone_hold_s: Floats
    zone_dwell_s: Floats
    line_start: Floats
    line_along: Floats
    line_across: Floats
    line_length: Floats
    line_anchor: NDArray[np.intp]
    line_margin: Floats
    line_beyond: Floats
    zone_hears: Hearing
    line_hears: Hearing
    high: Floats

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
            zone_edges=Edges.of(
                _joined(zone.corners for zone in zones), _joined(np.roll(zone.corners, -1, axis=0) for zone in zones)
            ),
            edge_anchor=_anchors([zone.anchor for zone in zones], counts),
            first_edge=np.cumsum([0, *counts[:-1]]).astype(np.intp),
            zone_start=_padded([zone.corners for zone in zones]),
            zone_stop=_padded([np.roll(zone.corners, -1, axis=0) for zone in zones]),
            zone_anchor=np.array([zone.anchor for zone in zones], np.intp),
            zone_margin=np.array([zone.margin for zone in zones]),
            zone_most=np.array([(zone.outward, zone.inward) for zone in zones]).reshape(-1, 2),
            zone_hold_s=np.array([zone.hold_s for zone in zones]),
            zone_dwell_s=np.array([np.inf if zone.dwell_s is None else zone.dwell_s for zone in zones]),
            line_start=_joined(line.start[None] for line in lines),
            line_along=_joined(line.along[None] for line in lines),
            line_across=_joined(line.across[None] for line in lines),
            line_length=np.array([line.length for line in lines]),
            line_anchor=_anchors([line.anchor for line in lines], [1] * len(lines)),
            line_margin=np.array([line.margin for line in lines]),
            line_beyond=np.array([line.beyond for line in lines]).reshape(-1, 2),
            zone_hears=Hearing.of([zone.classes for zone in zones]),
            line_hears=Hearing.of([line.classes for line in lines]),
            high=np.maximum(np.array(size) - EDGE_PX, EDGE_PX),
        )

    def points(self, xyxy: Floats) -> Floats:
        """(M, 3, 2) the anchors of boxes (M, 4), as in ANCHORS, drawn into the picture where a box reaches beyond it.

        Somebody whose feet are cut off by the picture's edge is in a zone that is drawn to this edge, and crosses a
        line that ends there.
        """
        points = anchors(xyxy)
        np.maximum(points, EDGE_PX, out=points)
        np.minimum(points, self.high, out=points)
        return points

    def names_in(self, members: Bools) -> list[list[str]]:
        """The names of the zones of each row of (M, Z); rows that are the same share a list."""
        if not self.zones:
            return [[] for _ in members]
        known: dict[bytes, list[str]] = {}
        every = members.tobytes()
        keys = [every[at : at + len(self.zones)] for at in range(0, len(every), len(self.zones))]
        for key in set(keys):
            known[key] = [zone.name for zone, inside in zip(self.zones, key, strict=True) if inside]
        return [known[key] for key in keys]

    def inside(self, points: Floats) -> Bools:
        """(M, Z) which tracks each zone encloses, by the anchors (M, 3, 2) of their boxes."""
        x, y = _coordinates(points, self.edge_anchor)
        odd: Bools = np.logical_xor.reduceat(self.zone_edges.right_of(x, y), self.first_edge, axis=1)
        return odd

    def far_enough(self, zone: NDArray[np.intp], sides: NDArray[np.int8], points: Floats, heights: Floats) -> Bools:
        """(A,) whether tracks, by their anchors (A, 3, 2) and heights (A,), are beyond the border of a zone (A,) each
        by its margin; `sides` (A,) is 1 for those in it, 0 for those outside."""
        at = points[np.arange(len(zone)), self.zone_anchor[zone]]
        distance = segment_distance(at, self.zone_start[zone], self.zone_stop[zone]).min(axis=1)
        asked = np.minimum(self.zone_margin[zone] * heights, self.zone_most[zone, sides])
        far: Bools = distance >= asked
        return far

    def beyond(self, points: Floats) -> Floats:
        """(M, L) pixels that the anchors (M, 3, 2) are to the right of each line, whatever its ends."""
        x, y = _coordinates(points, self.line_anchor)
        right: Floats = (x - self.line_start[:, 0]) * self.line_across[:, 0]
        right += (y - self.line_start[:, 1]) * self.line_across[:, 1]
        return right


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
    return frozenset(class_id for class_id in found if class_id is not None and class_id <= MOST_CLASS_ID)


def _anchors(places: Sequence[int], counts: Sequence[int]) -> NDArray[np.intp]:
    """The anchor of each of so many columns; one for all of them where it is the same."""
    return np.array(places[:1] if len(set(places)) == 1 else np.repeat(places, counts), np.intp)


def _coordinates(points: Floats, anchor: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """x and y (M, N) of the anchor of each of N columns; (M, 1), without a copy, where one is for all of them."""
    if len(anchor) == 1:
        at = points[:, anchor[0] : anchor[0] + 1]
        return at[..., 0], at[..., 1]
    return points[:, anchor, 0], points[:, anchor, 1]


def _padded(parts: Sequence[Floats]) -> Floats:
    """(Z, K, 2) of corners, the last of each repeated: an edge without length is as near as its corner."""
    most = max((len(part) for part in parts), default=0)
    rows = [np.concatenate((part, np.repeat(part[-1:], most - len(part), axis=0))) for part in parts]
    return np.array(rows).reshape(len(parts), most, 2)


def _joined(parts: Iterable[Floats]) -> Floats:
    return np.concatenate([np.empty((0, 2)), *parts])
