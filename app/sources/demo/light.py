"""The light over the street: day turns to dusk and back, and clouds pass."""

from dataclasses import dataclass

import numpy as np

DUSK_TINT = (0.66, 0.47, 0.43)
"""Share of blue, green and red that is left at the darkest."""

STEPS = 48
"""Light moves in steps of 1/48, too small to see, so that the lit backdrop can be kept for many frames."""


@dataclass(frozen=True, slots=True)
class Light:
    """Light at one moment: `dusk` 0 by day to 1 at the darkest, `cloud` 0 in the sun to 1 in the shade."""

    dusk: float
    cloud: float

    @property
    def tint(self) -> tuple[float, float, float]:
        """Factors for blue, green and red."""
        shade = 1.0 - 0.2 * self.cloud * (1.0 - self.dusk)
        blue, green, red = (shade * (1.0 - self.dusk * (1.0 - share)) for share in DUSK_TINT)
        return blue, green, red


class Sky:
    """The course of the light in one street; a seed starts it at its own hour."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._day_s = rng.uniform(100.0, 150.0)
        self._hour = rng.uniform(0.0, 2 * np.pi)
        self._gust = rng.uniform(0.0, 2 * np.pi, 2)

    def at(self, time_s: float) -> Light:
        """The light at a time in seconds."""
        height = np.sin(self._hour + 2 * np.pi * time_s / self._day_s)
        dusk = np.clip(0.35 - 0.95 * height, 0.0, 1.0)
        waves = np.sin(self._gust + 2 * np.pi * time_s / np.array((23.0, 9.5)))
        cloud = np.clip(0.5 + 0.45 * waves[0] + 0.25 * waves[1], 0.0, 1.0)
        return Light(round(float(dusk) * STEPS) / STEPS, round(float(cloud) * STEPS / 2) / (STEPS / 2))
