"""Whether a tracker does track: counted from the ids that it gives, outside what is timed."""

from collections.abc import Iterable
from typing import Any


class Identity:
    """Counts ids over a run and, where a tracker tells which detection a track took, compares them with the truth."""

    def __init__(self) -> None:
        self._ids: set[Any] = set()
        self._last: dict[int, Any] = {}
        self._live = self._present = self._tracked = self._switches = self._invented = 0
        self._compared = False

    def see(self, ids: Iterable[Any], truth: Any, rows: Any | None) -> None:
        """One frame: the ids of the tracks shown, the object of each detection, and the detection of each track."""
        shown = list(ids)
        self._live = len(shown)
        self._ids.update(shown)
        self._present += int((truth >= 0).sum())
        if rows is None:
            return
        self._compared = True
        for track, thing in zip(shown, truth[rows].tolist(), strict=True):
            if thing < 0:
                self._invented += 1
                continue
            self._tracked += 1
            self._switches += self._last.get(thing, track) != track
            self._last[thing] = track

    def summary(self) -> dict[str, Any]:
        """The tracks in the last frame, the ids in all, and what the truth says."""
        found = {"live": self._live, "ids": len(self._ids)}
        if not self._compared:
            return found
        return {
            **found,
            "covered": self._tracked / max(1, self._present),
            "switches": self._switches,
            "invented": self._invented,
        }
