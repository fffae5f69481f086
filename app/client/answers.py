"""What becomes of one frame that was sent."""

from dataclasses import dataclass
from typing import Any

from app.client.errors import ClientError
from app.wire import DropMessage, DropReason, TrackRow, TracksMessage


@dataclass(frozen=True, slots=True)
class Answer:
    """One frame's answer: its tracks, or why it was dropped, or why it was refused.

    Attributes:
        frame: what was given to be sent, without its capture time.
        seq: the number that it was sent under.
        message: what the service said of it; None where it refused the frame.
        error: why it refused it; None where it did not. The frame is lost, the stream goes on.
        run: counts from 1. It goes up when the service begins anew with identities: the stream was reset, or the
            service was started anew, or had closed the stream. A `track_id` means the same within one run only.
        skipped: frames before this one that were never sent, because a newer one was there first (overload latest).
    """

    frame: Any
    seq: int
    message: TracksMessage | DropMessage | None
    error: ClientError | None
    run: int
    skipped: int

    @property
    def tracks(self) -> list[TrackRow]:
        """The tracks of the frame; none where it was dropped or refused."""
        return self.message.tracks if isinstance(self.message, TracksMessage) else []

    @property
    def dropped(self) -> DropReason | None:
        """Why the service gave the frame up; None where it did not."""
        return self.message.reason if isinstance(self.message, DropMessage) else None
