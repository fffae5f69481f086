"""The `demo:` address: `demo:?seed=1&frames=300&width=960&height=540&fps=30`, every key optional."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import parse_qsl

from app.sources.source import SourceError

SCHEME = "demo:"


@dataclass(frozen=True, slots=True)
class DemoAddress:
    """What a `demo:` address says. `frames` is None where the camera never ends."""

    seed: int = 1
    frames: int | None = None
    width: int = 960
    height: int = 540
    fps: float = 30.0


def _whole(low: int, high: int) -> Callable[[str, str], int]:
    def read(key: str, text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = low - 1
        if not low <= value <= high:
            raise SourceError(f"demo: {key} must be a whole number from {low} to {high}, not {text!r}")
        return value

    return read


def _rate(key: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 1.0 <= value <= 240.0:
        raise SourceError(f"demo: {key} must be a number from 1 to 240, not {text!r}")
    return value


READERS: Mapping[str, Callable[[str, str], int | float]] = MappingProxyType(
    {
        "seed": _whole(0, 2**31 - 1),
        "frames": _whole(1, 10_000_000),
        "width": _whole(64, 3840),
        "height": _whole(64, 2160),
        "fps": _rate,
    }
)


def is_demo(url: str) -> bool:
    """Whether `url` names the demo camera."""
    return url.lower().startswith(SCHEME)


def parse_demo(url: str) -> DemoAddress:
    """The address that `url` spells.

    Raises:
        SourceError: an unknown or repeated key, a value out of range, or text where the `?` belongs.
    """
    rest = url[len(SCHEME) :].removeprefix("//")
    if rest and not rest.startswith("?"):
        raise SourceError(f"demo: keys follow a question mark, as in demo:?seed=1; found {rest!r}")
    try:
        pairs = parse_qsl(rest[1:], keep_blank_values=True, strict_parsing=bool(rest[1:]))
    except ValueError:
        raise SourceError(f"demo: {rest[1:]!r} is no row of key=value pairs joined by &") from None
    return DemoAddress(**_values(pairs))  # type: ignore[arg-type]  # each reader gives its field's type


def _values(pairs: list[tuple[str, str]]) -> dict[str, int | float]:
    values: dict[str, int | float] = {}
    for key, text in pairs:
        if key not in READERS:
            raise SourceError(f"demo: unknown key {key!r}; known are {', '.join(READERS)}")
        if key in values:
            raise SourceError(f"demo: {key} is given twice")
        values[key] = READERS[key](key, text)
    return values
