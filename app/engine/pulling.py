"""A stream whose frames the server reads by itself: connected, read, connected again."""

import asyncio
import random
from collections.abc import Awaitable, Callable

import structlog

from app.engine.delivering import Delivery
from app.engine.session import Session
from app.engine.source_status import SourceStatus, State
from app.engine.views import SourceView
from app.limits import Limits
from app.source_settings import SourceSettings
from app.sources import SourceError
from app.sources.addresses import Address, shown
from app.sources.backoff import Backoff
from app.sources.decoding import Decoder
from app.sources.feed import Feed, Shot, SourceSilent
from app.sources.threaded import ThreadedFeed
from app.wire import EventMessage

Judge = Callable[[str], Awaitable[tuple[Address, bool]]]
"""From an address to what may be connected to, and whether it is read in a thread; raises SourceError."""

_log = structlog.get_logger(__name__)


class Puller:
    """Reads one source into one session, and tries again where that can help: cameras always, files never."""

    def __init__(
        self,
        session: Session,
        settings: SourceSettings,
        limits: Limits,
        judge: Judge,
        starts: asyncio.Semaphore,
        after: asyncio.Task[None] | None,
    ) -> None:
        """Begin. `starts` is held while a process starts. `after` is waited for first: the source before has to take
        leave of what may be the same camera."""
        self.settings = settings
        self._session = session
        self._limits = limits
        self._judge = judge
        self._status = SourceStatus(shown(settings.url), asyncio.get_running_loop().time, self._tell)
        self._backoff = Backoff(random.random)
        self._decoder = Decoder(limits, starts)
        self._delivery = Delivery(session, settings, limits.source_s, self._status.complain)
        self._after = after
        self._task = asyncio.create_task(self._run(), name=f"source {session.stream_id}")

    @property
    def view(self) -> SourceView:
        """The state as the API shows it."""
        return self._status.view()

    @property
    def active(self) -> bool:
        """True while more frames may come."""
        return not self._task.done()

    async def close(self) -> None:
        """Stop reading; the source before has left then, too. Idempotent."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await self._decoder.close()
        await self._alone()

    async def _alone(self) -> None:
        """Return when the source before has left, whoever gives up waiting for that."""
        if self._after is not None:
            await asyncio.shield(self._after)

    async def _run(self) -> None:
        structlog.contextvars.clear_contextvars()  # the request that named the source is over
        await self._alone()
        try:
            while True:
                self._status.connecting()
                wait_s = await self._attempt()
                if wait_s is None:
                    return
                await asyncio.sleep(wait_s)
        finally:
            await self._decoder.close()

    async def _attempt(self) -> float | None:
        """Read until nothing comes any more. How long to wait before the next time, None where there is none."""
        try:
            while await self._read() and self.settings.loop:
                pass
        except SourceError as error:
            return self._failed("stalled" if isinstance(error, SourceSilent) else "failed", error.detail)
        except Exception as error:  # noqa: BLE001  # a defect in the reading of one source must not end it for good
            _log.exception("source_broke", stream=self._session.stream_id)
            return self._failed("failed", f"{type(error).__name__} while it was read")
        self._status.ended()
        return None

    def _failed(self, state: str, reason: str) -> float | None:
        """Say so. A camera that goes silent is stalled, one that never spoke has failed."""
        wait_s = self._backoff.next_s(self._status.live_for_s) if self._is_tried_again else None
        stalled = state == "stalled" and self._status.is_live
        self._status.troubled("stalled" if stalled else "failed", reason, wait_s)
        return wait_s

    @property
    def _is_tried_again(self) -> bool:
        return self.settings.url.split(":", 1)[0].lower() not in ("file", "demo")

    async def _read(self) -> bool:
        """Read one connection to its end; True where it came to a frame."""
        address, in_thread = await self._judge(self.settings.url)
        feed = await self._open(address, in_thread)
        came = False
        try:
            self._delivery.begin()
            while (shot := await self._next(feed)) is not None:
                came = True
                self._status.came(feed)
                await self._delivery.deliver(shot, feed.nature)
            await self._delivery.finish()
        finally:
            self._status.left(feed)
            await feed.close()
        if not came:
            raise SourceError(f"it holds no frame{feed.reason and ': ' + feed.reason}")
        return True

    async def _open(self, address: Address, in_thread: bool) -> Feed:
        if in_thread:
            return ThreadedFeed(address, self._limits.image_bytes)
        return await self._decoder.open(address, self.settings)

    async def _next(self, feed: Feed) -> Shot | None:
        try:
            async with asyncio.timeout(self._limits.source_s):
                return await feed.next()
        except TimeoutError:
            raise SourceSilent(f"no frame for {self._limits.source_s:g} s") from None

    def _tell(self, state: State, detail: str) -> None:
        _log.info("source", stream=self._session.stream_id, state=state, detail=detail)
        said = f"{state}: {detail}" if detail else state
        self._session.outcomes.tell(EventMessage("source", self._session.stream_id, self._session.epoch, said))
