"""What waits for one reader: bounded, events before frames, the newest state of each stream before older ones."""

from collections import deque
from dataclasses import dataclass

from app.engine.selecting import said_in
from app.wire import Encoded, EventMessage, TracksMessage


@dataclass(frozen=True, slots=True)
class Item:
    """What a backlog has to know of a message; made once, however many readers wait for it."""

    encoded: Encoded
    stream: str
    size: int
    is_event: bool
    is_state: bool
    is_last: bool

    @classmethod
    def of(cls, encoded: Encoded) -> "Item":
        """A message of a stream."""
        message = said_in(encoded)
        is_event = isinstance(message, EventMessage)
        is_last = isinstance(message, EventMessage) and message.event == "closed"
        return cls(encoded, message.stream, encoded.size, is_event, isinstance(message, TracksMessage), is_last)


_Entry = tuple[int, Item]


class Backlog:
    """Messages in order. Where there are too many, these are given up, the oldest first, until they fit:

    1. frames of which a newer state of the same stream waits, and dropped frames,
    2. newest states of streams, but for one,
    3. events.

    One message always stays. Of each stream it is counted how many were given up.
    """

    def __init__(self, most_messages: int, most_bytes: int) -> None:
        self._most_messages = most_messages
        self._most_bytes = most_bytes
        self._count = 0
        self._bytes = 0
        self._numbers = 0
        self._events: deque[_Entry] = deque()
        self._frames: deque[_Entry] = deque()
        self._held: dict[str, _Entry] = {}  # newest states that were the oldest frames: before all in `_frames`
        self._newest: dict[str, int] = {}  # of each stream whose state waits, the number of the newest one
        self._missed: dict[str, int | None] = {}
        self.given_up = 0  # of all streams, ever

    def __len__(self) -> int:
        return self._count

    def put(self, item: Item) -> None:
        """Queue a message."""
        self._numbers += 1
        self._count += 1
        self._bytes += item.size
        if item.is_event:
            self._events.append((self._numbers, item))
        else:
            self._frames.append((self._numbers, item))
            if item.is_state:
                self._newest[item.stream] = self._numbers
                if self._held and (superseded := self._held.pop(item.stream, None)):
                    self._give_up(superseded)
        while (self._count > self._most_messages or self._bytes > self._most_bytes) and self._count > 1:
            self._give_up(self._least())

    def take(self) -> tuple[Encoded, int | None]:
        """The oldest message, and how many of its stream were given up before it; None where that is not known."""
        frame = next(iter(self._held.values())) if self._held else self._frames[0] if self._frames else None
        if self._events and (frame is None or self._events[0][0] < frame[0]):
            entry = self._events.popleft()
        elif self._held:
            entry = self._held.pop(next(iter(self._held)))
        else:
            entry = self._frames.popleft()
        self._forget(entry)
        item = entry[1]
        return item.encoded, self.missed(item.stream)

    def miss(self, stream: str, count: int | None) -> None:
        """Messages of a stream were given up elsewhere, None: nobody knows how many."""
        if count == 0:
            return
        before = self._missed.get(stream, 0)
        self._missed[stream] = None if before is None or count is None else before + count

    def missed(self, stream: str) -> int | None:
        """How many messages of a stream were given up since this was asked last."""
        return self._missed.pop(stream, 0)

    def has_state_of(self, stream: str) -> bool:
        """Whether a state of a stream waits."""
        return stream in self._newest

    def take_all(self) -> list[Encoded]:
        """Everything, in order. What was given up stays counted."""
        entries = sorted([*self._events, *self._held.values(), *self._frames], key=lambda entry: entry[0])
        for waiting in (self._events, self._held, self._frames, self._newest):
            waiting.clear()
        self._count = self._bytes = 0
        return [item.encoded for _, item in entries]

    def _least(self) -> _Entry:
        """Take out what can be spared best."""
        while self._frames:
            entry = self._frames.popleft()
            stream = entry[1].stream
            if self._newest.get(stream) != entry[0]:
                return entry
            self._held[stream] = entry
        if len(self._held) > 1 or not self._events:
            return self._held.pop(next(iter(self._held)))
        return self._events.popleft()

    def _give_up(self, entry: _Entry) -> None:
        self._forget(entry)
        self.given_up += 1
        item = entry[1]
        self.miss(item.stream, 1)
        if item.is_last:
            self.missed(item.stream)  # nothing comes any more that could tell it

    def _forget(self, entry: _Entry) -> None:
        number, item = entry
        self._count -= 1
        self._bytes -= item.size
        if item.is_state and self._newest.get(item.stream) == number:
            del self._newest[item.stream]
