"""What pydantic finds wrong with a value, in words for whoever gave it."""

from collections.abc import Mapping
from typing import Any

_OWN_WORDS = {
    "extra_forbidden": "there is no such setting",
    "missing": "this is needed",
    "tuple_type": "it must be a list",
    "model_type": "it must be a table of settings",
    "dict_type": "it must be a table",
}
"""For kinds of errors that pydantic tells in Python's words."""

_NAME = r"^[A-Za-z0-9._-]{1,64}$"
_BOUNDS = {"too_short": ("at least", "min_length"), "too_long": ("at most", "max_length")}


def told(error: Mapping[str, Any]) -> str:
    """One error of a `ValidationError`, without the name of an exception before it."""
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    if error["type"] in _BOUNDS:
        bound, limit = _BOUNDS[error["type"]]
        given = error["ctx"]["actual_length"]  # pydantic stops counting some collections, and has None then
        return f"there must be {bound} {error['ctx'][limit]}" + ("" if given is None else f", not {given}")
    if error["type"] == "string_pattern_mismatch" and error["ctx"]["pattern"] == _NAME:
        return "a name has 1 to 64 letters A to Z, digits, dots, hyphens and underscores"
    return _OWN_WORDS.get(error["type"], str(error["msg"]))
