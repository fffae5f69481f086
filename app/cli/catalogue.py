"""`trackd models`: what it does."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from app.cli.console import Reporter
from app.cli.download_progress import DownloadProgress
from app.cli.errors import EXIT_INTERRUPTED
from app.cli.words import size
from app.loading import load_for
from app.settings import load_settings
from models import CATALOG, CatalogEntry, ModelNotFound, default_cache_dir, pull

SHOWN_LABELS = 12


def list_catalogue(cache_dir: Path | None, config: Path | None, *, as_json: bool) -> int:
    """Print every named model; returns the exit code."""
    folder = _cache(cache_dir, config)
    if as_json:
        _print_json([_facts(entry, folder) for entry in CATALOG.values()])
        return 0
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("name", "state", "size", "input", "licence"):
        table.add_column(column, no_wrap=True)
    table.add_column("what it is")
    for entry in CATALOG.values():
        size_bytes = _size(entry, folder)
        table.add_row(
            entry.name,
            _state(entry, folder),
            "" if size_bytes is None else size(size_bytes),
            _input(entry.input),
            entry.licence,
            entry.summary,
        )
    Console(soft_wrap=False).print(table)
    return 0


def pull_models(
    names: Sequence[str], cache_dir: Path | None, config: Path | None, mirror: str | None, *, quiet: bool
) -> int:
    """Fetch models one after the other; returns the exit code."""
    folder = _cache(cache_dir, config)
    report = Reporter(quiet=quiet)
    for name in names:
        if name not in CATALOG:
            raise ModelNotFound(f"there is no model {name!r}: choose {', '.join(CATALOG)}")
    for name in names:
        there = _state(CATALOG[name], folder) in ("bundled", "here")
        try:
            with DownloadProgress(name, quiet=quiet or there) as progress:
                path = pull(name, folder, progress.update, mirror)
        except KeyboardInterrupt:
            report.note(f"stopped; `trackd models pull {name}` goes on where it broke off")
            return EXIT_INTERRUPTED
        report.say(f"{name} {'was' if there else 'is'} at {path}")
    return 0


def show_model(model: str, overrides: Mapping[str, Any], config: Path | None, *, as_json: bool) -> int:
    """Print how a model is read; returns the exit code. `overrides` are settings that were given as options."""
    settings = load_settings({**overrides, "model": model}, config).spoken_of()
    folder = settings.cache_dir or default_cache_dir()
    entry = CATALOG.get(settings.model)
    if entry is not None and not entry.path(folder).exists():
        facts = _facts(entry, folder)
    else:
        detector = load_for(settings)
        facts = ({} if entry is None else _facts(entry, folder)) | asdict(detector.info)
        detector.close()
    if as_json:
        _print_json(facts)
        return 0
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in facts.items():
        table.add_row(name.replace("_", " "), escape(_shown(name, value)))
    Console().print(table)
    if entry is not None and facts["state"] not in ("bundled", "here"):
        sys.stdout.write(f"fetch it with: trackd models pull {entry.name}\n")
    return 0


def _cache(cache_dir: Path | None, config: Path | None) -> Path:
    return load_settings({"cache_dir": cache_dir}, config).cache_dir or default_cache_dir()


def _facts(entry: CatalogEntry, folder: Path) -> dict[str, object]:
    return {
        "name": entry.name,
        "state": _state(entry, folder),
        "summary": entry.summary,
        "licence": entry.licence,
        "head": entry.head,
        "input": entry.input,
        "size_bytes": _size(entry, folder),
        "path": str(entry.path(folder)),
        "url": entry.url,
        "sha256": entry.sha256,
    }


def _state(entry: CatalogEntry, folder: Path) -> str:
    """`bundled`, `here`, `damaged` (of a wrong size), `43 % here` (broke off) or `to pull`."""
    path = entry.path(folder)
    if entry.bundled:
        return "bundled" if path.exists() else "missing"
    if path.exists():
        return "here" if path.stat().st_size == entry.size_bytes else "damaged"
    part = path.with_name(path.name + ".part")
    if part.exists() and entry.size_bytes:
        return f"{100 * part.stat().st_size // entry.size_bytes} % here"
    return "to pull"


def _size(entry: CatalogEntry, folder: Path) -> int | None:
    path = entry.path(folder)
    if entry.size_bytes is None:
        return path.stat().st_size if path.exists() else None
    return entry.size_bytes


def _input(shape: tuple[int, int] | None) -> str:
    return "free" if shape is None else f"{shape[1]}x{shape[0]}"


def _shown(name: str, value: object) -> str:
    if name in ("input", "runs_at") and (value is None or isinstance(value, tuple)):
        return _input(value)
    if name == "size_bytes" and isinstance(value, int):
        return f"{value} ({size(value)})"
    if name == "labels" and isinstance(value, tuple):
        more = f" and {len(value) - SHOWN_LABELS} more" if len(value) > SHOWN_LABELS else ""
        return f"{len(value)}: {', '.join(value[:SHOWN_LABELS])}{more}" if value else "none"
    if name == "inspection":
        return _inspection(value)
    if name in ("outputs", "providers", "mean", "std") and isinstance(value, tuple):
        return "\n".join(str(item) for item in value) if name == "outputs" else ", ".join(str(item) for item in value)
    if name in ("oriented", "suppresses"):
        return "yes" if value else "no"
    return "any" if name == "batch_limit" and value is None else "-" if value in (None, "") else str(value)


def _inspection(value: object) -> str:
    if not isinstance(value, dict):
        return "none: a model of the catalogue, or trusted"
    taken = "" if value["memory_bytes"] is None else f"{size(value['memory_bytes'])} of memory and "
    return f"passed {'at an earlier start' if value['known'] else 'now'}: {taken}{value['seconds']:.1f} s on the CPU"


def _print_json(value: object) -> None:
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n")
