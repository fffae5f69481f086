"""Opening a model: which device answers, what becomes of those that do not, and the options of a session."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import onnxruntime as ort
import pytest

from models.detector import DeviceUnavailable, ModelBroken
from models.options import DetectorOptions
from models.providers import CPU, CUDA, DIRECTML, OPENVINO, TENSORRT, Device
from models.session import open_session
from models.session_options import session_options
from tests.models.graphs import table_model

MODEL = table_model(np.zeros((10, 6), np.float32))
Open = Callable[..., ort.InferenceSession]


class Elsewhere(ort.InferenceSession):
    """A build of onnxruntime with other providers: they leave the model to the CPU without a word, or refuse it."""

    refused: frozenset[str] = frozenset()

    def __init__(self, content: bytes, settings: ort.SessionOptions, providers: list[Any], **more: Any) -> None:
        names = [entry if isinstance(entry, str) else entry[0] for entry in providers]
        if names[0] in self.refused:
            raise RuntimeError("driver too old\n  at line 1")
        super().__init__(content, settings, providers=[CPU], **more)


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ort, "InferenceSession", Elsewhere)


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> None:
    class Refusing(Elsewhere):
        refused = frozenset({CUDA, TENSORRT, DIRECTML})

    monkeypatch.setattr(ort, "InferenceSession", Refusing)


def options(**given: Any) -> DetectorOptions:
    return DetectorOptions(threads=1, **given)


def test_the_cpu_answers_where_it_is_asked_for_and_where_there_is_nothing_else() -> None:
    for asked in ("cpu", "auto"):
        opened = open_session(MODEL, "tiny", asked, options(), [CPU])
        assert (opened.device, opened.providers, opened.note, opened.threads) == (Device("cpu"), (CPU,), "", 1)
        assert opened.calls is opened.session


@pytest.mark.usefixtures("silent")
@pytest.mark.parametrize("asked", ["cuda", "cuda:1", "tensorrt", "directml"])
def test_a_build_that_silently_runs_on_the_cpu_is_caught(asked: str) -> None:
    with pytest.raises(DeviceUnavailable, match=rf"^device '{asked}': \w+ cannot be opened, CPU would answer"):
        open_session(MODEL, "tiny", asked, options(), [TENSORRT, CUDA, DIRECTML, CPU])


@pytest.mark.usefixtures("refusing")
@pytest.mark.parametrize("asked", ["cuda", "tensorrt"])
def test_a_device_that_refuses_a_good_model_is_at_fault_and_not_the_model(asked: str) -> None:
    with pytest.raises(DeviceUnavailable, match=rf"^device '{asked}': \w+ does not take this model: driver too old at"):
        open_session(MODEL, "tiny", asked, options(), [TENSORRT, CUDA, CPU])


def test_where_in_its_source_onnxruntime_failed_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(content: bytes, settings: ort.SessionOptions, providers: list[Any], **_: Any) -> ort.InferenceSession:
        if providers != [CPU]:
            raise RuntimeError("/src/python/state.cc:729 void ns::Register(Options&, const More&) Please install it")
        return real(content, settings, providers=providers)

    real = ort.InferenceSession
    monkeypatch.setattr(ort, "InferenceSession", fail)
    with pytest.raises(DeviceUnavailable, match=r"TensorRT does not take this model: Please install it$"):
        open_session(MODEL, "tiny", "tensorrt", options(), [TENSORRT, CUDA, CPU])


@pytest.mark.usefixtures("refusing")
def test_a_broken_model_is_at_fault_and_not_the_device() -> None:
    for asked in ("cuda", "auto"):
        with pytest.raises(ModelBroken, match="tiny is no model that onnxruntime can run"):
            open_session(b"noise" * 100, "tiny", asked, options(), [CUDA, CPU])


class Idle(ort.InferenceSession):
    """A session of a provider that is active and runs nothing: OpenVINO with the device AUTO is one."""

    nodes = 3

    def __init__(self, content: bytes, settings: ort.SessionOptions, providers: list[Any], **more: Any) -> None:
        super().__init__(content, settings, providers=[CPU], **more)
        self._asked = [entry if isinstance(entry, str) else entry[0] for entry in providers]

    def get_providers(self) -> list[str]:
        return self._asked

    def get_provider_graph_assignment_info(self) -> list[Any]:
        own = SimpleNamespace(ep_name=self._asked[0], get_nodes=lambda: ["own"] * self.nodes)
        return [*([own] if self.nodes else []), *super().get_provider_graph_assignment_info()]


def test_a_provider_that_is_active_and_runs_nothing_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Idle, "nodes", 0)
    monkeypatch.setattr(ort, "InferenceSession", Idle)
    with pytest.raises(DeviceUnavailable, match=r"^device 'openvino': OpenVINO runs none of the \d nodes of"):
        open_session(MODEL, "tiny", "openvino", options(), [OPENVINO, CPU])


def test_how_much_a_device_leaves_to_the_cpu_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ort, "InferenceSession", Idle)
    opened = open_session(MODEL, "tiny", "openvino", options(), [OPENVINO, CPU])
    left = int(opened.note.split()[0])
    assert opened.note == f"{left} of {left + 3} nodes run on the CPU"


@pytest.mark.usefixtures("refusing")
def test_auto_goes_on_to_the_cpu_and_keeps_the_reason() -> None:
    opened = open_session(MODEL, "tiny", "auto", options(), [CUDA, DIRECTML, CPU])
    assert opened.providers == (CPU,)
    why = "does not take this model: driver too old at line 1"
    assert opened.note == f"CUDA {why}; DirectML {why}"


@pytest.mark.usefixtures("silent")
def test_what_preloading_does_not_find_is_the_reason_and_is_not_printed(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(ort, "preload_dlls", lambda: print("Failed to load libcublas.so.13: no such file"))
    opened = open_session(MODEL, "tiny", "auto", options(), [CUDA, CPU])
    assert opened.note == "CUDA cannot be opened, CPU would answer: Failed to load libcublas.so.13: no such file"
    assert capfd.readouterr() == ("", "")


def test_a_build_without_preloading_is_opened_all_the_same(monkeypatch: pytest.MonkeyPatch, silent: None) -> None:
    monkeypatch.delattr(ort, "preload_dlls", raising=False)
    assert open_session(MODEL, "tiny", "auto", options(), [CUDA, CPU]).providers == (CPU,)


def test_the_options_of_a_session_are_as_asked() -> None:
    plain = session_options(DetectorOptions(threads=3))
    other = session_options(DetectorOptions(spin=True, arena=False))
    assert (plain.intra_op_num_threads, plain.inter_op_num_threads) == (3, 1)
    assert (plain.enable_cpu_mem_arena, other.enable_cpu_mem_arena) == (True, False)
    spins = [s.get_session_config_entry("session.intra_op.allow_spinning") for s in (plain, other)]
    assert spins == ["0", "1"]
    assert plain.enable_mem_pattern


def test_directml_gets_no_memory_patterns_and_others_do() -> None:
    assert not session_options(options(), Device("directml", "0")).enable_mem_pattern
    assert session_options(options(), Device("cuda", "0")).enable_mem_pattern


def test_threads_are_all_cores_of_this_process_where_nobody_says() -> None:
    from models.cores import available_cores

    assert open_session(MODEL, "tiny", "cpu", DetectorOptions()).threads == available_cores()


def test_a_model_answers_the_same_with_and_without_the_arena(tmp_path: Path) -> None:
    slope = np.full((10, 6), 0.5, np.float32)
    images = np.linspace(0, 1, 3 * 64 * 64, dtype=np.float32).reshape(1, 3, 64, 64)
    content = table_model(np.zeros((10, 6), np.float32), slope=slope)
    on, off = (
        open_session(content, "tiny", "cpu", options(arena=arena)).session.run(None, {"images": images})[0]
        for arena in (True, False)
    )
    np.testing.assert_array_equal(on, off)
