"""What each execution provider is told. Every name and value is from onnxruntime's page on that provider."""

import json
from collections.abc import Callable, Mapping
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import onnxruntime as ort

from models.cores import available_cores
from models.options import DetectorOptions
from models.providers import COREML, CPU, CUDA, DIRECTML, OPENVINO, TENSORRT, Device
from models.tensorrt_shapes import profile_of

ProviderEntry = str | tuple[str, dict[str, str]]


def entries_for(device: Device, content: bytes, options: DetectorOptions) -> list[ProviderEntry]:
    """The providers of a session on this device, in the order in which they get nodes; the CPU takes the rest."""
    if device.provider == CPU:
        return [CPU]
    made = [(device.provider, _OPTIONS[device.provider](device, content, options))]
    if device.provider == TENSORRT:
        made.append((CUDA, _cuda(device, content, options)))
    return [*made, CPU]


def folder_for(device: Device, content: bytes, options: DetectorOptions) -> Path | None:
    """Where a provider may keep what it compiled of this model; None where it may not, or the folder cannot be made.

    Engines belong to one model, version and precision, and the providers check little of that themselves: all of it is
    in the folder's name.
    """
    if options.graph_cache is None:
        return None
    versions = (ort.__version__, _tensorrt_version() if device.provider == TENSORRT else "")
    said = (device.family, device.unit, str(options.half), str(options.input_size), *versions)
    key = sha256(sha256(content).digest() + "\0".join(said).encode()).hexdigest()[:32]
    folder = options.graph_cache / device.family / key
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return folder


def _cuda(device: Device, _content: bytes, _options: DetectorOptions) -> dict[str, str]:
    return {
        "device_id": device.unit,
        # The default, EXHAUSTIVE, times every algorithm of every convolution again for each new batch size: seconds in
        # which frames wait. HEURISTIC asks cuDNN instead.
        "cudnn_conv_algo_search": "HEURISTIC",
        # Batches have few sizes and all are run when the model is loaded: doubling the arena would only hold memory.
        "arena_extend_strategy": "kSameAsRequested",
    }


def _tensorrt(device: Device, content: bytes, options: DetectorOptions) -> dict[str, str]:
    said = {"device_id": device.unit, "trt_fp16_enable": str(options.half)}
    if (folder := folder_for(device, content, options)) is not None:
        said |= {"trt_engine_cache_enable": "True", "trt_engine_cache_path": str(folder)}
        # Timings of layers are no model's own: all models that one GPU runs learn from each other.
        said |= {"trt_timing_cache_enable": "True", "trt_timing_cache_path": str(folder.parent)}
    # Without it every batch size beyond those seen so far would build the engine again.
    return said | profile_of(content, options.input_size)


def _openvino(device: Device, content: bytes, options: DetectorOptions) -> dict[str, str]:
    properties = {"PERFORMANCE_HINT": "LATENCY"}
    if device.unit == "CPU":
        cores = available_cores()
        threads = min(options.threads or cores, cores)
        # As many calls side by side as there are cores for them, each with its own share: on two cores two callers get
        # 63 runs/s of yolox_nano so, and 53 where one stream has both threads.
        properties |= {"INFERENCE_NUM_THREADS": str(cores), "NUM_STREAMS": str(cores // threads)}
    if (folder := folder_for(device, content, options)) is not None:
        properties["CACHE_DIR"] = str(folder)
    return {"device_type": device.unit, "load_config": json.dumps({device.unit.partition(":")[0]: properties})}


def _coreml(device: Device, content: bytes, options: DetectorOptions) -> dict[str, str]:
    said = {"ModelFormat": "MLProgram", "MLComputeUnits": "ALL"}
    # A model from memory is cached by the names of its inputs and outputs only: the folder is what tells models apart.
    if (folder := folder_for(device, content, options)) is not None:
        said["ModelCacheDirectory"] = str(folder)
    return said


def _directml(device: Device, _content: bytes, _options: DetectorOptions) -> dict[str, str]:
    return {"device_id": device.unit}


_OPTIONS: Mapping[str, Callable[[Device, bytes, DetectorOptions], dict[str, str]]] = {
    CUDA: _cuda,
    TENSORRT: _tensorrt,
    OPENVINO: _openvino,
    COREML: _coreml,
    DIRECTML: _directml,
}


def _tensorrt_version() -> str:
    """The version of TensorRT that pip installed; empty where it came another way."""
    for package in ("tensorrt", "tensorrt-cu13", "tensorrt-cu12", "tensorrt_cu13_libs", "tensorrt_cu12_libs"):
        try:
            return version(package)
        except PackageNotFoundError:
            continue
    return ""
