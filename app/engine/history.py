"""The newest messages of one stream, kept for readers that come back, and the count of those that are gone."""

from collections import deque
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from app.engine.selecting import MESSAGE_KINDS, MessageKind, StreamMessage, kind_of, said_in
from app.wire import Encoded, EventMessage

_RUNS: Final = 1024  # a stream that goes on without a break is one run, however long


class Place(NamedTuple):
    """Which message of a stream was seen last: the epoch and number of its frame, or an event's id, of epoch 0.

    Frames that were dropped have places of their own: a number that was given back may be tracked later.
    """

    kind: MessageKind
    epoch: int
    number: int


def place_of(message: StreamMessage) -> Place:
    """The place of a message in its stream."""
    if isinstance(message, EventMessage):
        return Place("events", 0, message.id or 0)
    return Place(kind_of(message), message.epoch, message.seq)


@dataclass(slots=True)
class _Run:
    """Messages of one kind that followed each other, with numbers that did so too."""

    first: Place
    position: int
    before: dict[MessageKind, int]  # how many of each kind the stream had brought
    length: int

    def goes_on_with(self, place: Place) -> bool:
        first = self.first
        follows = place.number == first.number + self.length
        return follows and place.epoch == first.epoch and place.kind == first.kind

    def holds(self, place: Place) -> bool:
        first = self.first
        same = place.kind == first.kind and place.epoch == first.epoch
        return same and 0 <= place.number - first.number < self.length

    def counts_at(self, position: int) -> dict[MessageKind, int]:
        kind = self.first.kind
        return {**self.before, kind: self.before[kind] + position - self.position}


@dataclass(slots=True)
class History:
    """Messages by position: the first that the stream ever brought has position 0.

    Attributes:
        most_messages: so many are kept at most.
        most_bytes: they have so many bytes of JSON at most.
        end: the position after the newest message.
    """

    most_messages: int
    most_bytes: int
    end: int = 0
    _kept: deque[tuple[MessageKind, bytes]] = field(default_factory=deque)
    _bytes: int = 0
    _runs: deque[_Run] = field(init=False)
    _counts: dict[MessageKind, int] = field(default_factory=lambda: dict.fromkeys(MESSAGE_KINDS, 0))

    def __post_init__(self) -> None:
        self._runs = deque(maxlen=_RUNS + self.most_messages)

    @property
    def start(self) -> int:
        """The position of the oldest message that is kept; `end` where none is."""
        return self.end - len(self._kept)

    def add(self, encoded: Encoded) -> None:
        """The stream has brought a message."""
        place = place_of(said_in(encoded))
        run = self._runs[-1] if self._runs else None
        if run is None or not run.goes_on_with(place):
            run = _Run(place, self.end, dict(self._counts), 0)
            self._runs.append(run)
        run.length += 1
        self._counts[place.kind] += 1
        self.end += 1
        if self.most_messages:
            self._keep(place.kind, encoded.json())

    def _keep(self, kind: MessageKind, data: bytes) -> None:
        self._kept.append((kind, data))
        self._bytes += len(data)
        while len(self._kept) > self.most_messages or self._bytes > self.most_bytes:
            self._bytes -= len(self._kept.popleft()[1])

    def after(self, place: Place) -> int | None:
        """The position behind a message; None where nobody remembers it."""
        for run in reversed(self._runs):
            if run.holds(place):
                return run.position + place.number - run.first.number + 1
        return None

    def at(self, position: int) -> tuple[MessageKind, bytes]:
        """The message at a position from `start` to before `end`: its kind, and it as JSON."""
        return self._kept[position - self.start]

    def answer(self, epoch: int, seq: int) -> Encoded | None:
        """What a frame came to, tracked or dropped; None where it came to neither or is no longer kept."""
        for kind in ("tracks", "drops"):
            position = self.after(Place(kind, epoch, seq))
            if position is not None and position > self.start:
                return Encoded.stored(self.at(position - 1)[1])
        return None

    def lost(self, position: int, kinds: frozenset[MessageKind]) -> int | None:
        """How many messages of these kinds were at this position or after it and are not kept; None: nobody knows."""
        if position >= self.start:
            return 0
        then, now = self._counts_at(position), self._counts_at(self.start)
        if then is None or now is None:
            return None
        return sum(now[kind] - then[kind] for kind in kinds)

    def _counts_at(self, position: int) -> dict[MessageKind, int] | None:
        if position == self.end:
            return self._counts
        for run in reversed(self._runs):
            if run.position <= position:
                return run.counts_at(position)
        return None
