"""How much of the detector's own rate does the service keep, and how does it compare with what one would write instead?

`trackd serve` in a process of its own takes 1080p JPEGs over WebSockets, from 1, 4 and 16 streams; beside it a bare
`session.run` (with the service's session options, and with onnxruntime's defaults), a script of OpenCV, onnxruntime and
supervision's ByteTrack, and Ultralytics' `track`, which reads its own family only and so gets a model and a run of ours
of its own. All read the same bytes from memory; they take turns, and every figure is the median of the rounds.

    python -m benchmarks.detector MODEL.onnx [--ultralytics MODEL.onnx] [--pictures FOLDER] [--rounds 3] [--seconds 4]
    python -m benchmarks.detector MODEL.onnx --device cuda|tensorrt [--seconds 4]

Peers are installed into environments under `--environment`, which is done once. One that cannot be had is named.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from functools import partial
from pathlib import Path

from app.imaging.draw import encode_jpeg
from app.loading import callers_for, load_for
from app.settings import Settings
from app.sources.demo import DemoCamera
from benchmarks.detector_gpu import measure_device
from benchmarks.detector_load import Sample, flood, pace
from benchmarks.detector_parts import Parts
from benchmarks.detector_peers import SUPERVISION, ULTRALYTICS, Contestant, Script
from benchmarks.detector_report import Measured, Paced, print_report
from benchmarks.machine import REPOSITORY, stamp
from benchmarks.serving import Service, serving
from benchmarks.tracker_peers.environment import NoPeerError
from models import DetectorOptions, load_detector

CONFIG = 'model = "{model}"\ndevice = "{device}"\n[stream]\noverload = "lossless"\n'
STREAMS = (1, 4, 16)
LOAD = 0.8
"""Share of what the service can do at which its answers are timed."""
Turn = Callable[[float], Sample]
"""Measures one contestant for so many seconds."""


def main() -> None:
    """Measure and print."""
    arguments = _arguments()
    print(f"{stamp()}\nload     {os.getloadavg()[0]:.1f}", flush=True)
    pictures = _pictures(arguments.pictures)
    if arguments.device != "cpu":
        measure_device(arguments.model, arguments.device, pictures, arguments.seconds)
        return
    measured = compare(arguments, pictures)
    print_report(measured)
    if arguments.json:
        arguments.json.write_text(json.dumps({"stamp": stamp().splitlines(), **asdict(measured)}, indent=1) + "\n")


def compare(arguments: argparse.Namespace, pictures: Sequence[bytes]) -> Measured:
    """All contestants, round by round."""
    root: Path = arguments.environment.absolute()
    root.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        service = _service(stack, arguments.model, folder / "service")
        workload = _workload(arguments.model)
        measured = Measured(len(pictures), sum(map(len, pictures)) / len(pictures) / 1024, workload)
        turns: dict[str, Turn] = {f"trackd, {n} streams": partial(flood, service, pictures, streams=n) for n in STREAMS}
        scripts = _scripts(arguments, workload)
        if arguments.ultralytics and not arguments.no_peers:
            other = _service(stack, arguments.ultralytics, folder / "other")
            turns["trackd, the model of Ultralytics"] = partial(flood, other, pictures, streams=1)
        turns |= _contestants(stack, scripts, root, _written(pictures, folder / "pictures"), measured)
        parts = Parts(load_detector(str(arguments.model), "cpu", DetectorOptions(threads=1)), pictures)
        for number in range(arguments.rounds):
            print(f"round {number + 1} of {arguments.rounds}", file=sys.stderr)
            _round(measured, turns, number, service, pictures, arguments.seconds)
            measured.parts.append(parts.measure(arguments.seconds))
    return measured


def _round(
    measured: Measured, turns: dict[str, Turn], number: int, service: Service, pictures: Sequence[bytes], seconds: float
) -> None:
    """Everybody once, each round beginning with another one; then the service at its pace."""
    names = list(turns)
    for name in names[number % len(names) :] + names[: number % len(names)]:
        measured.samples.setdefault(name, []).append(turns[name](seconds))
    for streams in STREAMS:
        alone = flood(service, pictures, seconds / 2, 1, window=1)
        # What it can do just now: the rate of a turn some seconds ago may be that of a quieter machine.
        capacity = flood(service, pictures, seconds / 2, streams)
        paced = pace(service, pictures, seconds, streams, LOAD * capacity.rate, number)
        measured.paced.setdefault(streams, []).append(Paced(alone.mean_ms or 0.0, capacity.rate, paced))


def _service(stack: ExitStack, model: Path, folder: Path) -> Service:
    folder.mkdir()
    config = CONFIG.format(model=model.resolve(), device="cpu")
    return stack.enter_context(serving(config, folder))


def _workload(model: Path) -> tuple[int, int]:
    """Callers and threads that the service chose: what it measured when it started is remembered on this machine."""
    settings = Settings(model=str(model.resolve()), device="cpu")
    detector = load_for(settings, say=lambda line: print(line, file=sys.stderr))
    detector.close()
    return callers_for(settings, detector.info), detector.info.threads or 1


def _scripts(arguments: argparse.Namespace, workload: tuple[int, int]) -> dict[str, Script]:
    callers, threads = workload
    model, other = arguments.model, arguments.ultralytics
    scripts = {
        "session.run, same options": Script("bare-same", "bare", model, callers, threads),
        "session.run, defaults": Script("bare-defaults", "bare", model, 1, 0),
    }
    if not arguments.no_peers:
        scripts["OpenCV, onnxruntime, supervision"] = Script("plain", "plain", model, peer=SUPERVISION)
        if other:
            scripts["Ultralytics track"] = Script("ultralytics", "ultralytics", other, peer=ULTRALYTICS)
    return scripts


def _contestants(
    stack: ExitStack, scripts: dict[str, Script], root: Path, pictures: Path, measured: Measured
) -> dict[str, Turn]:
    turns: dict[str, Turn] = {}
    for title, script in scripts.items():
        try:
            contestant = Contestant(root, script, pictures)
        except NoPeerError as error:
            measured.missing[title] = str(error)
            continue
        stack.callback(contestant.close)
        turns[title] = contestant.measure
    return turns


def _pictures(folder: Path | None) -> list[bytes]:
    if folder is not None:
        return [path.read_bytes() for path in sorted(folder.glob("*.jpg"))]
    camera = DemoCamera(seed=1, width=1920, height=1080)
    return [encode_jpeg(camera.frame(index * 5), quality=90) for index in range(12)]


def _written(pictures: Sequence[bytes], folder: Path) -> Path:
    folder.mkdir()
    for number, picture in enumerate(pictures):
        (folder / f"{number:03}.jpg").write_bytes(picture)
    return folder


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, help="an ONNX detector; the script with supervision reads YOLOX")
    parser.add_argument("--ultralytics", type=Path, metavar="MODEL", help="an ONNX export that Ultralytics can read")
    parser.add_argument("--pictures", type=Path, help="a folder of 1080p JPEGs instead of the demo camera")
    parser.add_argument("--device", choices=("cpu", "cuda", "tensorrt"), default="cpu")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4.0, help="for one contestant in one round")
    parser.add_argument("--no-peers", action="store_true", help="ours and the bare session alone")
    parser.add_argument("--environment", type=Path, default=REPOSITORY / ".venv-peers", help="where peers live")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all samples")
    return parser.parse_args()


if __name__ == "__main__":
    main()
