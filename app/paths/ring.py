"""The newest records of something, in an array that grows on demand up to a bound."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

FIRST_ROWS = 256

Positions = NDArray[np.int64]
"""Numbers of records, counted from 0 over all that were ever written."""


class Ring:
    """Owns the newest `most` records. A record keeps its position for ever; those before `oldest` are gone."""

    def __init__(self, kind: np.dtype[np.void], most: int) -> None:
        self.written = 0
        self._most = most
        self._records: NDArray[np.void] = np.empty(0, kind)

    def __len__(self) -> int:
        return self.written - self.oldest

    @property
    def oldest(self) -> int:
        """The first position that is still there."""
        return max(0, self.written - self._most)

    @property
    def nbytes(self) -> int:
        """The memory of the records."""
        return self._records.nbytes

    def append(self, records: NDArray[np.void]) -> Positions:
        """Write records and return their positions. Where they are too many by themselves the first are not kept."""
        begin, self.written = self.written, self.written + len(records)
        if self.written > len(self._records) < self._most:
            self._grow(begin)
        positions = np.arange(begin, self.written)
        kept = max(0, len(records) - self._most)
        raw(self._records)[positions[kept:] % len(self._records)] = raw(records[kept:])
        return positions

    def column(self, name: str, positions: Positions) -> NDArray[Any]:
        """A field of some records that are still there, a copy."""
        values: NDArray[Any] = self._records[name][positions % max(1, len(self._records))]
        return values

    def copy(self) -> NDArray[np.void]:
        """All records that are there, the oldest first."""
        records = raw(self._records)
        cut = self.oldest % max(1, len(records))
        newest = records[:cut] if self.oldest else records[:0]
        return np.concatenate([records[cut : cut + len(self)], newest]).view(self._records.dtype)

    def where(self, name: str, value: int) -> NDArray[np.void]:
        """The records with this value in a field, the oldest first; a copy."""
        rows = np.flatnonzero(self._records[name][: len(self)] == value)
        if self.oldest:
            cut = self.oldest % len(self._records)
            rows = np.concatenate([rows[rows >= cut], rows[rows < cut]])
        return raw(self._records)[rows].view(self._records.dtype)

    def add(self, name: str, positions: Positions, amounts: NDArray[np.float64]) -> None:
        """Add to a field of different records; those that are gone are passed over."""
        if not len(positions):
            return
        if positions.min() < self.oldest:
            there = positions >= self.oldest
            positions, amounts = positions[there], amounts[there]
        field = self._records[name]
        places = positions % len(self._records)
        field[places] = field[places] + amounts

    def scale(self, name: str, factor: float) -> None:
        """Multiply a field of every record."""
        self._records[name][: len(self)] *= factor

    def _grow(self, used: int) -> None:
        """Make room for what was written. Nothing has been written over as long as there is room to grow."""
        rows = min(self._most, max(FIRST_ROWS, self.written, 2 * len(self._records)))
        grown = np.empty(rows, self._records.dtype)
        grown[:used] = self._records[:used]
        self._records = grown


def raw(records: NDArray[np.void]) -> NDArray[np.void]:
    """The same memory without its fields: NumPy copies records field by field otherwise, which takes ten times as
    long."""
    return records.view(np.dtype((np.void, records.dtype.itemsize)))
