"""What a source gives to the service, whoever reads it: a thread, or a process of its own."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.sources.source import SourceError


@dataclass(frozen=True, slots=True)
class Shot:
    """A frame on its way in: `image`, BGR uint8 (H, W, 3), or `data`, an encoded picture.

    `pts_s` is in seconds as the source says, `at` when it came, in seconds since 1970. `skipped` counts the frames that
    the source lost before it since it was opened.
    """

    at: float
    pts_s: float | None
    image: NDArray[np.uint8] | None = None
    data: bytes | None = None
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Nature:
    """What a source is, known by its first frame.

    A `live` one comes when it comes. Of another, `frame_rate` is what its frames without a time are counted by.
    """

    live: bool
    frame_rate: float
    codec: str | None = None
    decoder: str | None = None


class SourceSilent(SourceError):
    """The source is there and says nothing."""


class Feed(Protocol):
    """One connection to a source."""

    @property
    def nature(self) -> Nature:
        """What it is; asked for once a frame has come."""

    @property
    def skipped(self) -> int:
        """How many frames were lost so far."""

    @property
    def reason(self) -> str:
        """Why the last of those was, empty where none was."""

    async def next(self) -> Shot | None:
        """The next frame, None at the end of a finite source.

        Raises:
            SourceError: it cannot be read, or no longer; `SourceSilent` where nothing comes from it.
        """

    async def close(self) -> None:
        """Leave it. Idempotent."""
