"""`trackd bench`: what it does."""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from app.benching.pictures import read_pictures
from app.benching.rates import DeviceRates, device_rates
from app.benching.whole import WholePath, measure_whole_path
from app.cli.bench_report import Bench, document, told
from app.cli.console import Reporter
from app.cli.errors import EXIT_INTERRUPTED, EXIT_MODEL, CommandFailure
from app.cli.model_request import ModelRequest
from app.kernels import load_kernels
from app.loading import load_for
from app.settings import Settings
from models import Detector, available_cores
from models.session import offered_devices


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchRequest(ModelRequest):
    """The arguments of the command; None means not given."""

    pictures: Path | None
    streams: int | None
    fps: float | None
    seconds: float
    as_json: bool


def run_bench(request: BenchRequest) -> int:
    """Measure and tell; returns the exit code.

    Raises:
        CommandFailure: the model runs on none of the devices.
        SourceError: there are no pictures to send.
    """
    try:
        bench = _measured(request)
    except KeyboardInterrupt:
        Reporter(quiet=request.quiet).note("stopped by Ctrl-C; nothing was measured to its end")
        return EXIT_INTERRUPTED
    if request.as_json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(document(bench)), indent=2).decode() + "\n")
        return 0
    report = Reporter()
    for part in told(bench):
        if isinstance(part, str):
            report.say(part)
        else:
            report.show(part)
    return 0


def _measured(request: BenchRequest) -> Bench:
    settings = request.settings(log_level="error").spoken_of()
    report = Reporter(quiet=request.quiet, rows_on_stdout=request.as_json)
    load_kernels(Reporter().note)
    pictures = read_pictures(request.pictures)
    cores = available_cores()
    rates = [_rates(settings, device, cores, report) for device in _devices(settings)]
    best = max((r for r in rates if r.best), key=lambda r: r.best.fps if r.best else 0.0, default=None)
    if best is None or best.best is None:
        raise CommandFailure("; ".join(f"{r.device}: {r.problem}" for r in rates), EXIT_MODEL)
    chosen = _as_measured(settings, best)
    report.note(f"the whole path, {request.seconds:g} s at the limit and {request.seconds:g} s with cameras")
    whole = _whole(chosen, pictures, request)
    return Bench(tuple(rates), best, chosen, whole, len(pictures), cores)


def _devices(settings: Settings) -> Sequence[str]:
    """The device that was asked for, else every one that this build of onnxruntime offers."""
    return offered_devices() if settings.device == "auto" else (settings.device,)


def _rates(settings: Settings, device: str, cores: int, report: Reporter) -> DeviceRates:
    report.note(f"measuring {settings.model} on {device}")

    def load(device: str, threads: int | None) -> Detector:
        inference = settings.inference.model_copy(update={"threads": threads, "goal": "cores"})
        return load_for(settings.model_copy(update={"device": device, "inference": inference}))

    return device_rates(device, load, cores)


def _as_measured(settings: Settings, best: DeviceRates) -> Settings:
    """The settings with the workload of the best measurement."""
    assert best.best is not None, "only a device with figures is the best"
    workload, batch = best.best.workload, best.best.batch
    update = {
        "callers": workload.callers,
        "threads": workload.threads,
        "max_batch": max(batch, settings.inference.max_batch),
    }
    inference = settings.inference.model_copy(update=update)
    return settings.model_copy(update={"device": best.device, "inference": inference})


def _whole(settings: Settings, pictures: Sequence[bytes], request: BenchRequest) -> WholePath:
    measuring = measure_whole_path(
        settings,
        load_for(settings),
        pictures,
        seconds=request.seconds,
        streams=request.streams,
        fps=request.fps,
    )
    return asyncio.run(measuring)
