"""What a reader asks for, in the words of a query or of a `select` message."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, get_args

from fastapi import Query

from app.api.problem import invalid
from app.counting_settings import NAME_PATTERN
from app.engine.selecting import MESSAGE_KINDS, MessageKind
from app.engine.subscription import Subscription
from app.publish_settings import Selection
from app.settings import STREAM_ID_PATTERN
from app.wire import EventKind, SelectMessage

CLASS_PATTERN = r"^.{1,256}$"
EVENT_KINDS: tuple[str, ...] = get_args(EventKind)

Streams = Annotated[str | None, Query(description="ids of streams, with commas; all when left out")]
Events = Annotated[
    str | None, Query(description=f"kinds of events, with commas: {', '.join(EVENT_KINDS)}; all when left out")
]
Classes = Annotated[
    str | None, Query(description="names or ids of classes, with commas; events and tracks of others are left out")
]
Zones = Annotated[
    str | None, Query(description="zones and lines, with commas; events of others and tracks in none are left out")
]
Messages = Annotated[
    str | None, Query(description=f"kinds of messages, with commas: {', '.join(MESSAGE_KINDS)}; all when left out")
]

Names = Sequence[str] | None


@dataclass(frozen=True, slots=True)
class Choice:
    """The names that a reader gives, unchecked; None where it says nothing of them."""

    streams: Names = None
    events: Names = None
    classes: Names = None
    zones: Names = None
    messages: Names = None
    wait: bool = False

    def subscription(self, where: str) -> Subscription:
        """What they mean, with the newest state of each stream first; `where` is what a refusal's pointer begins with.

        Raises:
            InvalidInput: a name that is none.
        """
        selection = Selection(
            streams=_matching(self.streams, where + "streams", STREAM_ID_PATTERN),
            events=_among(self.events, where + "events", EVENT_KINDS),
            classes=_matching(self.classes, where + "classes", CLASS_PATTERN),
            zones=_matching(self.zones, where + "zones", NAME_PATTERN),
        )
        named = _among(self.messages, where + "messages", MESSAGE_KINDS)
        kinds: tuple[MessageKind, ...] = MESSAGE_KINDS if named is None else named  # type: ignore[assignment]  # every name was checked above
        return Subscription(selection=selection, messages=kinds, state=True, wait=self.wait)


def queried(
    streams: str | None = None,
    events: str | None = None,
    classes: str | None = None,
    zones: str | None = None,
    messages: str | None = None,
    *,
    wait: bool = False,
) -> Subscription:
    """What lists with commas mean. Raises InvalidInput."""
    lists = _split(streams), _split(events), _split(classes), _split(zones), _split(messages)
    return Choice(*lists, wait).subscription("/query/")


def selected(message: SelectMessage) -> Subscription:
    """What a `select` message means. Raises InvalidInput."""
    choice = Choice(message.streams, message.events, message.classes, message.zones, message.messages, message.wait)
    return choice.subscription("/")


def _split(text: str | None) -> list[str] | None:
    return None if text is None else text.split(",")


def _matching(names: Iterable[str] | None, where: str, pattern: str) -> tuple[str, ...] | None:
    if names is None:
        return None
    for name in names:
        if not re.fullmatch(pattern, name):
            raise invalid(where, f"{name!r} must match {pattern}")
    return tuple(dict.fromkeys(names))


def _among(names: Iterable[str] | None, where: str, known: tuple[str, ...]) -> tuple[str, ...] | None:
    if names is None:
        return None
    for name in names:
        if name not in known:
            raise invalid(where, f"{name!r} is none of {', '.join(known)}")
    return tuple(dict.fromkeys(names))
