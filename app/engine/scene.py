"""What one stream shows: its tracks and counts, where they were, how the camera moved, how well tracking does."""

from collections.abc import Callable, Sequence
from functools import partial

from app.engine.camera import Camera, Moved
from app.engine.checking import Checking
from app.engine.following import Following
from app.engine.job import FrameJob
from app.engine.perception import Perceived, Perception
from app.engine.port import Answer
from app.engine.tracking import Tracking
from app.settings import StreamSettings
from app.wire import StreamCounts


class Scene:
    """Owns all that one epoch's frames have told, in their order, one at a time."""

    def __init__(
        self, stream_id: str, settings: StreamSettings, perception: Perception, most_points: int, checking: Checking
    ) -> None:
        """Nothing was seen. At most `most_points` points of tracks are kept.

        Raises:
            InvalidInput: the settings name a class that the stream's model does not know.
        """
        self._tracking = Tracking(stream_id, settings, perception.model(settings.model).labels)
        self._camera = Camera(perception)
        self.following = Following(most_points)
        self.checking = checking

    @property
    def ids(self) -> int:
        """How many identities this epoch has given out."""
        return self._tracking.ids

    def has(self, track_id: int) -> bool:
        """Whether a track is in view, or lost and may come back."""
        return self._tracking.has(track_id)

    def counts(self, epoch: int, newest: Answer | None) -> StreamCounts:
        """What zones and lines came to by the newest answer, if there is one."""
        return self._tracking.counts(epoch, newest)

    def begin_counts(self) -> None:
        """Count anew; tracks stay where they are."""
        self._tracking.begin_counts()

    async def answer(self, job: FrameJob, seen: Perceived, dropped_before: Callable[[FrameJob], int]) -> Answer:
        """Track one frame. `dropped_before` says how many were dropped since the one before.

        Raises:
            ValueError: the tracker refuses the frame, or the stream's region is not in it.
        """
        moved = await self._moved(job, seen)
        answer = self._tracking.answer(job, seen, moved, dropped_before(job))
        self.following.follow(job, answer, self._tracking.config)
        self.checking.follow(job, answer, moved, self._tracking.config)
        return answer

    async def _moved(self, job: FrameJob, seen: Perceived) -> Moved:
        """How the camera moved since the last frame that was looked at. One that was not tells nothing, and the motion
        of the next spans it."""
        if not seen.looked:
            return Moved(None)
        return await self._camera.moved(job, seen, partial(self._tracking.boxes_of, job))

    def lose_sight(self) -> None:
        """A frame failed after it was seen: nobody knows whether the next one's motion would be measured from it."""
        self._camera.reset()

    def configure(self, settings: StreamSettings, labels: Sequence[str]) -> None:
        """Take new settings; tracks live on. `labels` are the class names of the model that the settings name.

        Raises:
            InvalidInput: a class name that the model does not know; nothing has changed.
        """
        self._tracking.configure(settings, labels)

    def restart(self) -> None:
        """Forget everything: an epoch begins."""
        self._tracking.restart()
        self.following.restart()
        self.checking.restart()
        self._camera.reset()
