"""What happened lately, in all streams of one service."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

import msgspec
from msgspec import UNSET

from app.engine.selecting import Chosen
from app.wire import EventMessage

_IDS_PER_SECOND = 1_000_000  # room for as many, so that no life of the service gives out an id of the one before


@dataclass(frozen=True, slots=True)
class EventPage:
    """Events, oldest first.

    Attributes:
        items: the events.
        cursor: what comes next is beyond this id.
        missed: how many events of any kind were between what was asked for and `items` and are not kept; None where
            another life of the service gave out the id that was asked for.
    """

    items: list[EventMessage]
    cursor: int
    missed: int | None


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

    @property
    def newest(self) -> int:
        """The id of the newest event; before the first one, an id that no event has."""
        return self._next - 1

    def stamp(self, event: EventMessage) -> EventMessage:
        """The event with its `id` and its `at`; it is kept."""
        stamped: EventMessage = msgspec.structs.replace(event, id=self._next, at=round(self._now(), 3))
        self._next += 1
        self._kept.append(stamped)
        return stamped

    def page(self, chosen: Chosen, since: int | None, most: int) -> EventPage:
        """At most `most` chosen events, the first beyond `since`; the newest where it is None.

        Beyond an id of another life is everything that is kept.
        """
        if since is None:
            newest = islice((event for event in reversed(self._kept) if chosen.passes(event)), most)
            return EventPage(list(newest)[::-1], self.newest, 0)
        known = self._first - 1 <= since <= self.newest
        beyond = min(self.newest - since, len(self._kept)) if known else len(self._kept)
        later = islice(self._kept, len(self._kept) - beyond, None)
        items = list(islice((event for event in later if chosen.passes(event)), most))
        missed = self.newest - since - beyond if known else None
        return EventPage(items, _id(items[-1]) if len(items) == most else self.newest, missed)


def _id(event: EventMessage) -> int:
    assert event.id is not UNSET, "events are stamped before they are kept"
    return event.id
