"""Classes as the command line names them."""

from collections.abc import Sequence


def class_ids(wanted: Sequence[str], labels: Sequence[str]) -> frozenset[int]:
    """The ids of classes given by name (case does not matter) or by number.

    Raises:
        ValueError: a name that no label has, or a number beyond the labels.
    """
    by_name = {label.casefold(): index for index, label in enumerate(labels)}
    ids = set()
    for text in (part.strip() for part in wanted):
        if text.casefold() in by_name:
            ids.add(by_name[text.casefold()])
        elif text.isdecimal() and (not labels or int(text) < len(labels)):
            ids.add(int(text))
        else:
            raise ValueError(f"unknown class {text!r}; {_known(labels)}")
    return frozenset(ids)


def _known(labels: Sequence[str]) -> str:
    if not labels:
        return "the model names none, so use numbers"
    shown = ", ".join(labels[:12])
    return f"the model knows {shown}" + (f" and {len(labels) - 12} more" if len(labels) > 12 else "")
