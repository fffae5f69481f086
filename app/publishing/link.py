"""What each kind of target has to be able to do."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from app.publishing.parcel import Parcel


class Unreachable(Exception):
    """What was to be sent has to be tried again. The message is for people and holds no credentials."""

    def __init__(self, reason: str, retry_after_s: float = 0.0) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s


class Unwanted(Exception):
    """The target wants nothing any more."""


class Link(Protocol):
    """A connection to a target, while it lasts."""

    refusal: str | None
    """Why a message was refused last, for people."""

    async def send(self, parcels: list[Parcel]) -> None:
        """Give each parcel that is done with its outcome; those of a stream in their order.

        Raises:
            Unreachable: those without an outcome have to be tried again.
            Unwanted: nothing more should be sent.
        """

    async def watch(self) -> None:
        """Wait until the connection is lost, where there is one. Raises Unreachable."""


class Carrier(Protocol):
    """Makes connections to one target."""

    retry_s: float | None
    """The age in seconds from which on a parcel is not tried again; None: it is always."""

    gather_s: float
    """Seconds from the beginning of one `send` to that of the next, where requests cost more than what they hold."""

    greets: bool
    """Whether a connection shows that the target is there."""

    def link(self) -> AbstractAsyncContextManager[Link]:
        """Connect. Raises Unreachable."""

    async def close(self) -> None:
        """Free what is held beyond one connection. Idempotent."""
