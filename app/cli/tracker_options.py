"""Parameters of the tracker as the command line names them: the usual ones as options, all of them with --set."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from types import NoneType
from typing import Any, get_args, get_type_hints

from pydantic import TypeAdapter, ValidationError

from app.cli.errors import UsageFailure
from tracker import ByteTrackConfig

FROM_THE_SOURCE = "frame_rate"


def tracker_values(assignments: Sequence[str] | None, **options: Any) -> dict[str, Any]:
    """The parameters that were given: `options` that are not None, and `NAME=VALUE` assignments.

    Raises:
        UsageFailure: an assignment is not of that form, of no parameter or not of its type, or a parameter is given
            twice.
    """
    values = {name: value for name, value in options.items() if value is not None}
    for assignment in assignments or ():
        name, equals, text = (part.strip() for part in assignment.partition("="))
        name = name.replace("-", "_")
        if not equals:
            raise UsageFailure(f"--set takes NAME=VALUE, not {assignment!r}")
        if name in values:
            raise UsageFailure(f"{name} is given twice, the second time by --set {assignment}")
        values[name] = _parsed(name, text)
    return values


def tracker_config(values: Mapping[str, Any], frame_rate: float, preset: str = "default") -> ByteTrackConfig:
    """A configuration with `values`, for a stream of so many frames per second; the rest is as the preset has it.

    Raises:
        UsageFailure: a value is out of range, or there is no such preset.
    """
    try:
        return ByteTrackConfig.preset(preset, **{**values, FROM_THE_SOURCE: frame_rate})
    except ValueError as error:
        raise UsageFailure(str(error)) from None


def _parsed(name: str, text: str) -> Any:
    hints = get_type_hints(ByteTrackConfig)
    known = [field.name for field in fields(ByteTrackConfig) if field.name != FROM_THE_SOURCE]
    if name == FROM_THE_SOURCE:
        raise UsageFailure("frame_rate is that of the source; use --fps where it is stated wrongly")
    if name not in known:
        raise UsageFailure(f"--set knows no {name!r}; it knows {', '.join(known)}")
    if text.lower() == "none" and NoneType in get_args(hints[name]):
        return None
    try:
        return TypeAdapter(hints[name]).validate_strings(text)
    except ValidationError as error:
        raise UsageFailure(f"--set {name}={text}: {error.errors()[0]['msg'].lower()}") from None
