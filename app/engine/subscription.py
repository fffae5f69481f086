"""What somebody asks an engine to be sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.engine.history import Place
from app.engine.selecting import EVERYTHING, MESSAGE_KINDS, Chosen, MessageKind
from app.publish_settings import Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """Which messages of which streams, from where on, and how many of them may wait.

    Attributes:
        selection: streams, kinds of events, classes and zones.
        messages: kinds of messages.
        since: what was seen last of a stream, by stream: what came after it and is kept is sent first.
        state: begin with the newest state of each stream that `since` does not name.
        wait: read streams that are named when they open, and again when they open again. Where none is named, all that
            open are read in any case.
        most_messages: so many wait at most, those of `limits.reader_messages` where it is None.
        most_bytes: so many bytes wait at most, `limits.reader_bytes` where it is None.
        client: whether it takes one of the `limits.sockets`.
        counted: whether a stream counts it among its readers.
    """

    selection: Selection = EVERYTHING
    messages: tuple[MessageKind, ...] = MESSAGE_KINDS
    since: Mapping[str, Place] = field(default_factory=dict)
    state: bool = False
    wait: bool = False
    most_messages: int | None = None
    most_bytes: int | None = None
    client: bool = True
    counted: bool = True

    @property
    def chosen(self) -> Chosen:
        """The selection, ready to be applied."""
        return Chosen(self.selection, self.messages)

    @property
    def to_come(self) -> bool:
        """Whether streams that open later are read too."""
        return self.wait or self.selection.streams is None
