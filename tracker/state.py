"""Everything that a tracker knows between two calls, as one frozen value that can be stored and continued from."""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from tracker import statefile
from tracker.config import ByteTrackConfig
from tracker.errors import StateError
from tracker.options import options_of
from tracker.table import FILTER, MEMORY, NO_ID, TRACK, Records, frozen, no_rows
from tracker.timebase import PTS_LIMIT_S, SNAP, Timebase
from tracker.types import Bools


@dataclass(frozen=True, slots=True, eq=False)
class TrackerState:
    """A tracker between two calls. Continuing from it is bit-exact; its `len` is the number of live tracks.

    Attributes:
        config: the parameters that it was made with.
        timebase: where the stream stands in time.
        next_id: the public id that the next new track gets.
        table: the live tracks, rows of `table.TRACK`.
        memory: what the options that look back remember of them, rows of `table.MEMORY`; none where there are none.
        options: the configuration as the kernels read it.
    """

    config: ByteTrackConfig
    timebase: Timebase
    next_id: int
    table: Records
    memory: Records
    options: Records

    @classmethod
    def initial(cls, config: ByteTrackConfig) -> Self:
        """The state before the first call."""
        return cls(config, Timebase(), 1, no_rows(TRACK), no_rows(MEMORY), options_of(config))

    def __len__(self) -> int:
        return len(self.table)

    def to_bytes(self) -> bytes:
        """The state as bytes for `from_bytes`: versioned, the same on every machine, with a checksum."""
        header = {
            "config": {field.name: getattr(self.config, field.name) for field in fields(self.config)},
            "timebase": list(self.timebase),
            "next_id": self.next_id,
        }
        return statefile.pack(header, self.table, self.memory)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The state that `to_bytes` wrote, checked as a whole.

        Raises:
            StateError: the bytes are damaged, of another version, or describe what no tracker can be in.
        """
        header, table, memory = statefile.unpack(data)
        try:
            config = ByteTrackConfig(**header["config"])
            frame, pts, early, late = (None if number is None else float(number) for number in header["timebase"])
            if frame is None or early is None or late is None:
                raise ValueError("only pts may be missing from the timebase")
            timebase = Timebase(frame, pts, early, late)
            state = cls(config, timebase, int(header["next_id"]), frozen(table), frozen(memory), options_of(config))
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise StateError(f"not a tracker state: the header does not fit: {error}") from error
        state.check()
        return state

    def check(self) -> None:
        """Check what holds for every state that a tracker has been in.

        Raises:
            StateError: something does not hold; the message says what.
        """
        time, table = self.timebase, self.table
        _require(np.isfinite(time.frame) and time.frame >= 0, f"frame is {time.frame}")
        _require(time.pts is None or abs(time.pts) <= PTS_LIMIT_S, f"pts is {time.pts}")
        _require(-SNAP <= time.early < time.late <= SNAP, f"the timebase is off: {time.early} to {time.late}")
        _check_filters(table)
        _check_tracks(table, time.frame)
        _check_memory(self.memory, len(table) if self.options["remembers"][0] else 0)
        ids = table["track_id"][table["track_id"] != NO_ID]
        _require(self.next_id >= 1, f"next_id is {self.next_id}")
        _require(bool(((ids >= 1) & (ids < self.next_id)).all()), "a track_id lies outside what was given out")
        _require(len(np.unique(ids)) == len(ids), "a track_id occurs twice")


def _check_filters(table: Records) -> None:
    for name in FILTER:
        _require_rows(np.isfinite(table[name]).all(axis=1), f"{name} is not finite")
    a, b, c = table["var_position"], table["covariance"], table["var_velocity"]
    _require_rows(((a > 0) & (c > 0)).all(axis=1), "a variance is not positive")
    # A hair of slack: rounding may put a correlation of one just above it.
    _require_rows(
        (np.abs(b) <= np.sqrt(a) * np.sqrt(c) * (1 + 1e-9)).all(axis=1), "the covariance exceeds the variances"
    )


def _check_tracks(table: Records, frame: float) -> None:
    _require_rows((table["score"] >= 0) & (table["score"] <= 1), "score lies outside [0, 1]")
    _require_rows(table["class_id"] >= 0, "class_id is negative")
    _require_rows(
        (table["start"] >= 0) & (table["start"] <= table["last"]) & (table["last"] <= frame),
        "start, last and frame are not in order",
    )
    _require_rows(~table["lost"] | table["activated"], "a track is lost that was never activated")
    _require_rows(table["activated"] == (table["track_id"] != NO_ID), "activated tracks have a track_id and no others")
    _require(bool((np.diff(table["lost"].astype(np.int8)) >= 0).all()), "a lost track comes before a tracked one")


def _check_memory(memory: Records, rows: int) -> None:
    _require(len(memory) == rows, f"{len(memory)} rows are remembered instead of {rows}")
    for name in ("observed", "course", "anchor", "votes"):
        finite = np.isfinite(memory[name])
        _require_rows(finite.all(axis=tuple(range(1, finite.ndim))), f"the memory's {name} is not finite")
    _require_rows(~np.isinf(memory["seen"]).any(axis=(1, 2)), "the memory's seen is not finite")
    _require_rows((memory["anchor"][:, (2, 4)] > 0).all(axis=(1, 2)), "a remembered variance is not positive")


def _require_rows(good: Bools | np.bool_, problem: str) -> None:
    if not good.all():
        raise StateError(f"not a tracker state: {problem} in row {int(np.argmin(good))}")


def _require(good: bool, problem: str) -> None:
    if not good:
        raise StateError(f"not a tracker state: {problem}")
