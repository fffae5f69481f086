"""How a detector is read and run, as the command line names it: its layout by --head, everything by --inference."""

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from app.cli.errors import UsageFailure
from app.inference_settings import InferenceSettings

LISTS = ("input_size", "labels", "mean", "std")
"""What takes several values."""

FORMS = {
    "input_size": "HEIGHT,WIDTH",
    "mean": "one value for each of 3 channels",
    "std": "one value for each of 3 channels",
}
"""What those take that need a certain number of values."""


def inference_values(assignments: Sequence[str] | None, head: str | None) -> dict[str, Any] | None:
    """The settings of `[inference]` that were given: `--head`, and `NAME=VALUE` assignments; None where there are none.

    Items of a list are separated by commas.

    Raises:
        UsageFailure: an assignment is not of that form, of no setting or not of its type, or a setting is given twice.
    """
    values: dict[str, Any] = {} if head is None else {"head": head}
    for assignment in assignments or ():
        name, equals, text = (part.strip() for part in assignment.partition("="))
        name = name.replace("-", "_")
        if not equals:
            raise UsageFailure(f"--inference takes NAME=VALUE, not {assignment!r}")
        if name not in InferenceSettings.model_fields:
            raise UsageFailure(f"--inference knows no {name!r}; it knows {', '.join(InferenceSettings.model_fields)}")
        if name in values:
            raise UsageFailure(f"{name} is given twice, the second time by --inference {assignment}")
        values[name] = [part.strip() for part in text.split(",")] if name in LISTS else text
    return _checked(values) or None


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    try:
        parsed = InferenceSettings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        shown = ",".join(values[name]) if isinstance(values[name], list) else values[name]
        wrong_count = name in FORMS and first["type"] in ("missing", "too_long")
        mistake = f"it takes {FORMS[name]}" if wrong_count else first["msg"].lower()
        raise UsageFailure(f"--inference {name}={shown}: {mistake}") from None
    return {name: getattr(parsed, name) for name in values}
