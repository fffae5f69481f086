"""What becomes of counts and of tracks where zones and lines are changed, or the picture has another size."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from app.counting.lines import LineTotals
from app.counting.zones import ZoneTotals
from app.counting_settings import CountingSettings, LineSettings, ZoneSettings

_T = TypeVar("_T")
_Place = TypeVar("_Place", ZoneSettings, LineSettings)


@dataclass(frozen=True, slots=True)
class Columns:
    """For each place of new settings: its column under the old ones, None where it is new or another place.

    `moved` are those whose tracks have to be judged anew, and `other` those of them whose counts begin anew.
    """

    old: tuple[int | None, ...]
    moved: tuple[int, ...]
    other: tuple[int, ...]

    @property
    def unmoved(self) -> tuple[int | None, ...]:
        """The old column of each place that has not moved."""
        return tuple(None if column in self.moved else old for column, old in enumerate(self.old))


def columns(
    old: Mapping[str, _Place],
    new: Mapping[str, _Place],
    *,
    resized: bool,
) -> Columns:
    """Where each place of the new settings was. `resized`: the picture has another size, under which pixels move."""
    names = list(old)
    at = tuple(names.index(name) if name in old else None for name in new)
    other = tuple(
        column
        for column, (name, place) in enumerate(new.items())
        if name not in old or not is_same_place(old[name], place)
    )
    units = [place.unit for place in new.values()]
    shifted = {column for column, unit in enumerate(units) if resized and unit == "pixels"}
    return Columns(at, tuple(sorted(shifted.union(other))), other)


def is_same_place(old: _Place, new: _Place) -> bool:
    """Whether the same is counted: thresholds may differ, where and whom may not."""
    thresholds = {"margin", "hold_s", "dwell_s"}
    return old.model_dump(exclude=thresholds) == new.model_dump(exclude=thresholds)


def zone_totals(old: CountingSettings, new: CountingSettings, totals: Sequence[ZoneTotals]) -> list[ZoneTotals]:
    """The counts that go on, those of a zone that is still the same; who is in one that moved is in it still."""
    kept = _kept(old.zones, new.zones, totals, ZoneTotals)
    by_name = dict(zip(old.zones, totals, strict=True))
    for name, now in zip(new.zones, kept, strict=True):
        if name in by_name and now is not by_name[name]:
            now.occupancy = by_name[name].occupancy
            now.changes += 1
    return kept


def line_totals(old: CountingSettings, new: CountingSettings, totals: Sequence[LineTotals]) -> list[LineTotals]:
    """The counts that go on, those of a line that is still the same."""
    return _kept(old.lines, new.lines, totals, LineTotals)


def _kept(
    old: Mapping[str, _Place],
    new: Mapping[str, _Place],
    totals: Sequence[_T],
    make: Callable[[], _T],
) -> list[_T]:
    by_name = dict(zip(old, totals, strict=True))
    return [by_name[name] if name in old and is_same_place(old[name], place) else make() for name, place in new.items()]
