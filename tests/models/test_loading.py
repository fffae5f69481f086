"""Names, paths, devices and files that cannot be trusted."""

import os
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest

import models
from models import DetectorOptions, Inspection, InspectionLimits
from models.cores import available_cores
from models.verdicts import Verdicts
from tests.models import hostile_graphs as hostile
from tests.models.graphs import table_model

TRUSTED = DetectorOptions(inspect=False)


def model() -> bytes:
    return table_model(np.zeros((300, 6), np.float32))


def saved(folder: Path, content: bytes) -> Path:
    path = folder / "m.onnx"
    path.write_bytes(content)
    return path


def test_a_path_may_be_text_or_a_path(tmp_path: Path) -> None:
    path = saved(tmp_path, model())
    for given in (path, str(path)):
        info = models.load_detector(given, options=TRUSTED).info
        assert (info.name, info.size_bytes, len(info.sha256)) == (str(path), len(model()), 64)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(models.ModelNotFound, match=r"no model file at .*nowhere.onnx"):
        models.load_detector(tmp_path / "nowhere.onnx")


def test_an_unknown_name_lists_the_choices() -> None:
    with pytest.raises(models.ModelNotFound, match=r"no model 'yolo9000': choose demo, yolox_nano, .*or give a path"):
        models.load_detector("yolo9000")


def test_a_name_that_was_not_pulled_says_how_to_pull_it(tmp_path: Path) -> None:
    with pytest.raises(models.ModelNotFound, match="run `trackd models pull yolox_tiny`"):
        models.load_detector("yolox_tiny", cache_dir=tmp_path)


def test_a_pulled_file_that_was_changed_is_refused_before_it_runs(tmp_path: Path) -> None:
    path = models.CATALOG["yolox_nano"].path(tmp_path)
    path.parent.mkdir()
    path.write_bytes(model())
    with pytest.raises(models.ModelBroken, match="does not have the sha256 of 'yolox_nano': run `trackd models pull"):
        models.load_detector("yolox_nano", cache_dir=tmp_path)


