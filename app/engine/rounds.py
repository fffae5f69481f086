"""What waits for the detector, and who is next: pure, no clock and no thread."""

from collections import deque
from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from itertools import count
from typing import Generic, Protocol, TypeVar

MOST_REMEMBERED = 1024
"""Streams whose last turn is remembered while none of their frames waits."""


class Entry(Protocol):
    """One frame that waits."""

    @property
    def stream_id(self) -> str:
        """Whose it is."""
        ...

    @property
    def weight(self) -> int:
        """How many images it puts into a batch."""
        ...

    @property
    def latest(self) -> bool:
        """Whether it gives way to a newer frame of its stream."""
        ...

    @property
    def gone(self) -> bool:
        """Whether nobody waits for it any more."""
        ...

    def too_old(self, now: float) -> bool:
        """Whether it has waited longer than it may."""
        ...


E = TypeVar("E", bound=Entry)


@dataclass(slots=True)
class Taken(Generic[E]):
    """A batch, and the frames that were given up while it was put together."""

    batch: list[E] = field(default_factory=list)
    too_old: list[E] = field(default_factory=list)
    superseded: list[E] = field(default_factory=list)


class Rounds(Generic[E]):
    """Frames by stream. The stream whose last turn is longest ago goes first, however many frames it sends.

    A stream gets its second place in a batch when every stream that waits has its first. A stream that was not seen
    before counts as served when it came: it neither overtakes those who wait, nor do later ones overtake it.
    """

    def __init__(self) -> None:
        """Nothing waits."""
        self._queues: dict[str, deque[E]] = {}
        self._turns: dict[str, int] = {}  # when each stream was last served, or came
        self._counter = count()

    def __len__(self) -> int:
        return sum(len(queue) for queue in self._queues.values())

    def __iter__(self) -> Iterator[E]:
        """Every frame that waits."""
        return iter([entry for queue in self._queues.values() for entry in queue])

    def put(self, entry: E) -> None:
        """The newest frame of its stream waits."""
        self._queues.setdefault(entry.stream_id, deque()).append(entry)
        if entry.stream_id not in self._turns:
            self._turns[entry.stream_id] = next(self._counter)
            self._forget()

    def take(self, room: int, now: float, alone: Set[str] = frozenset(), barred: Set[str] = frozenset()) -> Taken[E]:
        """The next batch of at most `room` images.

        Of a stream that allows it the newest frame is taken first, and those before it only where there is room for
        them too; where there is none they are given up. A frame of more images than `room` makes a batch of its own.
        Streams in `alone` share no batch with others, those in `barred` go on waiting.
        """
        taken: Taken[E] = Taken()
        chosen: dict[str, list[E]] = {}
        order = sorted(self._queues.keys() - barred, key=self._turns.__getitem__)
        while room > 0 and (added := self._round(order, taken, chosen, room, now, alone)):
            room -= added
        for stream_id, entries in chosen.items():
            self._turns[stream_id] = next(self._counter)
            self._supersede(stream_id, entries, taken)
        return taken

    def pop_all(self) -> list[E]:
        """Take out every frame that waits."""
        entries = list(self)
        self._queues.clear()
        return entries

    def _round(
        self, order: list[str], taken: Taken[E], chosen: dict[str, list[E]], room: int, now: float, alone: Set[str]
    ) -> int:
        """One more frame of every stream, as far as there is room; the images it added."""
        start = room
        for stream_id in order:
            if stream_id not in self._queues:
                continue
            apart = stream_id in alone or any(other in alone for other in chosen)
            if apart and chosen and stream_id not in chosen:
                continue
            entry = self._next(stream_id, taken, now)
            if entry is None:
                continue
            if entry.weight > room and taken.batch:
                self._put_back(entry)  # its stream is not served, and stays in front
                continue
            taken.batch.append(entry)
            chosen.setdefault(stream_id, []).append(entry)
            room -= entry.weight
            if room <= 0:
                break
        return start - room

    def _next(self, stream_id: str, taken: Taken[E], now: float) -> E | None:
        """The frame whose turn it is: the newest of a stream that allows it, else the oldest."""
        queue = self._queues[stream_id]
        while queue:
            entry = queue.pop() if queue[-1].latest else queue.popleft()
            if not queue:
                del self._queues[stream_id]
            if entry.gone:
                continue
            if not entry.too_old(now):
                return entry
            taken.too_old.append(entry)
        return None

    def _put_back(self, entry: E) -> None:
        queue = self._queues.setdefault(entry.stream_id, deque())
        if entry.latest:
            queue.append(entry)
        else:
            queue.appendleft(entry)

    def _supersede(self, stream_id: str, chosen: list[E], taken: Taken[E]) -> None:
        """Give up what is older than a frame of its stream that goes ahead of it."""
        if not any(entry.latest for entry in chosen):
            return
        queue = self._queues.pop(stream_id, deque())
        taken.superseded += [entry for entry in queue if entry.latest]
        if kept := deque(entry for entry in queue if not entry.latest):
            self._queues[stream_id] = kept

    def _forget(self) -> None:
        """Streams come and go, and nobody says which are gone for good."""
        if len(self._turns) > MOST_REMEMBERED:
            idle = sorted(self._turns.keys() - self._queues.keys(), key=self._turns.__getitem__)
            for stream_id in idle[: len(idle) // 2]:
                del self._turns[stream_id]
