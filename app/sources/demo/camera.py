"""The demo camera: a street, its traffic, its light and its sensor."""

import numpy as np

from app.sources.demo.backdrop import build_backdrop
from app.sources.demo.figure import Image
from app.sources.demo.ground import (
    choose_buildings,
    choose_ground,
    choose_posts,
    choose_view,
)
from app.sources.demo.lanes import lay_lanes
from app.sources.demo.light import Light, Sky
from app.sources.demo.scene import Shown, paint_traffic, show, visible_part
from app.sources.demo.sensor import Sensor
from app.sources.demo.traffic import Traffic
from app.sources.demo.truth import DemoTruth, tell_truth


class DemoCamera:
    """A synthetic street camera that runs for ever; every frame is a pure function of the seed and its index.

    Each seed is another street: layout, houses, traffic, light and noise differ. Not for several threads at once.
    """

    def __init__(self, seed: int = 1, width: int = 960, height: int = 540, frame_rate: float = 30.0) -> None:
        """Sets up the street of a seed.

        Raises:
            ValueError: a negative seed, a side under 64 pixels or a frame rate that is not positive and finite.
        """
        if seed < 0:
            raise ValueError(f"seed is {seed}; it must be 0 or more")
        if width < 64 or height < 64:
            raise ValueError(f"the size is {width}x{height}; both sides must be 64 or more")
        if not (np.isfinite(frame_rate) and frame_rate > 0):
            raise ValueError(f"frame_rate is {frame_rate}; it must be positive")
        self.seed, self.width, self.height, self.frame_rate = seed, width, height, frame_rate
        rng = np.random.default_rng((seed, 7))
        self._view = choose_view(rng, width, height)
        ground = choose_ground(rng, self._view)
        self._traffic = Traffic(seed, lay_lanes(ground, self._view, rng.uniform(0.5, 0.9), rng), self._view)
        self._sky = Sky(rng)
        houses, posts = choose_buildings(rng, ground, self._view), choose_posts(rng, ground, self._view)
        self._backdrop = build_backdrop(rng, self._view, ground, houses, posts)
        self._sensor = Sensor(seed, width, height)
        self._lit: tuple[Light, Image] | None = None

    def frame(self, index: int) -> Image:
        """The picture (height, width, 3) BGR uint8 of a frame from 0; a new array."""
        return self._render(index, self._shown(index))

    def truth(self, index: int) -> DemoTruth:
        """Everybody in the picture of a frame from 0."""
        return tell_truth(self._shown(index), self._backdrop, self._view)

    def _time(self, index: int) -> float:
        if index < 0:
            raise ValueError(f"the frame index is {index}; it must be 0 or more")
        return index / self.frame_rate

    def _shown(self, index: int) -> list[Shown]:
        """Who is in the picture, farthest first."""
        shown = [show(actor, self._view) for actor in self._traffic.at(self._time(index))]
        return [item for item in shown if visible_part(item.box, self._view) is not None]

    def _render(self, index: int, shown: list[Shown]) -> Image:
        light = self._sky.at(self._time(index))
        lit = self._street(light)
        image = lit.copy()
        paint_traffic(image, lit, self._backdrop, shown, self._view, light)
        self._sensor.expose(image, index)
        return image

    def _street(self, light: Light) -> Image:
        """The backdrop under a light; the last one is kept, since the light changes slowly."""
        if self._lit is None or self._lit[0] != light:
            self._lit = (light, self._backdrop.lit(light))
        return self._lit[1]
