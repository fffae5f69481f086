"""What the demo camera's truth comes to in zones and lines, by plain geometry that remembers the last place only."""

from dataclasses import dataclass, field

from app.sources.demo import DemoCamera


@dataclass
class Exact:
    """Crossings of one zone and one line by objects of a demo street, frame by frame."""

    zone: list
    start: tuple
    end: tuple
    entered: int = 0
    exited: int = 0
    appeared: int = 0
    vanished: int = 0
    forward: int = 0
    backward: int = 0
    last: dict = field(default_factory=dict)

    def see(self, rows):
        """One frame: {object_id: (x, y)}."""
        for gone in self.last.keys() - rows.keys():
            self.vanished += inside(self.last[gone], self.zone)
        for name, point in rows.items():
            now = inside(point, self.zone)
            if name not in self.last:
                self.appeared += now
                continue
            was = inside(self.last[name], self.zone)
            self.entered += now and not was
            self.exited += was and not now
            way = passed(self.last[name], point, self.start, self.end)
            self.forward += way > 0
            self.backward += way < 0
        self.last = dict(rows)
        return self


def inside(point, corners):
    """Whether a point is in a polygon, by winding: the sum of the signs of the edges that it is to the left of."""
    x, y = point
    winding = 0
    for (x1, y1), (x2, y2) in zip(corners, [*corners[1:], corners[0]], strict=True):
        side = (x2 - x1) * (y - y1) - (x - x1) * (y2 - y1)
        if y1 <= y < y2 and side > 0:
            winding += 1
        elif y2 <= y < y1 and side < 0:
            winding -= 1
    return winding != 0


def passed(a, b, start, end):
    """1 where a step from a to b goes through a segment to its right side, -1 to its left, 0 where it does not."""

    def turn(p, q, r):
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    was, now = turn(start, end, a), turn(start, end, b)
    if (was < 0) == (now < 0) or turn(a, b, start) * turn(a, b, end) > 0:
        return 0
    return 1 if now > 0 else -1


def feet(xyxy, width, height):
    """The middles of the lower edges; of a box that the picture cuts off, in its last pixels."""
    return [
        (min(max((x1 + x2) / 2, 0.5), width - 0.5), min(max(y2, 0.5), height - 0.5)) for x1, _, x2, y2 in xyxy.tolist()
    ]


def street(seed, frames, width=640, height=360, fps=30.0):
    """Frame number, time and truth of each frame of a demo street."""
    camera = DemoCamera(seed=seed, width=width, height=height, frame_rate=fps)
    for index in range(frames):
        yield index + 1, index / fps, camera.truth(index)
