"""Fan-out of a stream's messages: chosen and encoded once for all who want the same, and kept for who comes back."""

from collections.abc import Set
from typing import TYPE_CHECKING

from app.engine.backlog import Item
from app.engine.history import History
from app.engine.selecting import Chosen
from app.wire import Encoded, EventMessage, TracksMessage

if TYPE_CHECKING:
    from app.engine.reader import Reader


class Broadcast:
    """The readers of one stream, by what they have chosen of it."""

    def __init__(self, stream: str = "", most_messages: int = 0, most_bytes: int = 0) -> None:
        """At most so many messages, and bytes of them, are kept for readers that come back."""
        self.stream = stream
        self.history = History(most_messages, most_bytes)
        self.newest: Encoded | None = None  # the state that a new reader begins with
        self._readers: dict[Chosen, set[Reader]] = {}

    def __len__(self) -> int:
        return sum(reader.counted for readers in self._readers.values() for reader in readers)

    def add(self, reader: "Reader") -> None:
        """Let a reader in; called by the reader."""
        self._readers.setdefault(reader.chosen_rows, set()).add(reader)

    def discard(self, reader: "Reader") -> None:
        """Let a reader go; called by the reader, before it chooses anything else."""
        readers = self._readers.get(reader.chosen_rows, set())
        readers.discard(reader)
        if not readers:
            self._readers.pop(reader.chosen_rows, None)

    def publish(self, message: Encoded) -> None:
        """Offer a message to every reader; bytes are made once for all that have chosen the same."""
        if isinstance(message.message, TracksMessage):
            self.newest = message
        elif isinstance(message.message, EventMessage) and message.message.event == "reset":
            self.newest = None
        self.history.add(message)
        for chosen, readers in self._readers.items():
            passed = chosen.encoded(message)
            if passed is not None:
                item = Item.of(passed)
                for reader in readers:
                    reader.offer(item)

    def end(self, *, keep: "Set[Reader]" = frozenset()) -> None:
        """The stream is over: readers that read nothing else end, except those in `keep`."""
        for readers in self._readers.values():
            for reader in readers:
                reader.leave(self)
                if not reader.broadcasts and reader not in keep:
                    reader.end(streams_closed=True)
        self._readers.clear()
