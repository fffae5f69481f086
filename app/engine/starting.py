"""How many frames of a stream are in perception, and when one more may start."""

import asyncio
from collections.abc import Callable

from app.engine.cadence import Cadence
from app.engine.job import FrameJob, Job
from app.engine.loaded import Loaded
from app.engine.perception import Perceived, Perception
from app.engine.port import DetectionsIn, FrameIn
from app.engine.spacing import Spacing
from app.settings import StreamSettings


class Starting:
    """Owns the way of one stream's frames into perception."""

    def __init__(
        self, stream_id: str, settings: StreamSettings, perception: Perception, call: Callable[[], None]
    ) -> None:
        """`call` is called when there may be room again and nothing else will tell."""
        self._stream_id = stream_id
        self._settings = settings
        self._perception = perception
        self._call = call
        self._sight = settings.detection.sight()
        self._cadence = Cadence()
        self._spacing = Spacing()
        self._timer: asyncio.TimerHandle | None = None
        self._running = 0
        self._deepest = 0

    def configure(self, settings: StreamSettings) -> None:
        """Take new settings for the frames that start from here on."""
        self._settings = settings
        self._sight = settings.detection.sight()

    @property
    def deepest(self) -> int:
        """The most frames in perception that any model of this stream had room for, as far as anybody was told."""
        self._deepest = max(self._deepest, self._model.depth)
        return self._deepest

    def has_room(self, first: Job | None) -> bool:
        """Whether the first job in line may start: a stream has one frame in perception if there is a place, more only
        while the detector is not busy with its neighbours."""
        looks = self._needs_place(first)
        if self._running == 0:
            return not looks or self._model.line.has_place
        return self._running < self._depth and self._model.hungry and not (looks and self._is_held)

    def call_when_room(self) -> None:
        """Arrange for a call, unless the end of a frame that is in perception will tell anyway."""
        if not self._running:
            self._model.line.wait(self._stream_id, self._call)
        elif self._timer is None and (due_s := self._spacing.held_until_s) is not None:
            self._timer = asyncio.get_running_loop().call_at(due_s, self._wake)

    def give_way(self) -> None:
        """A frame made room for a newer one before it could start."""
        self._spacing.give_way()

    def start(self, job: Job) -> None:
        """Have each k-th frame looked at, the first of an epoch in any case."""
        self._running += 1
        if not isinstance(job, FrameJob):
            self._cadence.restart()
            return
        model, due = self._settings.model, self._is_due(job)
        self._cadence.begin(looked_at=due)
        job.perceived = self._perceive(job) if due else self._perception.unseen(model)

    def end(self) -> None:
        """A job is done with."""
        self._running -= 1

    def pass_over(self) -> None:
        """A frame was not seen although it was its turn: the next one is looked at, because the frames between are
        shown what was seen last, and that must not be long ago."""
        self._cadence.restart()

    def close(self) -> None:
        """Call nobody any more. Idempotent."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _perceive(self, job: FrameJob) -> asyncio.Future[Perceived]:
        settings = self._settings
        if isinstance(job.admitted.frame, FrameIn):
            self._spacing.start(asyncio.get_running_loop().time())
        return self._perception.perceive(
            self._stream_id, job.admitted, self._sight, model=settings.model, glimpse=settings.camera_motion
        )

    def _is_due(self, job: FrameJob) -> bool:
        return isinstance(job.admitted.frame, DetectionsIn) or self._cadence.is_due(self._settings.detection.every)

    def _needs_place(self, job: Job | None) -> bool:
        """Whether it is a picture that somebody has to look at."""
        return isinstance(job, FrameJob) and isinstance(job.admitted.frame, FrameIn) and self._is_due(job)

    @property
    def _depth(self) -> int:
        """The frames that may be in perception now."""
        depth = self._model.depth
        if depth > 2 and self._spacing.spends:
            depth -= 1
        return depth * self._settings.detection.every  # the frames between cost nothing

    @property
    def _is_held(self) -> bool:
        return self._spacing.spends and self._spacing.holds(asyncio.get_running_loop().time())

    def _wake(self) -> None:
        self._timer = None
        self._call()

    @property
    def _model(self) -> Loaded:
        """The version of the stream's model that sees the next frame."""
        return self._perception.model(self._settings.model)
