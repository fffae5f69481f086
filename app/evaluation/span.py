"""Which frames of a sequence are evaluated, counted anew from 1."""

import re
from dataclasses import dataclass
from typing import Self

from tracker import MotRows

HALF_VAL = "half-val"
_RANGE = re.compile(r"(\d*):(\d*)")


@dataclass(frozen=True, slots=True)
class Span:
    """The frames `first` to `last` of a sequence, both included, counted from 1."""

    first: int
    last: int

    def __len__(self) -> int:
        return max(0, self.last - self.first + 1)

    def cut(self, rows: MotRows) -> MotRows:
        """The rows of these frames, which become 1, 2 and so on."""
        start, stop = rows.rows_of(self.first).start, rows.rows_of(self.last).stop
        kept = slice(start, stop)
        return MotRows(
            rows.frame[kept] - (self.first - 1),
            rows.track_id[kept],
            rows.xyxy[kept],
            rows.score[kept],
            rows.class_id[kept],
            rows.visibility[kept],
        )


@dataclass(frozen=True, slots=True)
class SpanChoice:
    """A choice of frames that goes for sequences of any length: `half`, or `first` to `last`, None being the end."""

    first: int = 1
    last: int | None = None
    half: bool = False

    @classmethod
    def parse(cls, text: str) -> Self:
        """`A:B`, frames A to B with both included; each may be left out.

        Raises:
            ValueError: it is not of that form, or empty.
        """
        match = _RANGE.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"{text!r} is no range of frames; write A:B, A: or :B")
        choice = cls(int(match[1] or 1), int(match[2]) if match[2] else None)
        if choice.first < 1 or (choice.last is not None and choice.last < choice.first):
            raise ValueError(f"{text!r} has no frames: they count from 1, and the second is not before the first")
        return choice

    def of(self, length: int) -> Span:
        """The frames of a sequence of `length` frames. It may be empty.

        The half on which results are published is n // 2 + 2 to n. Source: X. Zhou, V. Koltun, P. Kraehenbuehl,
        "Tracking Objects as Points", ECCV 2020, and the split that its authors' code makes.
        """
        if self.half:
            return Span(length // 2 + 2, length)
        return Span(self.first, length if self.last is None else min(self.last, length))

    def __str__(self) -> str:
        if self.half:
            return HALF_VAL
        return "all" if self == SpanChoice() else f"{self.first}:{self.last or ''}"
