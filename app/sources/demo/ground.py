"""The plan of one street: where its pavements, road and crossing are, and what stands on it."""

from dataclasses import dataclass

import numpy as np

from app.sources.demo.figure import Colour
from app.sources.demo.view import View


@dataclass(frozen=True, slots=True)
class Ground:
    """Edges across the street in metres from the camera, and the x of the zebra crossing."""

    walk_near: float
    road_near: float
    road_far: float
    walk_far: float
    crossing_x: float

    def walk(self, near: bool) -> float:
        """The middle of the near or the far pavement."""
        return 0.5 * (self.walk_near + self.road_near) if near else 0.5 * (self.road_far + self.walk_far)


@dataclass(frozen=True, slots=True)
class Building:
    """A house front from x `left` to `right`; `style` is the seed of its windows."""

    left: float
    right: float
    height: float
    wall: Colour
    style: int


@dataclass(frozen=True, slots=True)
class Post:
    """Something that stands on the street and hides what is behind: a lamp, a tree, a sign or a planter."""

    kind: str
    x: float
    y: float
    style: int


WALLS: tuple[Colour, ...] = (
    (150, 178, 205), (120, 140, 190), (170, 190, 200), (105, 150, 196), (185, 180, 172), (140, 165, 160),
    (95, 110, 165), (176, 196, 222), (160, 150, 140), (130, 160, 215),
)  # fmt: skip


def choose_view(rng: np.random.Generator, width: int, height: int) -> View:
    """A camera about four metres up that looks across the street, turned by up to 20 degrees."""
    focal = rng.uniform(0.88, 1.02) * width
    yaw = rng.uniform(0.04, 0.34) * rng.choice((-1.0, 1.0))
    return View(width, height, focal, rng.uniform(0.24, 0.31) * height, rng.uniform(3.8, 4.7), yaw)


def choose_ground(rng: np.random.Generator, view: View) -> Ground:
    """A street whose near pavement fills the lower edge of the picture."""
    start = view.eye_m * view.focal / (0.98 * view.height - view.horizon)
    walk = start + rng.uniform(0.2, 0.8)
    road = walk + rng.uniform(2.4, 3.2)
    far = road + rng.uniform(6.6, 7.6)
    middle = (road + far) / 2
    crossing = view.street_x(middle, view.width * rng.uniform(0.3, 0.7))
    return Ground(walk, road, far, far + rng.uniform(2.6, 3.4), crossing)


def choose_buildings(rng: np.random.Generator, ground: Ground, view: View) -> tuple[Building, ...]:
    """A row of houses behind the far pavement with a gap here and there, sorted so that the nearest comes last."""
    x = view.street_x(ground.walk_far, 0.0) - 6.0
    end = view.street_x(ground.walk_far, view.width) + 6.0
    row = []
    while x < end:
        width = rng.uniform(6.0, 11.0)
        wall = WALLS[int(rng.integers(len(WALLS)))]
        row.append(Building(x, x + width, rng.uniform(5.2, 9.5), wall, int(rng.integers(1 << 30))))
        x += width + (rng.uniform(2.0, 4.5) if rng.random() < 0.3 else 0.0)
    return tuple(sorted(row, key=lambda house: -abs(house.left + house.right)))


def choose_posts(rng: np.random.Generator, ground: Ground, view: View) -> tuple[Post, ...]:
    """Lamps and trees along both kerbs, signs at the crossing and planters on the near pavement; farthest first."""
    posts: list[Post] = []

    def row(kind: str, y: float, first: float, gap: tuple[float, float]) -> None:
        column = first * view.width
        while column < view.width * 1.02:
            x = view.street_x(y, column)
            if abs(x - ground.crossing_x) > 2.0:
                posts.append(Post(kind, x, y, int(rng.integers(1 << 30))))
            column += rng.uniform(*gap) * view.width

    row("tree", ground.road_far + 0.5, rng.uniform(0.02, 0.25), (0.2, 0.45))
    row("lamp", ground.road_far + 0.4, rng.uniform(0.3, 0.5), (0.5, 0.7))
    row("lamp", ground.road_near - 0.4, rng.uniform(0.08, 0.45), (0.45, 0.7))
    row("planter", ground.road_near - 0.55, rng.uniform(0.0, 0.6), (0.4, 0.9))
    for x, y in ((ground.crossing_x - 2.2, ground.road_near - 0.3), (ground.crossing_x + 2.2, ground.road_far + 0.3)):
        posts.append(Post("sign", x, y, int(rng.integers(1 << 30))))
    return tuple(sorted(posts, key=lambda post: -view.depth(post.x, post.y)))
