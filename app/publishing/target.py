"""Brings one target what waits for it, for as long as it takes."""

import asyncio
import time
from collections.abc import Coroutine
from typing import Any, Protocol

import structlog

from app.publishing.inbox import Inbox
from app.publishing.link import Carrier, Link, Unreachable, Unwanted
from app.publishing.standing import Standing, TargetView

_log = structlog.get_logger(__name__)

MOST_PATIENT_S = 3600.0  # whatever a target says of when to come again


class Waits(Protocol):
    """How long to wait after a failure."""

    def next_s(self, sound_for_s: float) -> float:
        """Seconds, after so many without trouble."""


class Target:
    """One target in a task of its own: it waits for nobody, and nobody waits for it."""

    def __init__(self, standing: Standing, carrier: Carrier, inbox: Inbox, backoff: Waits) -> None:
        self._standing = standing
        self._carrier = carrier
        self._inbox = inbox
        self._backoff = backoff
        self._sound = False  # whether something came through since the last failure
        self._hurried = asyncio.Event()

    async def run(self) -> None:
        """Send until the engine's readers have ended and nothing waits, or the target wants nothing any more."""
        while True:
            try:
                async with self._carrier.link() as link:
                    if self._carrier.greets:
                        self._standing.turn("live")
                    await _beside(self._carry(link), link.watch())
                return
            except Unwanted as error:
                self._inbox.close()
                self._standing.turn("stopped", str(error))
                return
            except Unreachable as error:
                await self._recover(str(error), error.retry_after_s)
            except Exception as error:  # noqa: BLE001  # a defect in one target must not end it, nor any other
                _log.exception("target_broke", target=self._standing.name)
                await self._recover(f"defect: {type(error).__name__}")

    def hurry(self) -> None:
        """Try at once what is waiting for its next attempt: the service ends."""
        self._hurried.set()

    async def close(self) -> None:
        """Drop what waits still. Idempotent."""
        self._inbox.close()
        self._standing.turn("stopped")
        await self._carrier.close()

    def view(self) -> TargetView:
        """How it stands."""
        return self._standing.view(waiting=self._inbox.waiting, dropped=self._inbox.dropped)

    async def _carry(self, link: Link) -> None:
        while await self._inbox.fill():
            began = time.monotonic()
            try:
                await link.send(self._inbox.hand)
            finally:
                self._settle()
            if link.refusal is None:
                self._standing.turn("live")
            else:
                self._standing.turn("failing", link.refusal)
            if not self._hurried.is_set():
                await self._pause(began + self._carrier.gather_s - time.monotonic())

    def _settle(self) -> None:
        """Enter in the books what is done."""
        hand = self._inbox.hand
        sent = sum(parcel.outcome == "sent" for parcel in hand)
        self._standing.sent += sent
        self._standing.failed += sum(parcel.outcome == "failed" for parcel in hand)
        if sent:
            self._sound = True
            self._standing.last_sent_at = round(time.time(), 3)
        hand[:] = [parcel for parcel in hand if parcel.outcome is None]

    async def _recover(self, reason: str, retry_after_s: float = 0.0) -> None:
        self._standing.turn("failing", reason)
        self._give_up_the_old()
        pause_s = self._backoff.next_s(float("inf") if self._sound else 0.0)
        self._sound = False
        await self._pause(max(pause_s, min(retry_after_s, MOST_PATIENT_S)))

    def _give_up_the_old(self) -> None:
        if self._carrier.retry_s is None:
            return
        oldest = time.time() - self._carrier.retry_s
        for parcel in self._inbox.hand:
            if parcel.mark is not None and parcel.happened_at <= oldest:  # each is tried once, however old it is
                parcel.outcome = "failed"
        self._settle()

    async def _pause(self, pause_s: float) -> None:
        """Wait, at most until the service ends; and then, as it does, only for moments."""
        if pause_s <= 0:
            return
        if self._hurried.is_set():
            await asyncio.sleep(min(pause_s, 1.0))
            return
        try:
            async with asyncio.timeout(pause_s):
                await self._hurried.wait()
        except TimeoutError:
            return


async def _beside(work: Coroutine[Any, Any, None], watch: Coroutine[Any, Any, None]) -> None:
    """Work until it is done, or until what is watched fails."""
    tasks = [asyncio.create_task(work), asyncio.create_task(watch)]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()
