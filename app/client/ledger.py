"""The books of what is sent: which frames wait, are unanswered, must be sent again. No sockets, no clock."""

from collections import deque
from dataclasses import dataclass
from typing import Any

from app.wire import DetectionsMessage


@dataclass(slots=True, eq=False)
class Frame:
    """One frame on its way. `seq` is 0 until it is sent first; `skipped` frames before it never will be."""

    item: Any
    data: bytes | DetectionsMessage
    capture_ts: float | None
    skipped: int = 0
    seq: int = 0


class Ledger:
    """Every frame that is put in comes out of `settle` once, unless a newer one takes its place before it is sent."""

    def __init__(self) -> None:
        self.credit = 1
        self.run = 1
        self._epoch = 0
        self._next_seq = 1
        self._settled_seq = 0  # the largest of a frame that was tracked in this run
        self._fresh: deque[Frame] = deque()  # never sent
        self._again: deque[Frame] = deque()  # sent on a connection that has ended, or answered and not heard
        self._unanswered: dict[int, Frame] = {}  # sent on this connection

    @property
    def waiting(self) -> int:
        """How many frames wait to be sent for the first time."""
        return len(self._fresh)

    @property
    def empty(self) -> bool:
        """Whether every frame is settled."""
        return not (self._fresh or self._again or self._unanswered)

    @property
    def in_flight(self) -> int:
        """How many frames are sent and not settled."""
        return len(self._unanswered)

    @property
    def first(self) -> int | None:
        """The smallest number of a frame that was sent and is not settled."""
        sent = [*self._unanswered, *(frame.seq for frame in self._again)]
        return min(sent, default=None)

    def put(self, frame: Frame) -> None:
        """A frame to be sent."""
        self._fresh.append(frame)

    def put_newest(self, frame: Frame) -> None:
        """A frame to be sent in the place of those that wait."""
        frame.skipped += sum(old.skipped + 1 for old in self._fresh)
        self._fresh.clear()
        self._fresh.append(frame)

    def next(self, unread: int) -> tuple[Frame, bool] | None:
        """The frame to send now, and whether it was sent before; None where there is none or no credit for it.

        `unread` answers that nobody took yet count as if they were not there: a slow reader slows what is sent.
        """
        if self._again and len(self._unanswered) < self.credit:
            frame, before = self._again.popleft(), True
        elif self._fresh and not self._again and len(self._unanswered) + unread < self.credit:
            frame, before = self._fresh.popleft(), False
            # What was skipped leaves a hole in the numbers, which the service reads as time that has passed.
            frame.seq = self._next_seq + frame.skipped
            self._next_seq = frame.seq + 1
        else:
            return None
        self._unanswered[frame.seq] = frame
        return frame, before

    def settle(self, seq: int, epoch: int | None = None, *, tracked: bool = False) -> Frame | None:
        """A frame is answered; None where it is known already, or is none of ours."""
        if epoch is not None:
            self._see(epoch)
        frame = self._unanswered.pop(seq, None) or self._unsent(seq)
        if frame is not None and tracked:
            self._settled_seq = max(self._settled_seq, seq)
        return frame

    def unheard(self, before_seq: int) -> None:
        """Answers were given up on their way: frames below this number are asked about again."""
        lost = [seq for seq in self._unanswered if seq < before_seq]
        self._again.extend(self._unanswered.pop(seq) for seq in lost)

    def connected(self, epoch: int, next_seq: int, credit: int) -> bool:
        """A new connection: what is unanswered is sent again, in order. True where the service has begun anew."""
        frames = sorted([*self._unanswered.values(), *self._again], key=lambda frame: frame.seq)
        self._unanswered.clear()
        self._again = deque(frames)
        self.credit = max(1, credit)
        forgotten = next_seq <= self._settled_seq
        if forgotten:  # it was started anew, or had closed the stream: it knows less than we were told
            self._begin_run()
            self._epoch = epoch
        elif self._epoch:
            self._see(epoch)
        self._epoch = self._epoch or epoch
        self._next_seq = max(self._next_seq, next_seq)
        return forgotten

    def _see(self, epoch: int) -> None:
        if epoch > self._epoch:
            if self._epoch:
                self._begin_run()
            self._epoch = epoch

    def _begin_run(self) -> None:
        self.run += 1
        self._settled_seq = 0

    def _unsent(self, seq: int) -> Frame | None:
        """A frame that is about to be asked about again, answered meanwhile."""
        for frame in self._again:
            if frame.seq == seq:
                self._again.remove(frame)
                return frame
        return None
