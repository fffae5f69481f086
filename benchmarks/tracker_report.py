"""Prints what `benchmarks.tracker_speed` measured."""

import statistics
from collections.abc import Mapping, Sequence
from typing import Any

WIDTH = 42


def print_speeds(sizes: Sequence[int], speeds: Mapping[str, Any], missing: Mapping[str, str]) -> None:
    """Milliseconds, how many times ours that is, and whether all of them track."""
    table = {name: {size: _medians(rounds) for size, rounds in one["sizes"].items()} for name, one in speeds.items()}
    titles = {name: f"{one['title']} {one['version']}" for name, one in speeds.items()}
    asked = {size: max(table[name][size]["frames"] for name in table if size in table[name]) for size in sizes}

    def cell(name: str, size: int, value: str) -> str:
        cut = table[name][size]["frames"] < asked[size]
        return ("~" if cut else "") + value

    print("\nms per update, with what it takes made from arrays" + " (~ fewer frames: the time was up)")
    _head("objects", sizes)
    for name in table:
        _row(titles[name], [cell(name, n, f"{table[name][n]['ms']:.3g}") if n in table[name] else "-" for n in sizes])
        if name == "trackd":
            _row("  its update alone", [f"{table[name][n]['update_ms']:.3g}" for n in sizes])
    if len(table) > 1:
        print("\ntimes ours")
        _head("objects", sizes)
    for name in [name for name in table if name != "trackd"]:
        ratios = {n: table[name][n]["ms"] / table["trackd"][n]["ms"] for n in sizes if n in table[name]}
        _row(titles[name], [cell(name, n, f"{ratios[n]:.3g}") if n in ratios else "-" for n in sizes])
    print("\ntracks shown in the last frame / ids given in the run")
    _head("objects", sizes)
    for name in table:
        lives = {n: f"{table[name][n]['live']:g}/{table[name][n]['ids']:g}" for n in sizes if n in table[name]}
        _row(titles[name], [lives.get(n, "-") for n in sizes])
    _print_truth(sizes, table["trackd"])
    if missing:
        print("\nleft out")
    for title, reason in missing.items():
        print(f"{title}: {reason}")


def print_costs(costs: Mapping[str, Any]) -> None:
    """Memory, import, first update and threads."""
    print("\nmemory that the process grows by per 1,000 tracks (50 trackers of 200 objects, 3 frames)")
    for title, size in costs["memory_per_1000"].items():
        _row(title, [f"{size / 1e6:.2f} MB"])
    state = costs["state"]
    print(f"ours, one tracker that shows {state['live']:g}: its arrays {state['arrays'] / 1e3:.0f} kB, "
          f"allocated through Python {state['traced'] / 1e3:.0f} kB")  # fmt: skip
    print(f"\nimport in a fresh process (of ours, {costs['numpy_import_ms']:.0f} ms are NumPy's)")
    for title, ms in costs["import_ms"].items():
        _row(title, [f"{ms:.0f} ms"])
    first = costs["first"]
    print("\nours in a fresh process, 100 objects")
    for name in ("import", "first", "second", "tenth"):
        _row("import, after NumPy's" if name == "import" else f"{name} update", [f"{first[f'{name}_ms']:.2f} ms"])
    print("\nours, two streams on two threads against one stream on one (1: beside each other, 2: one after the other)")
    _row("", ["one", "two", "ratio", "hashing*"])
    for size, one in costs["threads"].items():
        seconds = [f"{one['one_s']:.3f} s", f"{one['two_s']:.3f} s"]
        _row(f"{size} objects", [*seconds, f"{one['ratio']:.2f}", f"{one['hashing']:.2f}"])
    print("* the ratio of work that holds no lock: what the machine had to give just then")


def _medians(rounds: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    return {key: statistics.median(one[key] for one in rounds) for key in rounds[0]}


def _print_truth(sizes: Sequence[int], ours: Mapping[int, Mapping[str, float]]) -> None:
    print("\nours against the scene's truth")
    _head("objects", sizes)
    _row("detections of objects in a track", [f"{ours[n]['covered']:.1%}" for n in sizes])
    _row("times that an object's id changed", [f"{ours[n]['switches']:g}" for n in sizes])
    _row("false positives shown as a track", [f"{ours[n]['invented']:g}" for n in sizes])


def _head(what: str, sizes: Sequence[int]) -> None:
    _row(what, [str(size) for size in sizes])


def _row(title: str, cells: Sequence[str]) -> None:
    print(f"{title:<{WIDTH}}" + "".join(f"{cell:>11}" for cell in cells))
