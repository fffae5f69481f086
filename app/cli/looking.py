"""How pictures are looked at, from the options of the command line and the settings below them."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from app.cli.errors import UsageFailure
from app.detection_settings import DetectionSettings
from app.mistakes import told
from app.offline.classes import class_ids
from app.rules import Rules

_NAMES = {"every": "--detect-every", "scores": "--class-score"}


def detection_values(
    *,
    every: int | None,
    region: str | None,
    tiles: str | None,
    overlap: float | None,
    whole: bool | None,
    merge: str | None,
    class_scores: Sequence[str] | None,
) -> dict[str, Any]:
    """The values of `DetectionSettings` that were given.

    Raises:
        UsageFailure: one is not of its form.
    """
    plain = {"every": every, "tiles": tiles, "overlap": overlap, "whole": whole, "merge": merge}
    values: dict[str, Any] = {name: value for name, value in plain.items() if value is not None}
    if region is not None:
        values |= _region(region)
    if class_scores:
        values["scores"] = dict(map(_class_score, class_scores))
    return values


def detection_settings(base: DetectionSettings, values: Mapping[str, Any]) -> DetectionSettings:
    """The settings with the values that were given.

    Raises:
        UsageFailure: a value is out of range; the message names its option.
    """
    try:
        return DetectionSettings.model_validate(base.model_dump(exclude_unset=True) | dict(values))
    except ValidationError as error:
        first = error.errors()[0]
        name, *below = (str(part) for part in first["loc"])
        option = _NAMES.get(name, f"--{name}")
        detail = told(first)
        raise UsageFailure(f"{option}{''.join(f' {part}' for part in below)}: {detail}") from None


def _region(text: str) -> dict[str, Any]:
    """The region and its unit."""
    percent = "%" in text
    points = [[_number(side, text, percent=percent) for side in point.split(",")] for point in text.split()]
    if len(points) == 1 and len(points[0]) == 4:
        region: Any = points[0]
    elif points and all(len(point) == 2 for point in points):
        region = points
    else:
        raise UsageFailure(f"--region is {text!r}; it is x1,y1,x2,y2 or at least three points as in 'x,y x,y x,y'")
    return {"region": region, "region_unit": "fractions" if percent else "pixels"}


def _number(text: str, whole: str, *, percent: bool) -> float:
    if percent and not text.endswith("%"):
        raise UsageFailure(f"--region is {whole!r}; all of it must be in percent, or all in pixels")
    try:
        value = float(text.removesuffix("%"))
    except ValueError:
        raise UsageFailure(f"--region is {whole!r}; {text!r} is no number") from None
    return value / 100 if percent else value


def _class_score(text: str) -> tuple[str, float]:
    name, equals, score = (part.strip() for part in text.rpartition("="))
    try:
        if equals and name:
            return name, float(score)
    except ValueError:
        pass
    raise UsageFailure(f"--class-score takes CLASS=SCORE as in person=0.4, not {text!r}")


def rules_for(settings: DetectionSettings, classes: frozenset[int] | None, labels: Sequence[str], origin: str) -> Rules:
    """What a detection of a model with these labels must be to be tracked. `origin` is where the scores were given.

    Raises:
        UsageFailure: a score is of a class that the model does not know.
    """
    scores: dict[int, float] = {}
    for name, score in settings.scores.items():
        try:
            scores |= dict.fromkeys(class_ids([name], labels), score)
        except ValueError as error:
            raise UsageFailure(f"{origin}: {error}") from None
    return Rules(classes=classes, scores=scores, region=settings.area())
