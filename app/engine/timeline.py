"""The order and the clock of one stream's frames."""

from dataclasses import dataclass

from app.errors import InvalidInput, OutOfOrder


@dataclass(frozen=True, slots=True)
class Place:
    """Where a frame stands: its number, its time for the tracker in seconds, its capture time as the client gave it."""

    seq: int
    pts: float
    capture_ts: float | None


class Timeline:
    """Gives every frame its place, and refuses one at or before the last.

    A frame without a number gets the next one. The first frame decides the clock: capture times when it carries one,
    else the numbers themselves at the nominal frame rate, so that a number left out counts as time passed.
    """

    def __init__(self, frame_rate: float) -> None:
        self.frame_rate = frame_rate
        self._last: Place | None = None
        self._before: Place | None = None

    @property
    def next_seq(self) -> int:
        """The smallest number that would be taken."""
        return self._last.seq + 1 if self._last else 1

    @property
    def last(self) -> Place | None:
        """The place given last."""
        return self._last

    def admit(self, seq: int | None, capture_ts: float | None) -> Place:
        """Give the next frame its place.

        Raises:
            OutOfOrder, InvalidInput: as `look`.
        """
        place = self.look(seq, capture_ts)
        self._before, self._last = self._last, place
        return place

    def look(self, seq: int | None, capture_ts: float | None) -> Place:
        """The place that a frame would get if it were the next.

        Raises:
            OutOfOrder: the number or the time is not beyond the last; nothing has changed.
            InvalidInput: the frame has a capture time and the stream's others have none, or the other way round.
        """
        number = self.next_seq if seq is None else seq
        if number < self.next_seq and self._last is not None:
            raise OutOfOrder(
                f"frame {number} is not after frame {self._last.seq}", seq=number, expected_seq=self.next_seq
            )
        self._check_clock(number, capture_ts)
        pts = self._nominal(number) if capture_ts is None else capture_ts
        return Place(number, pts, capture_ts)

    def release(self, place: Place) -> None:
        """Give a place back when its frame failed and nobody came after it, so that the frame may be sent again."""
        if self._last is place:
            self._last = self._before

    def _nominal(self, number: int) -> float:
        """Counted from the last frame, so that a change of the frame rate does not move what has been."""
        if self._last is None:
            return number / self.frame_rate
        return self._last.pts + (number - self._last.seq) / self.frame_rate

    def _check_clock(self, number: int, capture_ts: float | None) -> None:
        if self._last is None:
            return
        if (capture_ts is None) != (self._last.capture_ts is None):
            have, lack = ("no capture time", "one") if capture_ts is not None else ("capture times", "none")
            raise InvalidInput(
                f"frames of this stream carry {have}, this frame carries {lack}; reset the stream to change its clock",
                errors=[{"pointer": "/capture_ts", "detail": "must be given for all frames of an epoch or for none"}],
            )
        if capture_ts is not None and self._last.capture_ts is not None and capture_ts <= self._last.capture_ts:
            raise OutOfOrder(
                f"capture time {capture_ts} s is not after {self._last.capture_ts} s",
                seq=number,
                expected_seq=self.next_seq,
            )
