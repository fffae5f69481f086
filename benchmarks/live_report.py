"""Prints what `benchmarks.live` measured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks.live_rows import Row, Way, Window, median_of

HEAD = (
    f"{'':<36}{'fps':>6}{'sent/s':>8}{'tracked':>8}{'even %':>9}{'p50 ms':>8}{'p99 ms':>8}"
    f"{'in':>7}{'inside':>8}{'out':>6}{'CPU ms':>8}{'loop':>6}{'decoder':>8}{'busy':>6}"
)


@dataclass(slots=True)
class Result:
    """One row, its windows, and the memory (MB) of the service and of the decoders at the end of the first round."""

    row: Row
    windows: list[Window] = field(default_factory=list)
    memory_mb: tuple[float, float] = (0.0, 0.0)


def print_report(results: Sequence[Result], capacity: Mapping[tuple[Way, tuple[int, int] | None], float]) -> None:
    """Medians of the windows."""
    for (way, size), rate in capacity.items():
        print(f"{Row(way, size, 1, 0.0).title.rpartition(',')[0]}: {rate:.0f} frames/s would take all")
    print(f"\n{HEAD}")
    seen = [result for result in results if result.windows]
    ordered = sorted(seen, key=lambda one: (results.index(_first(results, one.row)), one.row.note, one.row.streams))
    for result in ordered:
        print(_line(result.row, median_of(result.windows)))
    _print_stages(ordered)
    _print_memory(ordered)
    for result in results:
        if not result.windows:
            print(f"{result.row.title}: no frame was tracked, too much was asked of this machine")


def memory_of_a_stream(results: Sequence[Result]) -> list[tuple[str, float, float]]:
    """Of each way in: MB of the service for each stream more, and of a camera's decoder."""
    found = []
    for first in (one for one in results if one is _first(results, one.row)):
        same = [one for one in results if _kind(one.row) == _kind(first.row) and not one.row.note]
        few, many = min(same, key=_streams), max(same, key=_streams)
        if (more := many.row.streams - few.row.streams) > 0:
            title = many.row.title.rpartition(",")[0]
            grown = (many.memory_mb[0] - few.memory_mb[0]) / more
            found.append((title, grown, many.memory_mb[1] / many.row.streams))
    return found


def _first(results: Sequence[Result], row: Row) -> Result:
    return next(one for one in results if _kind(one.row) == _kind(row))


def _kind(row: Row) -> tuple[Way, tuple[int, int] | None]:
    return row.way, row.size


def _streams(result: Result) -> int:
    return result.row.streams


def _line(row: Row, seen: Window) -> str:
    even = f"{seen.least:.0%}-{seen.most:.0%}".replace("%", "")
    return (
        f"{row.title:<36}{row.fps:>6.1f}{seen.sent:>8.1f}{seen.tracked:>8.1f}{even:>9}{seen.p50:>8.1f}{seen.p99:>8.1f}"
        f"{seen.way_in:>7.1f}{seen.inside:>8.1f}{seen.way_out:>6.1f}{seen.service:>8.2f}{seen.loop:>6.2f}"
        f"{seen.decoders:>8.2f}{seen.busy:>6.0%}"
    )


def _print_stages(results: Sequence[Result]) -> None:
    print("\nms inside, by the service's own word (medians); clock: how late it believes that a picture was taken")
    for result in results:
        seen = median_of(result.windows)
        stages = "  ".join(f"{name} {value:.2f}" for name, value in seen.stages.items())
        clock = f"  clock {seen.clock:+.1f}" if result.row.way == "rtsp" else ""
        lost = f"  {seen.unread:.0%} without a number" if seen.unread else ""
        others = f"  others took {seen.others:.0%} of the machine" if seen.others > 0.1 else ""
        print(f"{result.row.title:<36}{stages}{clock}{lost}{others}")


def _print_memory(results: Sequence[Result]) -> None:
    rows = memory_of_a_stream(results)
    if rows:
        print("\nMB of a stream more (service), and of a camera's decoder process")
    for title, service, decoder in rows:
        print(f"{title:<36}{service:>8.2f}{f'{decoder:.1f}' if decoder else '-':>8}")
