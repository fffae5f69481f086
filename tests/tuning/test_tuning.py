"""Measuring real models: what is measured, what is kept, and what is loaded in the end."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from app.tuning import Workload, cpu_plans, measure, tune
from models import DetectionFailed, Detector, DetectorOptions, ModelBroken, load_detector
from tests.models.graphs import table_model

CORES = 3


@pytest.fixture
def load(tmp_path: Path) -> Callable[[Workload], Detector]:
    path = tmp_path / "tiny.onnx"
    path.write_bytes(table_model(np.zeros((300, 6), np.float32)))

    def load(workload: Workload) -> Detector:
        options = DetectorOptions(threads=workload.threads, callers=workload.callers, inspect=False)
        return load_detector(path, "cpu", options)

    return load


class Loading:
    """Counts the loads, and knows every detector that was made."""

    def __init__(self, load: Callable[[Workload], Detector]) -> None:
        self._load = load
        self.made: list[Detector] = []

    def __call__(self, workload: Workload) -> Detector:
        self.made.append(self._load(workload))
        return self.made[-1]


def tuned(
    loading: Loading, folder: Path, goal: str = "auto", *, spin: bool = False
) -> tuple[Detector, Workload, list[str]]:
    said: list[str] = []
    first = loading(Workload(1, 1))
    detector = tune(first, loading, CORES, goal, folder, ("1.0", spin), said.append, least_s=0.01)
    info = detector.info
    assert info.callers is not None
    assert info.threads is not None
    return detector, Workload(info.callers, info.threads), said


def picture() -> np.ndarray:
    return np.zeros((64, 64, 3), np.uint8)


def test_a_measurement_has_a_rate_and_a_time(load):
    for workload in (Workload(1, 1), Workload(3, 1)):
        measured = measure(load(Workload(1, 1)), workload, [picture(), picture()], least_s=0.02)
        assert measured.workload == workload
        assert measured.batch == 2
        assert measured.fps > 0
        assert measured.latency_ms > 0


def test_the_detector_in_hand_runs_with_the_threads_that_were_chosen_and_all_others_are_closed(load, tmp_path):
    loading = Loading(load)
    detector, workload, said = tuned(loading, tmp_path)
    assert workload in cpu_plans(CORES)
    assert len(said) == 1
    assert "3 cores" in said[0]
    detector.detect([picture()])
    for other in loading.made:
        if other is not detector:
            with pytest.raises(DetectionFailed, match="closed"):
                other.detect([picture()])


def test_a_second_start_measures_nothing_and_chooses_the_same(load, tmp_path):
    _, first, _ = tuned(Loading(load), tmp_path)
    again = Loading(load)
    _, second, said = tuned(again, tmp_path)
    assert second == first
    assert said == []
    assert len(again.made) <= 2


def test_under_other_circumstances_the_machine_is_measured_again(load, tmp_path):
    tuned(Loading(load), tmp_path)
    _, _, said = tuned(Loading(load), tmp_path, spin=True)
    assert len(said) == 1
    assert len(list((tmp_path / "tuning").iterdir())) == 2


def test_a_detector_that_fails_while_it_is_measured_is_closed(load, tmp_path):
    def refuse(_: Workload) -> Detector:
        raise ModelBroken("not a second time")

    first = load(Workload(1, 1))
    with pytest.raises(ModelBroken):
        tune(first, refuse, CORES, "auto", tmp_path, (), lambda line: None, least_s=0.01)
    with pytest.raises(DetectionFailed, match="closed"):
        first.detect([picture()])


@pytest.mark.parametrize("damage", [b"", b"{", b'{"measured": [{"workload": 3}]}', b"\xff\xfe"])
def test_damaged_notes_are_measured_anew(load, tmp_path, damage):
    tuned(Loading(load), tmp_path)
    [notes] = (tmp_path / "tuning").iterdir()
    notes.write_bytes(damage)
    _, _, said = tuned(Loading(load), tmp_path)
    assert len(said) == 1
    assert len(json.loads(notes.read_bytes())["measured"]) == len(cpu_plans(CORES))


def test_a_folder_that_cannot_be_written_to_is_no_error(load, tmp_path):
    (tmp_path / "tuning").write_text("a file where the folder should be")
    _, workload, said = tuned(Loading(load), tmp_path)
    assert workload in cpu_plans(CORES)
    assert len(said) == 1
