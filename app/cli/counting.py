"""`--zones` and `--events` of `trackd track`: what is counted, and what came of it."""

import json
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from app.cli.errors import UsageFailure
from app.cli.words import counted
from app.counting_settings import CountingSettings
from app.mistakes import told
from app.wire import Counts


def counting_settings(base: CountingSettings, file: str | None, *, events: bool) -> CountingSettings:
    """What is counted: as the file says, else as the settings do; with `events`, tracks are told of in any case.

    Raises:
        UsageFailure: the file cannot be read, or says something impossible.
    """
    settings = base if file is None else _from_file(file)
    if events and settings.track_events is None:
        settings = settings.model_copy(update={"track_events": True})
    return settings


def check_classes(settings: CountingSettings, labels: Sequence[str]) -> None:
    """Raises UsageFailure where a zone or a line names a class that the model does not know."""
    for kind, places in (("zones", settings.zones), ("lines", settings.lines)):
        for name, place in places.items():
            for wanted in place.classes or ():
                if isinstance(wanted, str) and wanted not in labels:
                    known = ", ".join(labels) or "none by name"
                    raise UsageFailure(f"{kind}.{name}.classes: unknown class {wanted!r}; the model knows {known}")


def count_lines(counts: Counts) -> Iterator[str]:
    """What zones and lines came to, a line each."""
    width = max((len(name) for name in (*counts.zones, *counts.lines)), default=0)
    for name, zone in counts.zones.items():
        words = [f"{zone.occupancy} in it", f"{zone.entered} entered", f"{zone.exited} exited"]
        if zone.appeared or zone.vanished:
            words.append(f"{zone.appeared} appeared in it, {zone.vanished} vanished")
        if zone.dwell_s is not None:
            words.append(f"{zone.dwell_s:.1f} s in the mean")
        yield f"  zone {name:{width}}  {', '.join(words)}{_classes(zone.by_class)}"
    for name, line in counts.lines.items():
        both = {kind: forward + backward for kind, (forward, backward) in line.by_class.items()}
        total = counted(line.forward + line.backward, "crossing")
        yield f"  line {name:{width}}  {total}: {line.forward} forward, {line.backward} backward{_classes(both)}"


def _classes(by_class: dict[str, int]) -> str:
    return f" ({', '.join(f'{name} {count}' for name, count in by_class.items())})" if by_class else ""


def _from_file(file: str) -> CountingSettings:
    try:
        text = Path(file).read_text("utf-8")
        values: Any = json.loads(text) if file.lower().endswith(".json") else tomllib.loads(text)
    except OSError as error:
        raise UsageFailure(f"--zones: cannot read {file}: {error.strerror or error}") from None
    except ValueError as error:
        kind = "JSON" if file.lower().endswith(".json") else "TOML (JSON needs a name that ends in .json)"
        raise UsageFailure(f"--zones: {file} is no {kind}: {error}") from None
    if isinstance(values, dict) and set(values) == {"counting"}:
        values = values["counting"]
    try:
        settings = CountingSettings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UsageFailure(f"--zones: {file}: {where + ': ' if where else ''}{told(first)}") from None
    if not settings.in_use:
        raise UsageFailure(f"--zones: {file} names no zone, no line and no ground")
    return settings
