"""The rules of zones and lines again, for one track at a time and without arrays: what the counter must come to."""

from dataclasses import dataclass, field
from math import hypot

from tests.counting.truth import inside, passed


@dataclass
class PlainZone:
    """One track at one zone: `told` has what is counted of it."""

    corners: list
    margin: float
    hold_s: float
    side: bool | None = None
    lean: bool | None = None
    first: bool | None = None
    run: float = 0.0
    told: list = field(default_factory=list)

    def see(self, point, height, pts):
        """One sight."""
        now = inside(point, self.corners)
        if now is not self.lean:
            self.lean, self.run = now, pts
        if self.first is None:
            self.first = now
        if now is self.side or pts - self.run < self.hold_s - 1e-6:
            return
        if self.side is None or self._distance(point) >= self.margin * height:
            if now:
                self.told.append("appeared" if self.first else "entered")
            elif self.side:
                self.told.append("exited")
                self.first = False
            self.side = now

    def _distance(self, point):
        return min(
            _to_segment(point, a, b) for a, b in zip(self.corners, self.corners[1:] + self.corners[:1], strict=True)
        )


@dataclass
class PlainLine:
    """One track at one line."""

    start: tuple
    end: tuple
    margin: float
    side: int = 0
    last: tuple | None = None
    net: int = 0
    told: list = field(default_factory=list)

    def see(self, point, height):
        """One sight; no point lies exactly on the line."""
        (x1, y1), (x2, y2), (x, y) = self.start, self.end, point
        right = ((x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)) / hypot(x2 - x1, y2 - y1)
        now = 1 if right > 0 else -1
        if self.last is None:
            self.side = now
        else:
            self.net += passed(self.last, point, self.start, self.end)
        self.last = point
        if abs(right) >= self.margin * height:
            if now != self.side and self.net * now > 0:
                self.told.append("forward" if now > 0 else "backward")
            self.side, self.net = now, 0


def _to_segment(point, a, b):
    (px, py), (ax, ay), (bx, by) = point, a, b
    along = bx - ax, by - ay
    share = ((px - ax) * along[0] + (py - ay) * along[1]) / (along[0] ** 2 + along[1] ** 2)
    share = min(max(share, 0.0), 1.0)
    return hypot(px - ax - share * along[0], py - ay - share * along[1])
