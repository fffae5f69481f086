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


def told(error: Mapping[str, Any]) -> str:
    """One error of a `ValidationError`, without the name of an exception before it."""
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    return _OWN_WORDS.get(error["type"], str(error["msg"]))
