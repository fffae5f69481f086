"""One reader of some streams: what it is sent next, and what it missed."""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass

from app.engine.backlog import Backlog, Item
from app.engine.broadcast import Broadcast
from app.engine.history import History, Place, place_of
from app.engine.selecting import Chosen, said_in
from app.wire import Encoded


@dataclass(slots=True)
class _Replay:
    """Where a reader that came back stands in the history of a stream. It holds no message itself."""

    history: History
    position: int

    def next(self, chosen: Chosen) -> tuple[Encoded | None, int | None]:
        """The next message that is chosen, None when live ones follow, and how many were no longer kept before it."""
        missed = self.history.lost(self.position, chosen.kinds)
        self.position = max(self.position, self.history.start)
        while self.position < self.history.end:
            kind, data = self.history.at(self.position)
            self.position += 1
            if kind in chosen.kinds and (passed := chosen.encoded(Encoded.stored(data), kind)) is not None:
                return passed, missed
        return None, missed


class Reader:
    """First what a reader that came back has not seen yet, stream by stream, then what is new, as it comes.

    A slow reader loses the oldest messages (`Backlog` says which) and learns how many, for each stream by itself.
    """

    def __init__(
        self,
        most_messages: int,
        most_bytes: int,
        chosen: Chosen | None = None,
        on_close: "Callable[[Reader], None]" = lambda reader: None,
        *,
        counted: bool = True,
    ) -> None:
        """`counted` says whether a stream counts it among its readers: one that serves the service itself is none."""
        self.counted = counted
        self.streams_closed = False  # it ended because its streams did, and not because the service drains
        self._choose(chosen or Chosen())
        self._first: dict[str, Encoded] = {}
        self._replays: dict[str, _Replay] = {}
        self._backlog = Backlog(most_messages, most_bytes)
        self._wake = asyncio.Event()
        self._ended = False
        self._broadcasts: set[Broadcast] = set()
        self._on_close = on_close

    def offer(self, message: Item) -> None:
        """Queue a message that is chosen; never waits."""
        if self._ended:
            return
        if message.stream not in self._replays:
            self._backlog.put(message)
        self._wake.set()

    async def next(self) -> tuple[Encoded, int | None] | None:
        """The next message and how many of its stream were skipped before it, None: nobody knows how many.

        None at the end, when all was read.
        """
        if self._replays:
            await asyncio.sleep(0)  # somebody who has much to catch up with leaves turns to the others
        while (found := self._ready()) is None:
            if self._ended:
                return None
            self._wake.clear()
            await self._wake.wait()
        return found

    def _ready(self) -> tuple[Encoded, int | None] | None:
        for stream in self._first:
            return self._first.pop(stream), self._backlog.missed(stream)
        for stream, replay in list(self._replays.items()):
            message, missed = replay.next(self.chosen_rows)
            self._backlog.miss(stream, missed)
            if message is not None:
                return message, self._backlog.missed(stream)
            del self._replays[stream]
        return self._backlog.take() if self._backlog else None

    @property
    def waiting(self) -> int:
        """How many messages wait, apart from those of a history."""
        return len(self._first) + len(self._backlog)

    @property
    def given_up(self) -> int:
        """How many messages were given up because more waited than may, ever."""
        return self._backlog.given_up

    # -- what is read ----------------------------------------------------------------------------------------------

    def join(self, broadcast: Broadcast, *, since: Place | None = None, state: bool = False) -> None:
        """Read this broadcast too: from behind a place if it is known, else, where asked, from the newest state."""
        if broadcast in self._broadcasts:
            return
        self._broadcasts.add(broadcast)
        broadcast.add(self)
        position = None if since is None else broadcast.history.after(since)
        if position is not None:
            self._resume(broadcast, position)
            return
        if since is not None:
            self._backlog.miss(broadcast.stream, None)
        if state or since is not None:
            self._begin_with_state(broadcast)

    def _resume(self, broadcast: Broadcast, position: int) -> None:
        history = broadcast.history
        if history.start < history.end or position == history.end:
            self._replays[broadcast.stream] = _Replay(history, position)
            return
        missed = history.lost(position, self.chosen_rows.kinds)  # nothing is kept: the state has to do, if it is news
        state = None if broadcast.newest is None else history.after(place_of(said_in(broadcast.newest)))
        shown = state is not None and state > position and self._begin_with_state(broadcast)
        self._backlog.miss(broadcast.stream, None if missed is None else missed - shown)

    def _begin_with_state(self, broadcast: Broadcast) -> bool:
        state = None if broadcast.newest is None else self.chosen_rows.encoded(broadcast.newest)
        if state is not None:
            self._first[broadcast.stream] = state
            self._wake.set()
        return state is not None

    def choose(self, chosen: Chosen, broadcasts: Collection[Broadcast]) -> None:
        """Read these broadcasts, and this of them, from here on.

        What waits and is still chosen is sent, then the newest state of streams of which none waits.
        """
        for broadcast in self._broadcasts:
            broadcast.discard(self)
        self._choose(chosen)
        self._broadcasts = set(broadcasts)
        self._first.clear()
        streams = {broadcast.stream for broadcast in broadcasts}
        self._replays = {stream: replay for stream, replay in self._replays.items() if stream in streams}
        for message in self._backlog.take_all():
            if (passed := chosen.encoded(message)) is not None:
                self._backlog.put(Item.of(passed))
        for broadcast in broadcasts:
            broadcast.add(self)
            if broadcast.stream not in self._replays and not self._backlog.has_state_of(broadcast.stream):
                self._begin_with_state(broadcast)

    def _choose(self, chosen: Chosen) -> None:
        self.chosen = chosen
        self.chosen_rows = chosen.of_any_stream()  # whose stream a broadcast is, is known where it is joined

    # -- ends ------------------------------------------------------------------------------------------------------

    def end(self, *, streams_closed: bool = False) -> None:
        """No more messages will be offered; what is queued can still be read."""
        self.streams_closed = self.streams_closed or (streams_closed and not self._ended)
        self._ended = True
        self._wake.set()

    def close(self) -> None:
        """Leave every broadcast. Idempotent."""
        self.end()
        for broadcast in self._broadcasts:
            broadcast.discard(self)
        self._broadcasts.clear()
        self._on_close(self)

    def leave(self, broadcast: Broadcast) -> None:
        """Forget a broadcast that has ended; the reader itself ends when `end` is called."""
        self._broadcasts.discard(broadcast)

    @property
    def broadcasts(self) -> int:
        """How many broadcasts are being read."""
        return len(self._broadcasts)
