"""What waits for one target: a reader of the engine with bounds of its own, and the few messages in hand."""

from collections import deque

from app.engine.port import Engine
from app.engine.subscription import Subscription
from app.publish_settings import TargetSettings
from app.publishing.parcel import Parcel
from app.wire import Encoded

IN_HAND = 256
"""Messages that are sent together at most."""


class Inbox:
    """First in, first out. Where too many wait frames go first, then the oldest events; what is in hand stays."""

    def __init__(self, engine: Engine, settings: TargetSettings) -> None:
        """Read from here on, and before that the events which the engine has had so far."""
        self.hand: list[Parcel] = []
        self._most_in_hand = min(IN_HAND, max(1, settings.queue // 4))
        wanted = Subscription(
            selection=settings.selection,
            messages=settings.messages,
            wait=True,
            most_messages=max(1, settings.queue - self._most_in_hand),
            most_bytes=settings.queue_bytes,
            client=False,
            counted=False,
        )
        self._reader = engine.subscribe(wanted)
        so_far = engine.events(settings.selection, None, settings.queue).items if "events" in settings.messages else []
        self._first = deque(so_far)
        self._unsent = 0
        self._ended = False

    async def fill(self) -> bool:
        """Take what waits in hand, at least one message; False at the end, when nothing is left."""
        while self._first and len(self.hand) < self._most_in_hand:
            self.hand.append(Parcel.of(Encoded(self._first.popleft())))
        while len(self.hand) < self._most_in_hand and (self._reader.waiting or not self.hand):
            found = await self._reader.next()
            if found is None:
                break
            self.hand.append(Parcel.of(*found))
        return bool(self.hand)

    @property
    def waiting(self) -> int:
        """Messages that are to be sent."""
        return 0 if self._ended else len(self.hand) + len(self._first) + self._reader.waiting

    @property
    def dropped(self) -> int:
        """Messages that were given up before anything was tried, or at the end."""
        return self._reader.given_up + self._unsent

    def close(self) -> None:
        """Read no more; what waits is dropped. Idempotent."""
        self._unsent += self.waiting
        self._ended = True
        self.hand.clear()
        self._first.clear()
        self._reader.close()
