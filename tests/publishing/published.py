"""An engine that publishes, without a server around it, and what happens in it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from app.engine.local import LocalEngine
from app.publish_settings import PublishSettings
from app.publishing import Publisher, TargetView
from app.settings import StreamSettings
from app.wire import EventMessage
from tests.engine.scripted import Running, boxes

SECRET = "a secret of the tests"


class Soon:
    """Waits so short that a test sees many attempts."""

    def __init__(self) -> None:
        self.asked: list[float] = []

    def next_s(self, sound_for_s: float) -> float:
        self.asked.append(sound_for_s)
        return 0.005


class Never:
    """The next attempt comes when the service ends, unless the target itself says when."""

    def next_s(self, sound_for_s: float) -> float:
        return 3600.0


@dataclass
class Published:
    engine: LocalEngine
    publisher: Publisher

    def open(self, *streams: str) -> None:
        for stream in streams:
            self.engine.put_stream(stream, StreamSettings())

    def tell(self, stream: str, kind: str = "zone_enter", detail: str = "", **more: Any) -> None:
        """Something happens in an open stream."""
        outcomes = self.engine._sessions[stream].outcomes
        outcomes.tell(EventMessage(kind, stream, 1, detail, **more))

    async def track(self, stream: str, frames: int = 1) -> None:
        for _ in range(frames):
            await self.engine.submit(stream, boxes(10.0))

    def view(self, name: str = "a") -> TargetView:
        return next(view for view in self.publisher.views() if view.name == name)

    @property
    def done(self) -> bool:
        """Whether nothing waits for any target."""
        return all(view.waiting == 0 for view in self.publisher.views())

    async def end(self, drain_s: float = 5.0) -> None:
        await self.engine.drain()
        await self.publisher.close(drain_s)


@asynccontextmanager
async def publishing(backoff: Any = Soon, *, drain_s: float = 5.0, **settings: Any) -> AsyncIterator[Published]:
    """`settings` are those of `[publish]`, as TOML has them."""
    async with Running() as engine:
        published = Published(engine, Publisher(PublishSettings.model_validate(settings), engine, backoff=backoff))
        published.publisher.start()
        try:
            yield published
        finally:
            await published.end(drain_s)


def webhook(url: str, **more: Any) -> dict[str, Any]:
    """`[publish.webhooks.a]`, which gathers nothing unless it is told to."""
    return {"a": {"url": url, "secret": SECRET, "gather_s": 0.0, **more}}
