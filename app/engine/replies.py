"""What the newest frames of a stream were answered, for those that are sent again."""

import asyncio

from app.engine.port import Answer


class Replies:
    """Keeps the futures of one epoch's newest frames by number: all that are not answered yet, and a few that are.

    Of a frame no more is kept than its answer.
    """

    def __init__(self, answered: int) -> None:
        """At most so many that are answered are kept. With 1 it is the last frame alone that can be sent again after
        its answer: an older number is more likely that of a client that counts anew."""
        self.answered = answered
        self._kept: dict[int, asyncio.Future[Answer]] = {}

    def get(self, seq: int | None) -> asyncio.Future[Answer] | None:
        """The answer to the frame that was sent under this number before, None where it is not known."""
        if seq is None or seq not in self._kept:
            return None
        self._forget_old()
        if (reply := self._kept.get(seq)) is None:
            return None
        known = not reply.done() or self.answered > 1 or seq == next(reversed(self._kept))
        return reply if known else None

    def keep(self, seq: int, reply: asyncio.Future[Answer]) -> None:
        """Remember a frame; the oldest are forgotten as soon as they are answered and too many."""
        self._kept[seq] = reply
        self._forget_old()

    def forget(self, seq: int, reply: asyncio.Future[Answer]) -> None:
        """A frame failed: under its number another may come."""
        if self._kept.get(seq) is reply:
            del self._kept[seq]

    def clear(self) -> None:
        """Numbers begin anew."""
        self._kept.clear()

    def _forget_old(self) -> None:
        while len(self._kept) > self.answered and (old := next(iter(self._kept.items())))[1].done():
            del self._kept[old[0]]
