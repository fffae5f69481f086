"""The detector on a GPU: batches against a bare `session.run` of the same batch, then JPEGs through the service."""

import os
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime

from app.imaging.decode import decode
from app.imaging.sniff import sniff
from benchmarks.detector_load import Sample, flood
from benchmarks.detector_model import yolox_shaped
from benchmarks.serving import serving
from models import Detector, DetectorOptions, load_detector

BATCHES = (1, 2, 4, 8, 16, 32, 64)
LARGER = {"width": 48, "depth": 3, "side": 640}
"""About 80 GFLOP for a picture, between YOLOX-m and YOLOX-l."""
PROVIDERS = {"cpu": "CPUExecutionProvider", "cuda": "CUDAExecutionProvider", "tensorrt": "TensorrtExecutionProvider"}
CALLERS = 2
"""Threads that call the detector side by side: one prepares a batch while the other's runs."""
STREAMS = 16
CONFIG = 'model = "{model}"\ndevice = "{device}"\n[stream]\noverload = "lossless"\n'


def measure_device(
    model: Path, device: str, pictures: Sequence[bytes], seconds: float, batches: Sequence[int] = BATCHES
) -> None:
    """Measure and print. `cpu` measures nothing of interest, but runs everywhere."""
    print(f"onnxruntime {onnxruntime.__version__}: {', '.join(onnxruntime.get_available_providers())}\n")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for title, path in _models(model, folder).items():
            _print_batches(title, path, device, pictures, seconds, batches)
        _print_service(model, device, pictures, seconds, folder)


def rate_of(call: Callable[[], Any], frames: int, seconds: float, callers: int = 1) -> float:
    """Frames per second of a call that handles so many, made by so many threads one after the other, after one that
    is not counted."""
    call()
    counts = [0] * callers
    started = time.perf_counter()

    def loop(caller: int) -> None:
        while not counts[caller] or time.perf_counter() < started + seconds:
            call()
            counts[caller] += 1

    threads = [threading.Thread(target=loop, args=(caller,)) for caller in range(callers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) * frames / (time.perf_counter() - started)


@contextmanager
def busy() -> Iterator[list[float]]:
    """Percent of the time that the GPU is busy, sampled every 100 ms within the block; empty without nvidia-smi."""
    samples: list[float] = []
    asked = ["nvidia-smi", "--query-gpu=utilization.gpu", "--format=csv,noheader,nounits", "-i", "0", "-lms", "100"]
    try:
        process = subprocess.Popen(asked, stdout=subprocess.PIPE, text=True)
    except FileNotFoundError:
        yield samples
        return

    def read() -> None:
        for line in process.stdout or ():
            with suppress(ValueError):
                samples.append(float(line))

    reading = threading.Thread(target=read)
    reading.start()
    try:
        yield samples
    finally:
        process.terminate()
        process.wait()
        reading.join()


def _models(model: Path, folder: Path) -> dict[str, Path]:
    models = {f"{model.name}, as it is": model}
    for dtype in (np.float32, np.float16):
        name = np.dtype(dtype).name
        models[f"larger, {name}"] = folder / f"larger-{name}.onnx"
        onnx.save(yolox_shaped(**LARGER, dtype=dtype), models[f"larger, {name}"])
    return models


def _print_batches(
    title: str, model: Path, device: str, pictures: Sequence[bytes], seconds: float, batches: Sequence[int]
) -> None:
    half = device == "tensorrt" and title.endswith("float16")
    detector = load_detector(str(model), device, DetectorOptions(head="yolox", half=half))
    bare = _bare(model, device, half)
    print(f"{title}: {detector.info.provider}, input {detector.info.runs_at[1]} x {detector.info.runs_at[0]}")
    print(f"{'batch':>8}{'session.run':>14}{'busy':>7}{'detect':>12}{'busy':>7}{'ratio':>8}")
    for batch in batches:
        if batch > (detector.info.batch_limit or batch):
            print(f"{batch:>8}  the model takes {detector.info.batch_limit} at once")
            break
        images, sizes = _images(detector, pictures, batch)
        with busy() as theirs:
            one = rate_of(partial(bare, batch), batch, seconds)
        with busy() as ours:
            two = rate_of(partial(detector.detect, images, sizes), batch, seconds, CALLERS)
        print(f"{batch:>8}{one:>14.1f}{_share(theirs):>7}{two:>12.1f}{_share(ours):>7}{two / one:>8.2f}")
    print()
    detector.close()


def _bare(model: Path, device: str, half: bool) -> Callable[[int], Any]:
    """A bare run over a ready-made batch in host memory."""
    if hasattr(onnxruntime, "preload_dlls") and device != "cpu":
        onnxruntime.preload_dlls()
    own = {"trt_fp16_enable": str(int(half))} if device == "tensorrt" else {}
    rest = [] if device == "cpu" else ["CPUExecutionProvider"]
    session = onnxruntime.InferenceSession(str(model), providers=[(PROVIDERS[device], own), *rest])
    if session.get_providers()[0] != PROVIDERS[device]:
        raise SystemExit(f"{PROVIDERS[device]} cannot be had, {session.get_providers()[0]} answers")
    [node] = session.get_inputs()
    shape = [side if isinstance(side, int) else 416 for side in node.shape[1:]]
    dtype = np.float16 if node.type == "tensor(float16)" else np.float32
    batches: dict[int, Any] = {}

    def run(batch: int) -> Any:
        if batch not in batches:
            batches[batch] = np.random.default_rng(0).uniform(0, 255, (batch, *shape)).astype(dtype)
        return session.run(None, {node.name: batches[batch]})

    return run


def _images(detector: Detector, pictures: Sequence[bytes], batch: int) -> tuple[list[Any], list[tuple[int, int]]]:
    """So many pictures as the service hands them to the detector, and their full sizes."""
    images, sizes = [], []
    for index in range(batch):
        data = pictures[index % len(pictures)]
        header = sniff(data)
        sizes.append((header.width, header.height))
        images.append(decode(data, header, detector.input_size_for(*sizes[-1])))
    return images, sizes


def _print_service(model: Path, device: str, pictures: Sequence[bytes], seconds: float, folder: Path) -> None:
    """From JPEG to tracks: clients in several processes, for one could not send as much as a GPU takes."""
    clients = max(1, min(4, len(os.sched_getaffinity(0)) // 4))
    config = CONFIG.format(model=model.resolve(), device=device)
    with (
        serving(config, folder) as service,
        ProcessPoolExecutor(clients, mp_context=get_context("spawn")) as pool,
        busy() as samples,
    ):
        each = STREAMS // clients
        calls = [pool.submit(flood, service, list(pictures), seconds, each) for _ in range(clients)]
        found: list[Sample] = [call.result() for call in calls]
    rate = sum(sample.rate for sample in found)
    # Every client saw the processor time of the whole service beside its own frames.
    cpu_ms = statistics.mean(sample.cpu_ms * sample.rate for sample in found) / rate
    print(f"{model.name} end to end from JPEG, {STREAMS} streams, {clients} client processes:")
    print(f"{rate:.1f} frames/s, {cpu_ms:.2f} ms of processor time per frame, GPU busy {_share(samples)}")


def _share(samples: Sequence[float]) -> str:
    return f"{statistics.mean(samples):.0f}%" if samples else "-"
