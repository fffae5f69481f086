"""When the frames of a camera were taken, by the clock of this machine."""

from collections import deque

WINDOW_S = 10.0
JUMP_S = 1.0
"""A step of the camera's own times that is further than this from the time that passed is no step but a new count."""
FAR_S = 2.0
SLEW = 0.02
"""How much faster or slower time may run while the estimate is drawn to where it belongs."""
SETTLING_SLEW = 0.25
"""How much slower it may run in the first `WINDOW_S`: what a camera kept for us before we came arrives late."""
LEAST_STEP_S = 1e-3


class CameraClock:
    """Turns a camera's presentation times into seconds since 1970, without the jitter with which frames arrive.

    A frame that was delayed least tells best how far apart the two clocks are, so the offset is drawn to the least
    difference between arrival and presentation over the last `WINDOW_S`; slowly, so that intervals stay what the camera
    says. David L. Mills, "Internet Time Synchronization: the Network Time Protocol", IEEE Transactions on
    Communications 39(10), 1991, section "Clock filter": the sample with the least delay. Where the camera begins to
    count anew, or the offset is far off, it is taken as it is. The shortest way from the lens to here is not known to
    anybody and stays in the result.
    """

    def __init__(self) -> None:
        """No frame came yet."""
        self._offset: float | None = None
        self._last: float | None = None
        self._since = 0.0  # the arrival of the first frame
        self._before: tuple[float, float] | None = None  # presentation and arrival of the last frame
        self._arrivals: deque[tuple[float, float]] = deque()  # (arrival, least difference since), rising

    def restart(self) -> None:
        """A new connection: the camera may count from anywhere. Times given stay before those to come."""
        self._offset = self._before = None
        self._arrivals.clear()

    def time_of(self, pts: float | None, arrived_at: float) -> float:
        """The time of a frame, beyond that of the last. Both times in seconds, `arrived_at` since 1970."""
        if pts is None:
            self.restart()
            return self._after_last(arrived_at, 0.0)
        if self._before is None or self._counts_anew(pts, arrived_at):
            self.restart()
            self._since = arrived_at
        passed = 0.0 if self._before is None else pts - self._before[0]
        self._before = pts, arrived_at
        self._note(arrived_at, arrived_at - pts)
        self._draw(passed, settled=arrived_at - self._since > WINDOW_S)
        assert self._offset is not None, "it was drawn"
        return self._after_last(pts + self._offset, passed / 2)

    def _counts_anew(self, pts: float, arrived_at: float) -> bool:
        assert self._before is not None, "a frame came before"
        step, passed = pts - self._before[0], max(0.0, arrived_at - self._before[1])
        return step <= 0 or step > passed + JUMP_S

    def _note(self, arrived_at: float, difference: float) -> None:
        """Keep what may once be the least of the window."""
        while self._arrivals and self._arrivals[-1][1] >= difference:
            self._arrivals.pop()
        self._arrivals.append((arrived_at, difference))
        while self._arrivals[0][0] < arrived_at - WINDOW_S:
            self._arrivals.popleft()

    def _draw(self, passed: float, *, settled: bool) -> None:
        target = self._arrivals[0][1]
        if self._offset is None or abs(target - self._offset) > FAR_S:
            self._offset = target
        else:
            back = SLEW if settled else SETTLING_SLEW
            self._offset += min(SLEW * passed, max(-back * passed, target - self._offset))

    def _after_last(self, time: float, least_step: float) -> float:
        """Time goes on, if need be at half its pace."""
        if self._last is not None:
            time = max(time, self._last + max(least_step, LEAST_STEP_S))
        self._last = time
        return time