@pytest.mark.parametrize(
    "content",
    [model()[:-200], model()[: len(model()) // 2], os.urandom(5000), b"\x00", b"\x00" * 1000],
    ids=["truncated", "half", "noise", "zero", "zeros"],
)
def test_a_broken_file_is_one_clear_line(tmp_path: Path, content: bytes) -> None:
    path = saved(tmp_path, content)
    with pytest.raises(models.ModelBroken, match=f"{path.name} is no ONNX model, or not a whole one") as caught:
        models.load_detector(path, options=TRUSTED)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 600


def test_an_empty_file_is_broken(tmp_path: Path) -> None:
    with pytest.raises(models.ModelBroken, match=r"m\.onnx is empty"):
        models.load_detector(saved(tmp_path, b""))


def test_a_file_larger_than_a_protobuf_can_be_is_not_read(tmp_path: Path) -> None:
    path = saved(tmp_path, b"")
    os.truncate(path, 2**31)  # sparse: takes no space
    with pytest.raises(models.ModelBroken, match="it has 2147483648 bytes, and 2147483647 are the most"):
        models.load_detector(path, options=TRUSTED)


def test_a_folder_or_a_pipe_is_no_model(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.onnx")
    (tmp_path / "folder.onnx").mkdir()
    for name in ("pipe.onnx", "folder.onnx"):
        with pytest.raises(models.ModelBroken, match="not a regular file"):
            models.load_detector(tmp_path / name)


def test_weights_in_other_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.onnx"
    outside = {"save_as_external_data": True, "location": "w.bin", "size_threshold": 0}
    onnx.save(onnx.load_from_string(model()), path, **outside)
    with pytest.raises(models.ModelBroken, match=r"keeps the weights '.*' in another file"):
        models.load_detector(path, options=TRUSTED)


def test_a_model_with_metadata_about_a_location_is_not_mistaken_for_one(tmp_path: Path) -> None:
    content = table_model(np.zeros((300, 6), np.float32), metadata={"location": "Berlin"})
    assert models.load_detector(saved(tmp_path, content), options=TRUSTED).info.head == "end2end"


def test_a_model_that_takes_no_image_is_refused_with_its_inputs(tmp_path: Path) -> None:
    value = onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [1, 7])
    result = onnx.helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, [1, 7])
    graph = onnx.helper.make_graph([onnx.helper.make_node("Relu", ["x"], ["y"])], "g", [value], [result])
    opset = [onnx.helper.make_opsetid("", 17)]
    content = onnx.helper.make_model(graph, opset_imports=opset, ir_version=8).SerializeToString()
    with pytest.raises(models.ModelUnsupported, match=r"this model.*: x tensor\(float\) \[1, 7\]"):
        models.load_detector(saved(tmp_path, content), options=TRUSTED)


@pytest.mark.skipif("CUDAExecutionProvider" in onnxruntime.get_available_providers(), reason="this build has CUDA")
class TestWithoutCuda:
    def test_cuda_asked_for_and_not_there_is_an_error(self, tmp_path: Path) -> None:
        for device in ("cuda", "cuda:1"):
            with pytest.raises(models.DeviceUnavailable, match=f"device '{device}' needs onnxruntime-gpu"):
                models.load_detector(saved(tmp_path, model()), device, TRUSTED)

    def test_auto_runs_on_the_cpu_and_says_so(self, tmp_path: Path) -> None:
        info = models.load_detector(saved(tmp_path, model()), "auto", TRUSTED).info
        assert (info.device, info.provider) == ("auto", "CPUExecutionProvider")


@pytest.mark.parametrize("device", ["gpu", "cuda:", "cuda:x", "CPU", ""])
def test_an_unknown_device_lists_the_choices(tmp_path: Path, device: str) -> None:
    with pytest.raises(models.DeviceUnavailable, match="choose auto, cpu, cuda"):
        models.load_detector(saved(tmp_path, model()), device, TRUSTED)


def test_a_good_model_prints_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    detector = models.load_detector(
        saved(tmp_path, table_model(np.zeros((300, 6), np.float32), only_one=True)), options=TRUSTED
    )
    detector.detect([np.zeros((10, 10, 3), np.uint8)] * 2)
    assert capfd.readouterr() == ("", "")


def test_a_broken_model_prints_nothing_beside_its_error(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(models.ModelBroken):
        models.load_detector(saved(tmp_path, b"noise" * 100), options=TRUSTED)
    assert capfd.readouterr() == ("", "")


def test_the_cores_are_at_least_one_and_no_more_than_the_machine_has() -> None:
    assert 1 <= available_cores() <= (os.cpu_count() or 1)


def test_every_catalogue_entry_is_complete() -> None:
    for entry in models.CATALOG.values():
        assert entry.bundled or (entry.url or "").startswith("https://")
        assert entry.bundled or (len(entry.sha256 or "") == 64 and (entry.size_bytes or 0) > 1_000_000)
        assert entry.head in models.heads.HEADS


class TestUnknownFiles:
    """Their verdicts are kept in `tmp_path`, so that each test finds none."""

    def test_a_file_is_tried_once_and_known_from_then_on(self, tmp_path: Path) -> None:
        path = saved(tmp_path, model())
        first, second = (models.load_detector(path, "cpu", cache_dir=tmp_path).info.inspection for _ in range(2))
        assert first is not None
        assert not first.known
        assert second == replace(first, known=True)

    def test_a_changed_file_is_tried_again(self, tmp_path: Path) -> None:
        keep(model(), tmp_path)
        path = saved(tmp_path, hostile.endless())
        with pytest.raises(models.ModelBroken, match="did not answer to one picture within 3 s"):
            models.load_detector(path, "cpu", cache_dir=tmp_path, limits=InspectionLimits(time_s=3))

    def test_a_file_that_passed_under_wider_limits_is_tried_again(self, tmp_path: Path) -> None:
        keep(model(), tmp_path, seconds=50.0)
        path = saved(tmp_path, model())
        known = models.load_detector(path, "cpu", cache_dir=tmp_path).info.inspection
        again = models.load_detector(
            path, "cpu", cache_dir=tmp_path, limits=InspectionLimits(time_s=49)
        ).info.inspection
        assert known is not None
        assert again is not None
        assert (known.known, again.known) == (True, False)

    def test_the_folder_of_graphs_keeps_the_verdicts_where_there_is_one(self, tmp_path: Path) -> None:
        keep(model(), tmp_path / "graphs")
        options = DetectorOptions(graph_cache=tmp_path / "graphs")
        inspection = models.load_detector(saved(tmp_path, model()), "cpu", options, tmp_path / "other").info.inspection
        assert inspection is not None
        assert inspection.known

    def test_a_file_that_is_trusted_and_a_model_of_the_catalogue_are_not_tried(self, tmp_path: Path) -> None:
        trusted = models.load_detector(saved(tmp_path, model()), "cpu", TRUSTED, tmp_path)
        bundled = models.load_detector("demo", "cpu", cache_dir=tmp_path)
        assert (trusted.info.inspection, bundled.info.inspection) == (None, None)
        assert not (tmp_path / "inspected").exists()

    def test_a_catalogue_model_under_another_name_is_not_tried(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        entry = replace(models.CATALOG["yolox_nano"], sha256=sha256(model()).hexdigest())
        monkeypatch.setattr(models.loading, "CATALOG", {"own": entry})
        detector = models.load_detector(saved(tmp_path, model()), "cpu", cache_dir=tmp_path)
        assert detector.info.inspection is None


def keep(content: bytes, cache_dir: Path, seconds: float = 0.1) -> None:
    """Let a file have passed at an earlier start."""
    passed = Inspection(memory_bytes=1000, seconds=seconds, known=False)
    Verdicts(cache_dir / "inspected").keep(sha256(content).hexdigest(), DetectorOptions(), passed)


def test_a_user_without_a_home_may_load_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", nobody)
    assert models.load_detector(saved(tmp_path, model()), "cpu", TRUSTED).info.head == "end2end"


def test_a_home_that_does_not_exist_is_not_found() -> None:
    with pytest.raises(models.ModelNotFound, match="there is no such home folder"):
        models.load_detector("~nobody-of-that-name/m.onnx")
