"""What `benchmarks.tracker_accuracy` measures: the options one by one, the way to a preset, and what lies around it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from tracker import ByteTrackConfig
from tracker.interpolation import Method

BASE = "preset `mot17`"
ACCURATE = "`accurate` with camera motion"
NOTHING: Mapping[str, Any] = MappingProxyType({})

Value = tuple[Mapping[str, Any], bool]
"""Parameters that replace those of a preset, and whether the camera's motion is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a table: a preset with some parameters replaced, compared with the row named `against`.

    `fill` is how gaps of finished tracks are filled, `motion` whether the camera's motion is told where it is known.
    """

    name: str
    group: str
    against: str = BASE
    preset: str = "mot17"
    options: Mapping[str, Any] = field(default_factory=dict)
    motion: bool = False
    fill: Method | None = None

    def config(self, frame_rate: float) -> ByteTrackConfig:
        """The parameters for a sequence of so many frames per second."""
        return ByteTrackConfig.preset(self.preset, frame_rate=frame_rate, **self.options)


ALONE: tuple[Value, ...] = (
    (NOTHING, True),
    ({"emit": "detection"}, False),
    ({"box_state": "xywh"}, False),
    ({"box_state": "xywh_height"}, False),
    ({"height_weight": 1.0}, False),
    ({"height_weight": 2.0}, False),
    ({"centre_distance": True}, False),
    ({"expansion": 0.1}, False),
    ({"expansion": 0.2}, False),
    ({"confidence_weight": 0.2}, False),
    ({"direction_weight": 0.2}, False),
    ({"replay": True}, False),
    ({"direction_weight": 0.2, "replay": True}, False),
    ({"score_boost": 0.65}, False),
    ({"score_boost": 0.5}, False),
    ({"boost_unlikely": True}, False),
    ({"score_boost": 0.65, "boost_unlikely": True}, False),
    ({"noise_floor": 0.05}, False),
    ({"noise_floor": 0.25}, False),
    ({"lost_low_thresh": 0.3}, False),
    ({"lost_low_thresh": 0.5}, False),
    ({"lost_buffer": 45}, False),
    ({"lost_buffer": 60}, False),
    ({"relink_distance": 0.5}, False),
    ({"relink_distance": 1.0}, False),
    ({"lost_buffer": 60, "relink_distance": 0.5}, False),
    ({"lost_buffer": 60, "relink_distance": 1.0}, False),
    ({"lost_buffer": 60, "relink_distance": 1.0}, True),
    ({"duplicate_thresh": 0.0}, False),
    ({"coast": 1}, False),
    ({"coast": 2}, False),
    ({"class_aware": True}, False),
    ({"class_vote": True}, False),
    ({"fuse_score": False}, False),
)
"""Each option on its own: with the value of its source, or where that has none with two."""

STEPS: tuple[Value, ...] = (
    (NOTHING, True),
    ({"duplicate_thresh": 0.0}, False),
    ({"box_state": "xywh_height"}, False),
    ({"height_weight": 2.0}, False),
    ({"lost_buffer": 45}, False),
    ({"lost_low_thresh": 0.3}, False),
    ({"class_vote": True}, False),
    ({"coast": 1}, False),
)
"""From the base to `accurate`."""

ELSEWHERE: tuple[Mapping[str, Any], ...] = (
    {"fuse_score": False},
    {"fuse_score": False, "match_thresh": 0.8},
    {"fuse_score": False, "match_thresh": 0.7},
    {"emit": "detection"},
    {"height_weight": 3.0},
    {"height_weight": 1.0},
    {"lost_buffer": 60},
    {"coast": 2},
    {"confidence_weight": 0.2},
    {"direction_weight": 0.2},
    {"replay": True},
    {"score_boost": 0.5},
    {"noise_floor": 0.05},
    {"relink_distance": 0.5},
)
"""Parameters that `accurate` could have otherwise."""


def rows() -> list[Row]:
    """All rows, each after the one that it is compared with."""
    base = Row(name=BASE, group="base")
    alone = [
        Row(name=_named(options, motion), group="alone", options=options, motion=motion) for options, motion in ALONE
    ]
    around = [
        Row(
            name=f"`accurate`, {_named(options, False)}",
            group="around",
            against=ACCURATE,
            preset="accurate",
            options=options,
            motion=True,
        )
        for options in ELSEWHERE
    ]
    return [base, *alone, *_ladder(), *_without(), *around, *_filled()]


def _ladder() -> list[Row]:
    """Each step added to those before it; the last is the preset itself."""
    found: list[Row] = []
    options: dict[str, Any] = {}
    for step, motion in STEPS:
        options = {**options, **step}
        name = f"+ {_named(step, motion)}" if len(found) < len(STEPS) - 1 else ACCURATE
        against = found[-1].name if found else BASE
        found.append(Row(name=name, group="ladder", against=against, options=options, motion=True))
    return found


def _without() -> list[Row]:
    """The preset with one of its steps taken back."""
    defaults = ByteTrackConfig()
    found = []
    for step, motion in STEPS:
        options = {name: getattr(defaults, name) for name in step}
        name = f"`accurate` without {_named(step, motion)}"
        found.append(
            Row(name=name, group="without", against=ACCURATE, preset="accurate", options=options, motion=not motion)
        )
    return found


def _filled() -> list[Row]:
    """Gaps filled after the end: on the base, on `accurate`, and on `accurate` without coasting."""
    uncoasted = f"`accurate` without {_named({'coast': 1}, False)}"
    methods: tuple[Method, ...] = ("linear", "gaussian")
    found = []
    for method in methods:
        found.append(Row(name=f"{BASE}, {method}", group="filled", fill=method))
        for against, options in ((ACCURATE, {}), (uncoasted, {"coast": 0})):
            found.append(
                Row(
                    name=f"{against}, {method}",
                    group="filled",
                    against=against,
                    preset="accurate",
                    options=options,
                    motion=True,
                    fill=method,
                )
            )
    return found


def _named(options: Mapping[str, Any], motion: bool) -> str:
    """Parameters as a reader would write them."""
    parts = ["camera motion"] if motion else []
    for name, value in options.items():
        parts.append(f"`{name}={value:g}`" if isinstance(value, float) else f"`{name}={value}`")
    return ", ".join(parts)
