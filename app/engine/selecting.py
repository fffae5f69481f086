"""Which messages, and which rows of them, somebody has chosen."""

from collections.abc import Iterable
from typing import Final, Literal, get_args

import msgspec
from msgspec import UNSET

from app.publish_settings import Selection
from app.wire import Counts, DropMessage, Encoded, EventMessage, TrackRow, TracksMessage

MessageKind = Literal["tracks", "drops", "events"]
StreamMessage = TracksMessage | DropMessage | EventMessage

MESSAGE_KINDS: Final[tuple[MessageKind, ...]] = get_args(MessageKind)
EVERYTHING: Final = Selection()

_KINDS: Final[dict[type, MessageKind]] = {TracksMessage: "tracks", DropMessage: "drops", EventMessage: "events"}


def said_in(encoded: Encoded) -> StreamMessage:
    """What an encoded message says, which a stream has brought."""
    message = encoded.message
    assert isinstance(message, StreamMessage), "readers get what a stream brings"
    return message


def kind_of(message: StreamMessage) -> MessageKind:
    """What a reader asks for to get this message."""
    return _KINDS[type(message)]


class Chosen:
    """A selection, ready to be applied. Equal selections are equal, in whatever order their names are given.

    An event passes when its stream, kind, class, and zone or line are all chosen; what it does not have is chosen only
    where everything is. A `tracks` message of a chosen stream always passes, with the rows that are of a chosen class
    and in a chosen zone, and the counts of the chosen zones and lines: a reader has to learn that nothing is left.
    """

    __slots__ = ("_selection", "classes", "events", "kinds", "streams", "zones")

    def __init__(self, selection: Selection = EVERYTHING, messages: Iterable[MessageKind] = MESSAGE_KINDS) -> None:
        """`messages` are the kinds of messages that pass."""
        self._selection = selection
        self.kinds = frozenset(messages)
        self.streams = _names(selection.streams)
        self.events = _names(selection.events)
        self.classes = _names(selection.classes)
        self.zones = _names(selection.zones)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Chosen) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def _key(self) -> tuple[object, ...]:
        return self.kinds, self.streams, self.events, self.classes, self.zones

    def passes(self, message: StreamMessage) -> StreamMessage | None:
        """The message itself, a copy with fewer rows, or None."""
        if _KINDS[type(message)] not in self.kinds or not self.wants(message.stream):
            return None
        if isinstance(message, TracksMessage):
            return self._tracks(message)
        if isinstance(message, EventMessage):
            return message if self._has_event(message) else None
        return message

    def encoded(self, encoded: Encoded, kind: MessageKind | None = None) -> Encoded | None:
        """The same of a message with its bytes, which are shared where nothing is left out.

        Where the `kind` is known, a message is read only by who has chosen more than kinds.
        """
        if kind is not None and self._is_of_kinds:
            return encoded if kind in self.kinds else None
        message = said_in(encoded)
        passed = self.passes(message)
        if passed is message:
            return encoded
        return None if passed is None else Encoded(passed)

    def of_any_stream(self) -> "Chosen":
        """The same choice in all streams."""
        if self.streams is None:
            return self
        return Chosen(self._selection.model_copy(update={"streams": None}), self.kinds)

    @property
    def _is_of_kinds(self) -> bool:
        return self.streams is None and self.events is None and self.classes is None and self.zones is None

    def wants(self, stream: str) -> bool:
        """Whether messages of a stream can pass."""
        return self.streams is None or stream in self.streams

    def _tracks(self, message: TracksMessage) -> TracksMessage:
        if self.classes is None and self.zones is None:
            return message
        rows = [row for row in message.tracks if self._has_row(row)]
        counts = message.counts
        if counts is not UNSET and self.zones is not None:
            counts = _only(counts, self.zones)
        if len(rows) == len(message.tracks) and counts == message.counts:
            return message
        few: TracksMessage = msgspec.structs.replace(message, tracks=rows, counts=counts)
        return few

    def _has_row(self, row: TrackRow) -> bool:
        if not self._has_class(row.class_name, row.class_id):
            return False
        return self.zones is None or (row.zones is not UNSET and not self.zones.isdisjoint(row.zones))

    def _has_event(self, event: EventMessage) -> bool:
        return (
            (self.events is None or event.event in self.events)
            and self._has_class(event.class_name, event.class_id)
            and (self.zones is None or event.zone in self.zones or event.line in self.zones)
        )

    def _has_class(self, name: object, number: object) -> bool:
        return self.classes is None or name in self.classes or str(number) in self.classes


def _names(names: Iterable[str] | None) -> frozenset[str] | None:
    return None if names is None else frozenset(names)


def _only(counts: Counts, names: frozenset[str]) -> Counts:
    return Counts(
        {name: count for name, count in counts.zones.items() if name in names},
        {name: count for name, count in counts.lines.items() if name in names},
    )
