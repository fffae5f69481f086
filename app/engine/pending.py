"""One frame that waits for the detector, and what it gets."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.errors import TrackdError
from tracker import Detections


@dataclass(frozen=True, slots=True)
class Detected:
    """What the detector found in the views of one frame, and the milliseconds it waited and took.

    `batch` is the number of images that were looked at together.
    """

    views: Sequence[Detections]
    queue_ms: float
    detect_ms: float
    batch: int

    @property
    def detections(self) -> Detections:
        """Of the first view, which is the image where a frame is looked at as a whole."""
        return self.views[0]


@dataclass(slots=True, eq=False)
class Pending:
    """The views of one frame of a stream. `expires_at` and `queued_at` are seconds of the batcher's clock."""

    stream_id: str
    images: Sequence[NDArray[np.uint8]]
    sizes: Sequence[tuple[int, int]]
    latest: bool
    expires_at: float | None
    future: asyncio.Future[Detected]
    queued_at: float

    @property
    def weight(self) -> int:
        """How many images it puts into a batch."""
        return len(self.images)

    @property
    def gone(self) -> bool:
        """Whether nobody waits for it any more."""
        return self.future.done()

    def too_old(self, now: float) -> bool:
        """Whether it has waited longer than it may."""
        return self.expires_at is not None and now > self.expires_at


def fail(batch: Iterable[Pending], error: TrackdError) -> None:
    """Tell those who still wait why there is no answer."""
    for pending in batch:
        if not pending.gone:
            pending.future.set_exception(error)
