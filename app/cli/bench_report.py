"""What `trackd bench` tells: tables for people, a document for scripts."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from rich.table import Table

from app.benching.rates import DeviceRates
from app.benching.whole import WholePath
from app.cli.words import counted
from app.settings import Settings
from app.tuning import Measured
from models.providers import short


@dataclass(frozen=True, slots=True)
class Bench:
    """Everything that was measured, and the settings that follow from it."""

    rates: tuple[DeviceRates, ...]
    best: DeviceRates
    chosen: Settings
    whole: WholePath
    pictures: int
    cores: int


def told(bench: Bench) -> Iterator[str | Table]:
    """The result, part by part."""
    for rates in bench.rates:
        yield from _told_device(rates, bench.cores)
    whole = bench.whole
    capacity = whole.capacity
    sent = counted(bench.pictures, "picture")
    path = f"the whole path on {bench.best.device} (decode, detect, track; {sent} in turn)"
    yield f"\n{path}: {capacity.fps:.1f} frames/s"
    yield _holdings(whole)
    yield from _told_trial(whole)
    yield "\nfor trackd.toml:"
    yield _toml(bench.chosen)


def document(bench: Bench) -> dict[str, object]:
    """The same for scripts: plain values, times in milliseconds, rates in frames per second."""
    whole, outcome = bench.whole, bench.whole.outcome
    return {
        "cores": bench.cores,
        "devices": [_device(rates) for rates in bench.rates],
        "best": bench.best.device,
        "whole_path": {
            "fps": round(whole.capacity.fps, 2),
            "holds": [{"fps": held.fps, "streams": held.streams} for held in whole.held],
        },
        "tried": None
        if whole.tried is None or outcome is None
        else {
            "streams": whole.tried.streams,
            "fps": whole.tried.fps,
            "sent": outcome.sent,
            "answered": len(outcome.latencies_ms),
            "dropped": outcome.dropped,
            "failed": outcome.failed,
            "p50_ms": round(outcome.percentile_ms(50), 2),
            "p99_ms": round(outcome.percentile_ms(99), 2),
        },
        "settings": {"device": bench.chosen.device, "inference": _inference(bench.chosen)},
    }


def _told_device(rates: DeviceRates, cores: int) -> Iterator[str | Table]:
    if rates.info is None or not rates.measured:
        yield f"{rates.device}: {rates.problem}"
        return
    where = f"{rates.info.name} on {rates.device} ({short(rates.info.provider)})"
    yield f"{where}, {counted(cores, 'core')}, loaded in {rates.load_s:.1f} s"
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("callers", "threads", "batch", "frames/s", "ms a call"):
        table.add_column(column, justify="right", no_wrap=True)
    for measured in rates.measured:
        table.add_row(*_row(measured), style="bold" if measured is rates.best else None)
    yield table


def _row(measured: Measured) -> tuple[str, ...]:
    workload = measured.workload
    figures = str(workload.callers), str(workload.threads), str(measured.batch)
    return (*figures, f"{measured.fps:.1f}", f"{measured.latency_ms:.1f}")


def _holdings(whole: WholePath) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("frames/s of a stream", justify="right")
    table.add_column("streams it holds", justify="right")
    for held in whole.held:
        table.add_row(f"{held.fps:g}", str(held.streams))
    return table


def _told_trial(whole: WholePath) -> Iterator[str]:
    if whole.tried is None or whole.outcome is None:
        yield "it is too slow for one stream at 5 frames/s"
        return
    outcome, tried = whole.outcome, whole.tried
    answered = f"{len(outcome.latencies_ms)} of {counted(outcome.sent, 'frame')} answered"
    lost = f"{outcome.dropped} dropped for newer ones, {outcome.failed} failed"
    latency = f"latency p50 {outcome.percentile_ms(50):.0f} ms, p99 {outcome.percentile_ms(99):.0f} ms"
    yield f"tried {counted(tried.streams, 'stream')} at {tried.fps:g} frames/s: {answered}, {lost}; {latency}"


def _toml(settings: Settings) -> str:
    lines = [f"model = {json.dumps(settings.model)}", f'device = "{settings.device}"', "", "[inference]"]
    return "\n".join([*lines, *(f"{name} = {value}" for name, value in _inference(settings).items())])


def _inference(settings: Settings) -> dict[str, int]:
    inference = settings.inference
    wanted = {"callers": inference.callers, "threads": inference.threads, "max_batch": inference.max_batch}
    return {name: value for name, value in wanted.items() if value is not None}


def _device(rates: DeviceRates) -> dict[str, object]:
    return {
        "device": rates.device,
        "provider": None if rates.info is None else rates.info.provider,
        "problem": rates.problem,
        "load_s": round(rates.load_s, 3),
        "measured": [
            {
                "callers": m.workload.callers,
                "threads": m.workload.threads,
                "batch": m.batch,
                "fps": round(m.fps, 2),
                "latency_ms": round(m.latency_ms, 3),
            }
            for m in rates.measured
        ],
    }
