"""One frame between `submit` and its answer."""

import asyncio
from dataclasses import dataclass, field
from time import perf_counter, time

import numpy as np
from numpy.typing import NDArray

from app.engine.perception import Admitted, Perceived
from app.engine.port import Answer
from app.engine.timeline import Place
from tracker import MotionError
from tracker.motion import checked


def answer_future() -> asyncio.Future[Answer]:
    """A future of the running loop."""
    return asyncio.get_running_loop().create_future()


@dataclass(slots=True, eq=False)
class FrameJob:
    """A frame that was taken. While it is held back for others its `place` is the one that it seems to belong to.

    `arrived_s` is when it came on the loop's clock, `received_at` in seconds since 1970, `taken_s` on the clock that
    measures spans.
    `dropped_before` counts the frames that were given up for it. `camera_motion` is the client's word on how the camera
    moved since the last frame that was not, as a (2, 3) affine.
    """

    epoch: int
    admitted: Admitted
    place: Place
    arrived_s: float
    future: asyncio.Future[Answer] = field(default_factory=answer_future)
    received_at: float = field(default_factory=time)
    taken_s: float = field(default_factory=perf_counter)
    dropped_before: int = 0
    camera_motion: NDArray[np.float64] | None = None
    perceived: asyncio.Future[Perceived] | None = None

    def take_over(self, given_up: "FrameJob") -> None:
        """Answer for a frame that made way for this one."""
        self.follow(given_up.dropped_before + 1, given_up.camera_motion)

    def follow(self, frames: int, camera_motion: NDArray[np.float64] | None) -> None:
        """Answer for so many frames before this one that were dropped, over which the camera moved like this."""
        self.dropped_before += frames
        self.camera_motion = _joined(camera_motion, self.camera_motion)

    def answer(self, answer: Answer) -> None:
        """Tell the caller, if there still is one."""
        if not self.future.done():
            self.future.set_result(answer)

    def fail(self, error: Exception) -> None:
        """Tell the caller why there is no answer."""
        if not self.future.done():
            self.future.set_exception(error)
            self.future.exception()  # the caller may have gone: nobody has to fetch it


@dataclass(slots=True, eq=False)
class ResetJob:
    """A new epoch that waits for its turn behind the frames taken before it."""

    epoch: int
    done: asyncio.Event = field(default_factory=asyncio.Event)


Job = FrameJob | ResetJob


def _joined(first: NDArray[np.float64] | None, then: NDArray[np.float64] | None) -> NDArray[np.float64] | None:
    """Two camera motions one after the other; None where together they are more than a tracker takes."""
    if first is None or then is None:
        return then if first is None else first
    try:
        return checked(np.column_stack((then[:, :2] @ first[:, :2], then[:, :2] @ first[:, 2] + then[:, 2])))
    except MotionError:
        return None
