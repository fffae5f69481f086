"""What each execution provider is told."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

from models.batches import MOST_PER_RUN
from models.options import DetectorOptions
from models.provider_options import entries_for, folder_for
from models.providers import COREML, CPU, CUDA, DIRECTML, OPENVINO, TENSORRT, Device
from models.tensorrt_shapes import profile_of
from tests.models.graphs import rtdetr_model, table_model

TABLE = np.zeros((10, 6), np.float32)
MODEL = table_model(TABLE)


def told(device: Device, content: bytes = MODEL, **given: Any) -> dict[str, str]:
    first = entries_for(device, content, DetectorOptions(**given))[0]
    assert isinstance(first, tuple)
    assert first[0] == device.provider
    return first[1]


def test_the_cpu_takes_what_the_device_does_not_and_cuda_what_tensorrt_does_not() -> None:
    def names(device: Device) -> list[str]:
        return [
            entry if isinstance(entry, str) else entry[0] for entry in entries_for(device, MODEL, DetectorOptions())
        ]

    assert names(Device("cpu")) == [CPU]
    assert names(Device("cuda", "0")) == [CUDA, CPU]
    assert names(Device("tensorrt", "0")) == [TENSORRT, CUDA, CPU]
    assert names(Device("openvino", "CPU")) == [OPENVINO, CPU]
    assert names(Device("coreml")) == [COREML, CPU]
    assert names(Device("directml", "0")) == [DIRECTML, CPU]


def test_every_value_is_a_string_as_onnxruntime_wants_them(tmp_path: Path) -> None:
    for device in (Device("cuda", "1"), Device("tensorrt", "1"), Device("openvino", "GPU"), Device("coreml")):
        for entry in entries_for(device, MODEL, DetectorOptions(graph_cache=tmp_path, half=True, threads=1)):
            assert isinstance(entry, str) or all(isinstance(value, str) for value in entry[1].values())


def test_a_gpu_is_chosen_by_its_number() -> None:
    assert told(Device("cuda", "2"))["device_id"] == "2"
    assert told(Device("directml", "1"))["device_id"] == "1"
    entries = entries_for(Device("tensorrt", "3"), MODEL, DetectorOptions())
    assert [entry[1]["device_id"] for entry in entries if not isinstance(entry, str)] == ["3", "3"]


def test_tensorrt_keeps_engines_and_timings_in_the_cache_and_nothing_without_one(tmp_path: Path) -> None:
    kept = told(Device("tensorrt", "0"), graph_cache=tmp_path)
    folder = Path(kept["trt_engine_cache_path"])
    assert folder.is_dir()
    assert folder.is_relative_to(tmp_path)
    assert Path(kept["trt_timing_cache_path"]) == folder.parent
    assert kept["trt_engine_cache_enable"] == kept["trt_timing_cache_enable"] == "True"
    assert not any("cache" in name for name in told(Device("tensorrt", "0")))


def test_tensorrt_computes_in_half_precision_where_it_may(tmp_path: Path) -> None:
    assert told(Device("tensorrt", "0"))["trt_fp16_enable"] == "False"
    assert told(Device("tensorrt", "0"), half=True)["trt_fp16_enable"] == "True"


def test_what_was_compiled_for_one_model_device_or_precision_is_no_others(tmp_path: Path) -> None:
    folders = {
        folder_for(device, content, DetectorOptions(graph_cache=tmp_path, half=half, input_size=size))
        for device in (Device("tensorrt", "0"), Device("tensorrt", "1"), Device("coreml"), Device("openvino", "GPU"))
        for content in (MODEL, MODEL + b"\0")
        for half in (False, True)
        for size in (None, (320, 320))
    }
    assert len(folders) == 32


def test_a_cache_that_cannot_be_written_to_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for device in (Device("tensorrt", "0"), Device("coreml"), Device("openvino", "CPU")):
        assert folder_for(device, MODEL, DetectorOptions(graph_cache=tmp_path / "file")) is None
        assert "cache" not in json.dumps(told(device, graph_cache=tmp_path / "file")).lower()


def test_openvino_on_the_cpu_gets_the_threads_and_as_many_calls_side_by_side_as_the_cores_allow(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("models.provider_options.available_cores", lambda: 8)

    def properties(unit: str, threads: int | None) -> dict[str, str]:
        said = told(Device("openvino", unit), threads=threads)
        assert said["device_type"] == unit
        found: dict[str, dict[str, str]] = json.loads(said["load_config"])
        assert list(found) == [unit]
        return found[unit]

    assert properties("CPU", 2) | {"PERFORMANCE_HINT": ""} == {
        "INFERENCE_NUM_THREADS": "8", "NUM_STREAMS": "4", "PERFORMANCE_HINT": "",
    }  # fmt: skip
    assert properties("CPU", None)["NUM_STREAMS"] == "1"
    assert properties("CPU", 99)["NUM_STREAMS"] == "1"
    assert "NUM_STREAMS" not in properties("GPU", 2)


def test_openvino_and_coreml_keep_what_they_compiled_in_the_cache(tmp_path: Path) -> None:
    openvino = json.loads(told(Device("openvino", "NPU"), graph_cache=tmp_path)["load_config"])["NPU"]["CACHE_DIR"]
    coreml = told(Device("coreml"), graph_cache=tmp_path)["ModelCacheDirectory"]
    assert Path(openvino).is_dir()
    assert Path(coreml).is_dir()
    assert openvino != coreml


def test_an_engine_of_a_free_batch_is_built_for_every_batch_of_a_run() -> None:
    assert profile_of(table_model(TABLE, batch="n", size=(64, 96)), None) == {
        "trt_profile_min_shapes": "images:1x3x64x96",
        "trt_profile_opt_shapes": "images:8x3x64x96",
        "trt_profile_max_shapes": f"images:{MOST_PER_RUN}x3x64x96",
    }


def test_every_free_input_is_part_of_the_profile() -> None:
    model = rtdetr_model([1], np.zeros((1, 4)), [0.5])
    assert profile_of(model, None)["trt_profile_max_shapes"] == "images:32x3x64x128,orig_target_sizes:32x2"


def test_free_height_and_width_are_what_the_model_is_to_run_at() -> None:
    model = table_model(TABLE, batch="n", size=("h", "w"))
    assert profile_of(model, (480, 640))["trt_profile_min_shapes"] == "images:1x3x480x640"
    assert profile_of(model, None) == {}
    assert profile_of(table_model(TABLE, batch=1, size=("h", "w")), (480, 640)) == {
        f"trt_profile_{which}_shapes": "images:1x3x480x640" for which in ("min", "opt", "max")
    }


def test_a_fixed_model_and_what_is_no_model_get_no_profile() -> None:
    assert profile_of(table_model(TABLE, batch=4), None) == {}
    assert profile_of(b"noise" * 100, None) == {}


def test_rows_of_pixels_have_their_channels_last() -> None:
    image = onnx.helper.make_tensor_value_info("x", onnx.TensorProto.UINT8, ["n", "h", "w", 3])
    result = onnx.helper.make_tensor_value_info("y", onnx.TensorProto.UINT8, ["n", "h", "w", 3])
    graph = onnx.helper.make_graph([onnx.helper.make_node("Identity", ["x"], ["y"])], "g", [image], [result])
    opset = [onnx.helper.make_opsetid("", 17)]
    content = onnx.helper.make_model(graph, opset_imports=opset, ir_version=8).SerializeToString()
    assert profile_of(content, (48, 64))["trt_profile_opt_shapes"] == "x:8x48x64x3"
