"""What a source of frames is: the types that every kind of source shares.

Coordinate frame: pixels of the full picture, x to the right, y down. Time: seconds of media time.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import ClassVar, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from app.decoding import formats
from app.errors import TrackdError

Image = NDArray[np.uint8]

FALLBACK_FRAME_RATE = formats.FALLBACK_FRAME_RATE
KEPT_REASONS = 10


class SourceError(TrackdError):
    """A source cannot be opened or read; the message names it and says what would be right."""

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "source"
    title: ClassVar[str] = "Source unusable"


@dataclass(frozen=True, slots=True)
class SourceFrame:
    """One frame of a source.

    `seq` counts from 1, `pts_s` is in seconds of media time and strictly increases. `image` is (H, W, 3) uint8 BGR. It
    may be smaller than `width` x `height`, the size of the full picture, where the source was opened with `cover`.
    `encoded` holds the bytes that the frame was decoded from, or None where there are none (video, demo).
    """

    seq: int
    pts_s: float
    image: Image
    width: int
    height: int
    encoded: bytes | None = None


@dataclass(slots=True)
class Skipped:
    """How many frames of a source could not be decoded, and why the first of them could not."""

    count: int = 0
    reasons: list[str] = field(default_factory=list)

    def add(self, reason: str) -> None:
        """Count one frame more."""
        self.count += 1
        if len(self.reasons) < KEPT_REASONS:
            self.reasons.append(reason)


class Source(Protocol):
    """A finite or endless row of frames, read once, from one thread, inside a `with` block.

    `frame_count` is what the container states or its duration implies, and None where neither is known or the source
    is endless.
    """

    @property
    def name(self) -> str:
        """A short name for messages and streams."""

    @property
    def frame_rate(self) -> float:
        """Nominal frames per second."""

    @property
    def width(self) -> int:
        """Width of the first full picture in pixels."""

    @property
    def height(self) -> int:
        """Height of the first full picture in pixels."""

    @property
    def frame_count(self) -> int | None:
        """How many frames will come, as far as that is known."""

    @property
    def skipped(self) -> Skipped:
        """The frames that could not be decoded so far."""

    def __iter__(self) -> Iterator[SourceFrame]: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def close(self) -> None:
        """Release files and decoders. Safe to call twice."""
