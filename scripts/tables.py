"""Writes the tables of settings and limits in README.md from the code; `--check` only says whether they are current."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from app.limits import Limits
from app.settings import Settings

README = Path(__file__).resolve().parent.parent / "README.md"


def rows(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, FieldInfo]]:
    """Variable and field of every setting, nested ones last; limits have a table of their own."""
    nested: list[tuple[type[BaseModel], str]] = []
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            nested.append((field.annotation, f"{prefix}{name.upper()}__"))
        else:
            yield prefix + name.upper(), field
    for inner, inner_prefix in nested:
        if inner is not Limits:
            yield from rows(inner, inner_prefix)


def table(model: type[BaseModel], prefix: str) -> str:
    """A Markdown table of variable, default and meaning."""
    lines = ["| variable | default | meaning |", "|---|---|---|"]
    lines += [f"| `{variable}` | {default(field)} | {meaning(field)} |" for variable, field in rows(model, prefix)]
    return "\n".join(lines)


def default(field: FieldInfo) -> str:
    """The default as it would be written in a variable; nothing where there is none."""
    value = field.get_default(call_default_factory=True)
    if value is None or value in ((), {}):
        return ""
    return f"`{json.dumps(value) if isinstance(value, bool | tuple) else value}`"


def meaning(field: FieldInfo) -> str:
    """The field's description, else the values that it takes."""
    choices = get_args(field.annotation) if get_origin(field.annotation) is Literal else ()
    return field.description or " or ".join(map(str, choices))


def renew(text: str, name: str, made: str) -> str:
    """`text` with `made` between the markers called `name`."""
    begin, end = f"<!-- {name}: made by scripts/tables.py -->\n", "<!-- end -->"
    return re.sub(f"{re.escape(begin)}.*?{end}", lambda _: f"{begin}{made}\n{end}", text, flags=re.DOTALL)


def main() -> int:
    """Rewrites README.md, or with `--check` compares it."""
    before = README.read_text(encoding="utf-8")
    after = renew(before, "settings", table(Settings, "TRACKD_"))
    after = renew(after, "limits", table(Limits, "TRACKD_LIMITS__"))
    if "--check" not in sys.argv[1:]:
        README.write_text(after, encoding="utf-8")
    elif after != before:
        print("README.md is behind the code: run `make tables`", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
