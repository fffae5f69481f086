"""What happened lately, in all streams of one service."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from itertools import islice

import msgspec

from app.wire import EventMessage

_IDS_PER_SECOND = 1_000_000  # room for as many, so that no life of the service gives out an id of the one before


class EventLog:
    """Numbers and dates every event and keeps the newest, for those who ask later.

    Ids go up by one. A service that is started anew begins beyond all ids of its life before, so that an id is met once
    and what was asked for in an earlier life can be told from what is merely old.
    """

    def __init__(self, most: int, now: Callable[[], float] = time.time) -> None:
        """`most` events are kept; `now` gives seconds since 1970."""
        self._kept: deque[EventMessage] = deque(maxlen=most)
        self._now = now
        self._first = self._next = int(now()) * _IDS_PER_SECOND + 1
        self._told = asyncio.Event()

    @property
    def newest(self) -> int:
        """The id of the newest event; before the first one, an id that no event has."""
        return self._next - 1

    def stamp(self, event: EventMessage) -> EventMessage:
        """The event with its `id` and its `at`; it is kept, and who waits for news is woken."""
        stamped: EventMessage = msgspec.structs.replace(event, id=self._next, at=round(self._now(), 3))
        self._next += 1
        self._kept.append(stamped)
        self._told.set()
        self._told = asyncio.Event()
        return stamped

    def after(self, event_id: int) -> list[EventMessage]:
        """The events beyond this one that are kept, oldest first."""
        wanted = min(max(self.newest - event_id, 0), len(self._kept))
        return list(islice(self._kept, len(self._kept) - wanted, None))

    def missed(self, event_id: int) -> int | None:
        """How many events beyond this one are no longer kept; None for an id that this life has not given out."""
        if not self._first - 1 <= event_id <= self.newest:
            return None
        return max(self.newest - event_id - len(self._kept), 0)

    async def told(self) -> None:
        """Return at the next event."""
        await self._told.wait()
