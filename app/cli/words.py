"""Numbers as people read them."""

UNITS = ("bytes", "kB", "MB", "GB", "TB")


def size(count: float) -> str:
    """A number of bytes for people."""
    for unit in UNITS:
        if count < 1000 or unit == UNITS[-1]:
            break
        count /= 1000
    return f"{count:.0f} {unit}" if unit == UNITS[0] else f"{count:.1f} {unit}"


def counted(count: int, noun: str, nouns: str | None = None) -> str:
    """`1 frame`, `2 frames`; `nouns` where the plural is not made with an s."""
    return f"{count} {noun}" if count == 1 else f"{count} {nouns or noun + 's'}"
