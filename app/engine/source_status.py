"""How it stands with a source: what the API shows, and what readers are told when it changes."""

from collections.abc import Callable
from typing import Literal

from app.engine.views import SourceView
from app.sources.feed import Feed

State = Literal["connecting", "live", "stalled", "failed", "ended"]


class SourceStatus:
    """Owns the state of one source."""

    def __init__(self, url: str, clock: Callable[[], float], tell: Callable[[State, str], None]) -> None:
        """`url` holds no credentials. `clock` gives seconds. `tell` hears each change, with what is to be said of it;
        a source that fails again for the same reason is no change."""
        self._url = url
        self._clock = clock
        self._tell = tell
        self._state: State = "connecting"
        self._detail = ""
        self._complaint = ""
        self._said = ""
        self._since = clock()
        self._retry_at: float | None = None
        self._attempts = self._connects = self._frames = 0
        self._skipped = self._skipped_before = 0
        self._skipped_reason = ""
        self._codec: str | None = None
        self._decoder: str | None = None

    @property
    def is_live(self) -> bool:
        """Whether frames come."""
        return self._state == "live"

    @property
    def live_for_s(self) -> float:
        """How long it has been live in seconds, 0 where it is not."""
        return self._clock() - self._since if self.is_live else 0.0

    def connecting(self) -> None:
        """An attempt is made; why the one before failed is still told."""
        self._attempts += 1
        self._retry_at = None
        self._turn("connecting")

    def came(self, feed: Feed) -> None:
        """A frame came."""
        self._frames += 1
        self.lost(feed)
        if not self.is_live:
            self._connects += 1
            self._attempts = 0
            self._codec, self._decoder = feed.nature.codec, feed.nature.decoder
            self._detail = self._said = ""
            self._turn("live")
            self._tell("live", self._decoder or "")

    def lost(self, feed: Feed) -> None:
        """Note what the feed skipped."""
        self._skipped = self._skipped_before + feed.skipped
        self._skipped_reason = feed.reason or self._skipped_reason

    def left(self, feed: Feed) -> None:
        """The feed is closed; another counts from nothing."""
        self.lost(feed)
        self._skipped_before = self._skipped

    def troubled(self, state: Literal["stalled", "failed"], reason: str, retry_in_s: float | None) -> None:
        """It cannot be read, or no longer."""
        self._turn(state)
        self._detail, self._complaint = reason, ""
        self._retry_at = None if retry_in_s is None else self._clock() + retry_in_s
        if self._said != f"{state}: {reason}":
            self._said = f"{state}: {reason}"
            self._tell(state, reason if retry_in_s is None else f"{reason}; next attempt in {retry_in_s:.1f} s")

    def ended(self) -> None:
        """It was read to its end."""
        self._detail = ""
        self._turn("ended")
        self._tell("ended", "")

    def complain(self, complaint: str) -> None:
        """Why the last frame was not tracked, empty where it was: nobody else hears it of a frame that is pulled."""
        self._complaint = complaint

    def view(self) -> SourceView:
        """The state as the API shows it."""
        now = self._clock()
        return SourceView(
            url=self._url,
            state=self._state,
            detail=self._complaint if self.is_live else self._detail,
            since_s=round(now - self._since, 3),
            attempts=self._attempts,
            connects=self._connects,
            retry_in_s=None if self._retry_at is None else round(max(0.0, self._retry_at - now), 3),
            frames=self._frames,
            skipped=self._skipped,
            skipped_reason=self._skipped_reason,
            codec=self._codec,
            decoder=self._decoder,
        )

    def _turn(self, state: State) -> None:
        if state != self._state:
            self._state, self._since = state, self._clock()
