"""How a target stands: its state and its books."""

import time
from typing import Literal, TypeAlias

import structlog
from pydantic import BaseModel, Field

TargetState: TypeAlias = Literal["connecting", "live", "failing", "stopped"]
TargetKind: TypeAlias = Literal["webhook", "mqtt", "redis"]

_log = structlog.get_logger(__name__)

_QUIET_S = 60.0  # one that fails now and then is told of once in so many seconds


class TargetView(BaseModel):
    """One target of what the service publishes. Everything it was given is sent, failed, dropped or waits."""

    name: str
    kind: TargetKind
    url: str = Field(description="scheme, host and port; nothing that could be a secret")
    state: TargetState = Field(
        description="connecting: not reached yet; live; failing: the last attempt failed, and more follow; stopped: "
        "nothing more is sent, as the target has said 410 Gone or the service ends"
    )
    sent: int = Field(description="messages that the target has taken")
    failed: int = Field(description="messages that it has refused for good, or that grew too old while it failed")
    dropped: int = Field(description="messages given up because more waited than may, or because the service ended")
    waiting: int = Field(description="messages that are to be sent")
    last_error: str | None = Field(description="why an attempt failed last; it stays when the target is live again")
    last_sent_at: float | None = Field(description="seconds since 1970")


class Standing:
    """State and counts of one target. Changes of the state are what the log tells of it, and nothing else is."""

    def __init__(self, name: str, kind: TargetKind, url: str) -> None:
        self.name = name
        self.kind: TargetKind = kind
        self.url = url
        self.state: TargetState = "connecting"
        self.sent = 0
        self.failed = 0
        self.last_error: str | None = None
        self.last_sent_at: float | None = None
        self._told: TargetState = "connecting"
        self._quiet_until = 0.0

    def turn(self, state: TargetState, error: str | None = None) -> None:
        """Be in this state from now on, because of an error where there is one."""
        self.last_error = error or self.last_error
        self.state = state
        now = time.monotonic()
        again = state == "failing" and self._told == "live" and now < self._quiet_until
        if state == self._told or again:
            return
        self._told = state
        if state == "failing":
            self._quiet_until = now + _QUIET_S
        tell = _log.info if error is None else _log.warning
        tell(f"target_{state}", target=self.name, kind=self.kind, url=self.url, **({"error": error} if error else {}))

    def view(self, *, waiting: int, dropped: int) -> TargetView:
        """All of it, for people."""
        return TargetView(
            name=self.name,
            kind=self.kind,
            url=self.url,
            state=self.state,
            sent=self.sent,
            failed=self.failed,
            dropped=dropped,
            waiting=waiting,
            last_error=self.last_error,
            last_sent_at=self.last_sent_at,
        )
