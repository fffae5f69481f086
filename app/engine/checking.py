"""The health of one stream's tracking: followed frame by frame, and told of where something begins to look wrong."""

from collections.abc import Callable, Iterator

from msgspec import structs

from app.engine.accounts import Accounts
from app.engine.camera import Moved
from app.engine.job import FrameJob
from app.engine.port import Answer
from app.engine.views import VitalsView
from app.vitals import Change, Checkup, VitalFrame
from app.wire import EventMessage
from tracker import ByteTrackConfig


class Checking:
    """Owns the vitals of a stream's newest epoch."""

    def __init__(self, stream_id: str, accounts: Accounts) -> None:
        self._stream_id = stream_id
        self._accounts = accounts
        self._lost = 0
        self._changes: tuple[Change, ...] = ()
        self.checkup = Checkup()

    def follow(self, job: FrameJob, answer: Answer, moved: Moved, config: ByteTrackConfig) -> None:
        """Take a tracked frame; `config` is what its tracker went by."""
        lost, self._lost = self._lost, self._given_up()
        self._changes += self.checkup.add(
            VitalFrame(
                pts=job.place.pts,
                size=job.admitted.size,
                tracks=answer.tracks,
                detections=answer.detections,
                config=config,
                looked=answer.message.predicted is not True,
                motion=moved.affine,
                dropped=answer.message.dropped_since_last,
                lost=self._lost - lost,
                arrived_s=job.arrived_s,
                timed=job.place.capture_ts is not None,
            )
        )

    def restart(self) -> None:
        """Forget everything: an epoch begins."""
        self._changes += self.checkup.restart()

    def tell(self, epoch: int, seq: int | None, tell: Callable[[EventMessage], None]) -> None:
        """Hand on the events of what changed since this was called last; `seq` is the newest frame's number."""
        changes, self._changes = self._changes, ()
        for event in self._events(changes, epoch, seq):
            tell(event)

    def view(self) -> VitalsView | None:
        """The vitals as the API shows them, None before the first frame."""
        figures = self.checkup.vitals.figures()
        return None if figures is None else VitalsView.of(figures, self.checkup.concerns)

    def _given_up(self) -> int:
        """Frames that were dropped though somebody wanted them."""
        drops = self._accounts.drops
        return self._accounts.dropped - drops["rate"] - drops["closed"]

    def _events(self, changes: tuple[Change, ...], epoch: int, seq: int | None) -> Iterator[EventMessage]:
        for change in changes:
            concern = change.concern
            event = EventMessage(
                "health",
                self._stream_id,
                epoch,
                f"gone: {change.why}" if change.gone else concern.detail,
                concern=concern.kind,
            )
            yield event if seq is None else structs.replace(event, seq=seq)
