"""When to try again, and when to give up."""

import asyncio
import logging
import random
import time

from app.client.errors import ClientError

FIRST_S, LONGEST_S = 0.1, 10.0

_log = logging.getLogger("app.client")


class Cut(Exception):
    """A connection that could not be made, or has ended.

    Attributes:
        error: what is raised where it is not tried again.
        passing: whether the next attempt may fare better.
    """

    def __init__(self, error: ClientError, *, passing: bool) -> None:
        super().__init__(error.detail)
        self.error = error
        self.passing = passing


class Retries:
    """Owns the patience of one row of connections.

    Before the first success only what says when to come again is tried again, so that a wrong address is told at once.
    After it the waits grow from 0.1 to 10 s, each cut short at random by up to a half, so that the clients of a service
    that was started anew do not come all at once.
    """

    def __init__(self, give_up_s: float | None) -> None:
        """`give_up_s` after the first of a row of failures the last one is raised; None: never."""
        self._give_up_s = give_up_s
        self._failing_since: float | None = None
        self._wait_s = FIRST_S
        self.connected_once = False

    def progress(self) -> None:
        """The connection is good for something."""
        self._failing_since = None
        self._wait_s = FIRST_S

    async def pause(self, cut: Cut) -> None:
        """Wait until it is worth another attempt.

        Raises:
            ClientError: it is not, or it has failed for too long.
        """
        asked_s = cut.error.retry_after_s
        if not cut.passing or not (self.connected_once or asked_s is not None):
            raise cut.error
        now = time.monotonic()
        if self._failing_since is None:
            self._failing_since = now
        wait_s = self._wait_s * random.uniform(0.5, 1.0) if asked_s is None else asked_s
        if self._give_up_s is not None and now + wait_s - self._failing_since > self._give_up_s:
            raise cut.error
        self._wait_s = min(2 * self._wait_s, LONGEST_S)
        _log.info("connecting again in %.1f s: %s", wait_s, cut.error.detail)
        await asyncio.sleep(wait_s)
