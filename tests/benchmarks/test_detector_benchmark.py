"""The arithmetic of `benchmarks.detector`, and a small run of each of its rooms."""

from pathlib import Path

import numpy as np
import pytest

from app.imaging.draw import encode_jpeg
from app.sources.demo import DemoCamera
from benchmarks.detector_gpu import rate_of
from benchmarks.detector_load import Sample, flood, pace, sample_of
from benchmarks.detector_model import yolox_shaped
from benchmarks.detector_parts import PARTS, Parts
from benchmarks.detector_report import OURS, PLAIN, SAME, Measured, Paced, print_report, ratios
from benchmarks.detector_scripts import bare
from benchmarks.detector_worker import measure
from benchmarks.serving import serving
from models import DetectorOptions, load_detector

ALONE = '[stream]\noverload = "lossless"\n[inference]\nhead = "yolox"\ncallers = 1\nthreads = 1\n'
"""Nothing is measured at start where callers and threads are told."""


def pictures() -> list[bytes]:
    camera = DemoCamera(seed=1, width=320, height=180)
    return [encode_jpeg(camera.frame(index)) for index in range(3)]


@pytest.fixture
def small_model(tmp_path: Path) -> Path:
    path = tmp_path / "small.onnx"
    path.write_bytes(yolox_shaped(width=8, depth=1, side=64).SerializeToString())
    return path


def test_only_what_is_answered_between_the_two_moments_counts() -> None:
    answers = [(0.0, 0.9), (0.9, 1.0), (0.9, 1.2), (1.0, 1.3), (1.4, 3.1)]

    sample = sample_of(answers, begins=1.0, ends=3.0, cpu_s=0.6)

    assert sample.rate == 1.5
    assert sample.cpu_ms == pytest.approx(200)
    assert sample.p50_ms == pytest.approx(300)
    assert sample.mean_ms == pytest.approx((100 + 300 + 300) / 3)


def test_a_run_without_answers_is_no_sample() -> None:
    with pytest.raises(RuntimeError, match=r"0 frames were answered in 2\.0 s"):
        sample_of([], begins=1.0, ends=3.0, cpu_s=0.0)


def test_each_ratio_is_of_one_round_and_a_missing_peer_has_none() -> None:
    measured = Measured(1, 1.0, (2, 1), missing={PLAIN: "no network"})
    measured.samples = {OURS: [Sample(10, 30), Sample(20, 24)], SAME: [Sample(10, 25), Sample(10, 24)]}
    measured.paced = {4: [Paced(20.0, 50.0, Sample(40, 30, 22, 45, 23))]}

    found = {title: values for title, _, values in ratios(measured)}

    assert found == {
        "CPU: ours / session.run, same options": [1.2, 1.0],
        "frames/s: ours / session.run, same options": [1.0, 2.0],
        "p99 at 80 % / service time, 4 streams": [2.25],
    }


def test_the_report_names_who_is_missing_and_gives_the_rest_to_receiving(capsys: pytest.CaptureFixture[str]) -> None:
    measured = Measured(1, 1.0, (2, 1), missing={PLAIN: "no network"})
    measured.samples = {OURS: [Sample(10, 30)]}
    measured.parts = [dict.fromkeys(PARTS, 4.0)]

    print_report(measured)

    said = capsys.readouterr().out
    assert f"left out: {PLAIN}: no network" in said
    assert "receive and the rest                  6.00     20%" in said


def test_the_service_answers_a_flood_and_a_pace(tmp_path: Path, small_model: Path) -> None:
    with serving(f'model = "{small_model}"\n{ALONE}', tmp_path) as service:
        fast = flood(service, pictures(), seconds=0.5, streams=2, window=2)
        slow = pace(service, pictures(), seconds=0.5, streams=2, rate=20, seed=1)

    for sample in (fast, slow):
        assert 0 < (sample.p50_ms or 0) <= (sample.p99_ms or 0)
    assert fast.cpu_ms > 0


def test_a_script_is_measured_by_as_many_callers_as_are_asked_for(small_model: Path) -> None:
    run = bare(str(small_model), 1)

    found = measure(run, [b"", b""], 0.05, 2)

    assert found["rate"] > 0
    assert 0 < found["p50_ms"] <= found["p99_ms"]
    assert run(b"")[0].shape == (1, 84, 85)


def test_the_parts_of_a_frame_are_all_found(small_model: Path) -> None:
    detector = load_detector(str(small_model), "cpu", DetectorOptions(head="yolox", threads=1))

    parts = Parts(detector, pictures()).measure(0.05)

    assert tuple(parts) == PARTS
    assert all(spent > 0 for spent in parts.values())


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_a_generated_model_is_a_detector_with_a_free_batch(dtype: type, tmp_path: Path) -> None:
    path = tmp_path / "generated.onnx"
    path.write_bytes(yolox_shaped(width=8, depth=1, side=64, dtype=dtype).SerializeToString())

    detector = load_detector(str(path), "cpu", DetectorOptions(head="yolox", threads=1))

    assert (detector.info.batch_limit, detector.info.dtype) == (None, np.dtype(dtype).name)
    assert len(detector.detect([np.zeros((20, 30, 3), np.uint8)] * 2)) == 2


def test_the_rate_counts_every_frame_of_every_call_but_the_first() -> None:
    calls: list[int] = []

    rate = rate_of(lambda: calls.append(1), frames=8, seconds=0.0, callers=3)

    assert len(calls) == 1 + 3
    assert rate > 0
