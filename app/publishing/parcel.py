"""One message on its way to a target."""

import time
from dataclasses import dataclass
from typing import Literal, TypeAlias

import msgspec
from msgspec import UNSET

from app.engine.selecting import said_in
from app.wire import Encoded, EventMessage, TracksMessage

Outcome: TypeAlias = Literal["sent", "failed"]
Message: TypeAlias = EventMessage | TracksMessage


@dataclass(slots=True, eq=False)
class Parcel:
    """A message, its JSON, and what became of it.

    Attributes:
        message: what it says.
        body: the same as UTF-8 JSON.
        happened_at: seconds since 1970, from which on its age counts.
        mark: that of the request that it was tried in first, and goes in again; None before, or where there are none.
        outcome: None as long as it is to be sent.
    """

    message: Message
    body: bytes
    happened_at: float
    mark: str | None = None
    outcome: Outcome | None = None

    @classmethod
    def of(cls, encoded: Encoded, missed: int | None = 0) -> "Parcel":
        """A message before which so many of its stream were given up; None: nobody knows how many."""
        if missed != 0:
            encoded = Encoded(msgspec.structs.replace(encoded.message, missed=missed))
        message = said_in(encoded)
        assert isinstance(message, Message), "targets choose events and tracks"
        at = message.at if isinstance(message, EventMessage) else message.sent_at
        return cls(message, encoded.json(), time.time() if at is UNSET else at)
