"""How the camera of one stream moved since its last tracked frame: as the client told, or as the pictures show."""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from app.engine.job import FrameJob
from app.engine.perception import Perceived, Perception
from models import CameraMotion, Finding


@dataclass(frozen=True, slots=True, eq=False)
class Moved:
    """The (2, 3) affine for the tracker, None where none is known; what looking for it came to, and the milliseconds
    that took, both None where nobody looked."""

    affine: NDArray[np.float64] | None
    finding: Finding | None = None
    spent_ms: float | None = None


class Camera:
    """Owns what is kept of the last tracked picture.

    A session asks in the order of its frames, one at a time, after a frame was perceived and before it is tracked. So a
    frame that was dropped or failed on its way was never asked about, and the next motion spans it.
    """

    def __init__(self, perception: Perception) -> None:
        self._perception = perception
        self._estimator = CameraMotion()

    async def moved(
        self, job: FrameJob, seen: Perceived, boxes_of: Callable[[Perceived], NDArray[np.float64]]
    ) -> Moved:
        """The motion since the frame asked about before. `boxes_of` what was seen, (K, 4), may move by
        themselves."""
        if seen.glimpse is None:
            self._estimator.reset()
            return Moved(job.camera_motion)
        started = perf_counter()
        motion = await self._perception.in_thread(self._estimator.follow, seen.glimpse, boxes_of(seen))
        spent_ms = seen.glimpse_ms + (perf_counter() - started) * 1e3
        affine = motion.affine if motion.finding is Finding.MEASURED else None
        return Moved(affine, motion.finding, spent_ms)

    def reset(self) -> None:
        """The last frame asked about was not tracked, or an epoch begins: what follows has nothing before it."""
        self._estimator.reset()
