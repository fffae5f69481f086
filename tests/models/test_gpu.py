"""Detectors on a CUDA GPU: the same boxes as on the CPU, in memory that is used again, by several callers."""

import ctypes
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import numpy as np
import onnxruntime as ort
import pytest
from numpy.typing import NDArray

import models
from models import DetectorOptions
from models.calling import IntoBuffers
from models.memory import page_locked
from models.onnx import OnnxDetector
from models.providers import CPU, CUDA, TENSORRT
from models.session import OpenedSession, open_session
from tests.models.graphs import table_model

pytestmark = pytest.mark.gpu

LEVELS = (10, 100, 200)


def boxes(device: str, cache: Path | None = None, batch: int | str = "batch", **options: Any) -> OnnxDetector:
    """Finds one box, whose score is the brightness of the picture, or skips where there is no such device."""
    table = np.zeros((300, 6), np.float32)
    table[0] = [8, 16, 24, 48, 0, 2]
    slope = np.zeros((300, 6), np.float32)
    slope[0, 4] = 1
    content = table_model(table, slope=slope, batch=batch)
    try:
        return OnnxDetector(content, "tiny.onnx", device, DetectorOptions(graph_cache=cache, **options))
    except models.DeviceUnavailable as error:
        pytest.skip(f"no GPU to test on: {error}")


def grey(level: int) -> NDArray[np.uint8]:
    return np.full((128, 128, 3), level, np.uint8)


def scores(detector: OnnxDetector, levels: tuple[int, ...]) -> list[float]:
    return [float(found.score[0]) for found in detector.detect([grey(level) for level in levels])]


@pytest.fixture
def opened() -> Iterator[OpenedSession]:
    content = table_model(np.zeros((300, 6), np.float32), slope=np.ones((300, 6), np.float32))
    try:
        yield open_session(content, "tiny.onnx", "cuda", DetectorOptions())
    except models.DeviceUnavailable as error:
        pytest.skip(f"no GPU to test on: {error}")


@pytest.mark.parametrize("batch", ["batch", 1, 4])
def test_cuda_finds_what_the_cpu_finds(batch: int | str) -> None:
    detector = boxes("cuda", batch=batch)
    assert (detector.info.provider, detector.info.providers[-1]) == (CUDA, CPU)
    for count in (1, 2, 3, 5, 9):
        levels = tuple(20 * n + 40 for n in range(count))
        np.testing.assert_allclose(scores(detector, levels), scores(boxes("cpu", batch=batch), levels), atol=1e-3)


def test_auto_takes_cuda_where_it_works() -> None:
    boxes("cuda")
    assert boxes("auto").info.provider == CUDA


@pytest.mark.parametrize("name", ["yolox_nano_416_dynbatch.onnx", "yolov8n_int8_640.onnx", "deimv2_atto_320.onnx"])
def test_real_models_find_the_same_on_cuda(shared: Path, name: str) -> None:
    boxes("cuda")
    path = shared / "onnx" / name
    picture = np.random.default_rng(0).integers(0, 255, (480, 640, 3)).astype(np.uint8)
    on = [models.load_detector(path, device, DetectorOptions(score_floor=0.02)) for device in ("cpu", "cuda")]
    [cpu], [gpu] = (detector.detect([picture]) for detector in on)
    best = min(len(cpu), len(gpu), 5)
    np.testing.assert_allclose(gpu.score[:best], cpu.score[:best], atol=0.02)


def test_memory_is_page_locked_and_cuda_says_so(opened: OpenedSession) -> None:
    array = opened.allocate((3, 5), np.float32)
    array[...] = 1
    for major in (13, 12, 11):
        try:
            runtime = ctypes.CDLL(f"libcudart.so.{major}", mode=os.RTLD_NOLOAD)  # the one that onnxruntime uses
            break
        except OSError:
            continue
    flags = ctypes.c_uint()
    assert runtime.cudaHostGetFlags(ctypes.byref(flags), ctypes.c_void_p(array.ctypes.data)) == 0
    assert page_locked(0)((0,), np.float32).size == 0


def test_a_bound_run_writes_what_a_plain_one_does(opened: OpenedSession) -> None:
    calls = opened.calls
    assert isinstance(calls, IntoBuffers)
    for batch in (1, 8, 3):
        images = np.random.default_rng(batch).random((batch, 3, 64, 64), np.float32)
        pinned = opened.allocate(images.shape, images.dtype)
        pinned[...] = images
        [bound] = calls.run(None, {"images": pinned}, ort.RunOptions())
        [plain] = opened.session.run(None, {"images": images})
        np.testing.assert_allclose(bound, plain, rtol=1e-5)
        del bound


def test_callers_at_once_get_their_own_boxes() -> None:
    detector = boxes("cuda")
    together = Barrier(4)

    def caller(number: int) -> None:
        together.wait()
        for turn in range(100):
            levels = tuple(50 + (31 * number + turn + n) % 200 for n in range(1 + (number + turn) % 4))
            np.testing.assert_allclose(scores(detector, levels), [level / 255 for level in levels], atol=2e-3)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(caller, range(4)))


def test_tensorrt_keeps_its_engine_and_finds_the_same(tmp_path: Path) -> None:
    first = boxes("tensorrt", tmp_path)
    assert first.info.providers[:2] == (TENSORRT, CUDA)
    np.testing.assert_allclose(scores(first, LEVELS), [level / 255 for level in LEVELS], atol=1e-3)
    engines = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.engine")}
    assert engines
    np.testing.assert_allclose(scores(boxes("tensorrt", tmp_path), LEVELS), scores(first, LEVELS), atol=1e-3)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.engine")} == engines


def test_tensorrt_in_half_precision_finds_nearly_the_same(tmp_path: Path) -> None:
    half = boxes("tensorrt", tmp_path, half=True)
    np.testing.assert_allclose(scores(half, LEVELS), [level / 255 for level in LEVELS], atol=1e-2)
