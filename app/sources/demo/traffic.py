"""Who is on the street at a time: every lane has numbered slots in time, and a slot's hash says who comes then.

Nothing depends on what was asked before, so any time can be asked in any order. A cycle as of a traffic light keeps
cars away from the zebra crossing while people are on it: an object is anchored to the time at which it passes there.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from app.sources.demo.car import Car, build
from app.sources.demo.cyclist import Rider, mount
from app.sources.demo.lanes import CAR, CYCLIST, PERSON, Lane
from app.sources.demo.outfit import Outfit, dress
from app.sources.demo.path import Path
from app.sources.demo.view import View

FIRST_SLOT = -256
"""The earliest slot that can still be on the street at time 0, with room to spare."""

Looks = Outfit | Car | Rider

LOOKS: dict[int, Callable[[int], Looks]] = {PERSON: dress, CAR: build, CYCLIST: mount}
"""What gives an object of a class its looks from a seed."""

MEMBERS = 2
"""A slot holds one object, or two who walk together."""

PAIR_M, PAIR_S = 0.5, 0.65
"""The second of two walks this far beside and behind the first."""


@dataclass(frozen=True, slots=True)
class Traveller:
    """One object for its whole life: where it goes, when, and what it looks like."""

    object_id: int
    class_id: int
    path: Path
    speed_mps: float
    start_s: float
    looks: Looks

    @property
    def end_s(self) -> float:
        """When it has left the picture for good."""
        return self.start_s + self.path.length_m / self.speed_mps


@dataclass(frozen=True, slots=True)
class Actor:
    """A traveller at one moment: its place on the ground, its heading from the x axis and the way come."""

    traveller: Traveller
    x: float
    y: float
    heading: float
    travelled_m: float


class Traffic:
    """The travellers of one street; keeps those it has worked out lately, which changes no answer."""

    def __init__(self, seed: int, lanes: tuple[Lane, ...], view: View) -> None:
        self._seed = seed
        self._lanes = lanes
        self._view = view
        self._known: dict[tuple[int, int], tuple[Traveller, ...]] = {}

    def at(self, time_s: float) -> list[Actor]:
        """Everybody on the way at that time, farthest from the camera first."""
        actors = [self._actor(traveller, time_s) for traveller in self._travellers(time_s)]
        return sorted(actors, key=lambda actor: -self._view.depth(actor.x, actor.y))

    def _travellers(self, time_s: float) -> Iterator[Traveller]:
        for number, lane in enumerate(self._lanes):
            reach = int(lane.longest_s / lane.period_s) + 2
            now = lane.slot_at(time_s)
            for slot in range(max(now - reach, FIRST_SLOT), now + reach + 1):
                yield from (t for t in self._slot(number, slot) if t.start_s <= time_s < t.end_s)

    def _slot(self, number: int, slot: int) -> tuple[Traveller, ...]:
        key = (number, slot)
        if key not in self._known:
            if len(self._known) >= 2048:
                self._known.clear()
            self._known[key] = tuple(self._spawn(number, slot))
        return self._known[key]

    def _spawn(self, number: int, slot: int) -> Iterator[Traveller]:
        lane = self._lanes[number]
        rng = np.random.default_rng((self._seed, 11, number, slot - FIRST_SLOT))
        if rng.random() >= lane.chance:
            return
        members = MEMBERS if rng.random() < lane.pair_chance else 1
        shift = rng.uniform(-lane.spread_m, lane.spread_m)
        speed = lane.speed_mps * rng.uniform(1.0 - lane.speed_spread, 1.0 + lane.speed_spread)
        passes_s = lane.passing_time(slot, rng.random())
        for member in range(members):
            path = self._path(lane, shift + PAIR_M * member, rng)
            number_of_slot = (slot - FIRST_SLOT) * len(self._lanes) + number
            start = passes_s - path.anchor_m / speed + PAIR_S * member
            looks = LOOKS[lane.class_id](int(rng.integers(1 << 62)))
            yield Traveller(number_of_slot * MEMBERS + member + 1, lane.class_id, path, speed, start, looks)

    def _path(self, lane: Lane, shift: float, rng: np.random.Generator) -> Path:
        wander = rng.uniform(0.0, lane.wander_m)
        return Path.through(lane.corners, shift, lane.anchor, wander, rng.uniform(0.0, 2 * np.pi))

    def _actor(self, traveller: Traveller, time_s: float) -> Actor:
        travelled = (time_s - traveller.start_s) * traveller.speed_mps
        x, y, heading = traveller.path.at(travelled)
        return Actor(traveller, x, y, heading, travelled)
