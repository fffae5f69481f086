"""Sources that are decoded in a child process: cameras, and videos from files and over HTTP."""

import asyncio

from app.decoding.words import Lost, Open, Opened, Ready, Report
from app.decoding.words import Shot as Told
from app.limits import Limits
from app.source_settings import SourceSettings
from app.sources.addresses import Address
from app.sources.feed import Nature, Shot, SourceSilent
from app.sources.process import Child
from app.sources.shared_memory import Slots
from app.sources.source import FALLBACK_FRAME_RATE, SourceError

# What a child gives up after, of what the service waits: so that it is there for the next attempt.
PATIENCE = 0.9


class Decoder:
    """The child process of one source. It is started when it is needed, and lives through reconnects."""

    def __init__(self, limits: Limits, starts: asyncio.Semaphore) -> None:
        """No process runs yet. `starts` is held while one starts, so that many sources do not all start at once."""
        self._limits = limits
        self._starts = starts
        self._child: Child | None = None
        self._slots: Slots | None = None
        self._ending: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The id of the process, None where none runs."""
        return self._child.pid if self._child else None

    async def open(self, address: Address, settings: SourceSettings) -> "DecodedFeed":
        """Begin to read a source. One at a time.

        Raises:
            SourceError: no process can be started.
        """
        if self._child is None:
            await self._start(address.scheme)
        assert self._child is not None, "it was started"
        self._child.open(_order(address, settings, self._limits))
        return DecodedFeed(self, address)

    async def heard(self) -> Report:
        """The next word of the child; one that is gone is forgotten."""
        assert self._child is not None, "a feed is open"
        try:
            return await self._child.heard()
        except SourceError:
            await self.close()
            raise

    async def shot(self, told: Told) -> Shot:
        """The frame that the child told of. Raises SourceError: it cannot be; the process is ended."""
        try:
            return self._shown(told)
        except SourceError:
            await self.close()
            raise

    def _shown(self, told: Told) -> Shot:
        assert self._slots is not None, "a child that speaks has slots"
        if told.encoded:
            data = self._slots.bytes_of(told.slot, told.encoded)
            return Shot(told.at, told.pts, data=data, skipped=told.skipped)
        image = self._slots.image(told.slot, told.width, told.height)
        return Shot(told.at, told.pts, image, skipped=told.skipped)

    async def leave(self) -> None:
        """Let the child take leave of its source; one that does not is ended."""
        if self._child is not None and not await self._child.leave():
            await self.close()

    async def close(self) -> None:
        """End the process. Idempotent."""
        child, self._child = self._child, None
        slots, self._slots = self._slots, None
        if slots is not None:
            slots.close()
        if child is not None:
            self._ending = asyncio.create_task(child.end())
        if self._ending is not None:
            await asyncio.shield(self._ending)  # who waits may be cancelled; the process is ended all the same

    async def _start(self, scheme: str) -> None:
        limits = self._limits
        slot_bytes = max(3 * limits.image_pixels, limits.image_bytes)
        slots = Slots(slot_bytes)
        try:
            async with self._starts:
                self._child = await Child.start(slots.descriptor, slot_bytes, limits.source_bytes, scheme)
        except BaseException:
            slots.close()
            raise
        self._slots = slots
        slots.serve(self._child.free)


class DecodedFeed:
    """One connection of a `Decoder`."""

    def __init__(self, decoder: Decoder, address: Address) -> None:
        self.nature = Nature(live=True, frame_rate=FALLBACK_FRAME_RATE)
        self.skipped = 0
        self.reason = ""
        self._decoder = decoder
        self._address = address
        self._over = False

    async def next(self) -> Shot | None:
        """The next frame, None at the end of a finite source.

        Raises:
            SourceError: it cannot be read, or no longer; the message holds no credentials.
        """
        while not self._over:
            try:
                told = await self._decoder.heard()
            except SourceError:
                self._over = True
                raise
            if isinstance(told, Opened):
                self.nature = Nature(told.live, told.rate, told.codec, told.decoder)
                continue
            if isinstance(told, Ready):
                continue
            self.skipped = told.skipped
            if isinstance(told, Told):
                self.reason = told.reason and self._address.masked(told.reason)
                return await self._decoder.shot(told)
            self._over = True
            if isinstance(told, Lost):
                kind = SourceSilent if told.silent else SourceError
                raise kind(self._address.masked(told.reason))
            self.reason = told.reason and self._address.masked(told.reason)
        return None

    async def close(self) -> None:
        """Take leave of the source. Idempotent."""
        if not self._over:
            self._over = True
            await self._decoder.leave()


def _order(address: Address, settings: SourceSettings, limits: Limits) -> Open:
    parts = address.parts
    return Open(
        scheme=address.scheme,
        url=address.open_url,
        timeout_s=PATIENCE * limits.source_s,
        image_bytes=limits.image_bytes,
        image_pixels=limits.image_pixels,
        ips=address.ips,
        host=parts.host if parts else "",
        port=parts.port if parts else 0,
        target=parts.target if parts else "",
        user=parts.user if parts else None,
        password=parts.password if parts else None,
        verify=address.verify,
        transport=settings.transport,
        hardware=settings.hardware,
    )
