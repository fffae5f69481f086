"""Opens a model in onnxruntime on the device that was asked for, or says why not."""

import os
import re
from pathlib import Path

import onnxruntime as ort

from models.detector import DeviceUnavailable, ModelBroken
from models.options import DetectorOptions

CUDA = "CUDAExecutionProvider"
CPU = "CPUExecutionProvider"
ERRORS_ONLY = 3
"""onnxruntime's severity 3: its warnings speak of optimisations, and every failure reaches us as an exception."""


def open_session(content: bytes, name: str, device: str, options: DetectorOptions) -> tuple[ort.InferenceSession, str]:
    """The session and the provider that really answers.

    Args:
        content: an ONNX file.
        name: for messages.
        device: auto, cpu, cuda or cuda:N.
        options: threads and spinning.

    Raises:
        DeviceUnavailable: CUDA was asked for and is not there.
        ModelBroken: onnxruntime refuses the model.
    """
    providers = _providers(device)
    try:
        session = ort.InferenceSession(content, _session_options(options), providers=providers)
    # onnxruntime's exceptions have no common base below Exception.
    except Exception as error:
        if device.startswith("cuda") and "CUDA" in str(error):
            raise DeviceUnavailable(f"device {device!r}: {_one_line(error)}") from error
        raise ModelBroken(f"{name} is no model that onnxruntime can run: {_one_line(error)}") from error
    active = session.get_providers()[0]
    if device.startswith("cuda") and active != CUDA:
        # A GPU build without its CUDA libraries falls back to the CPU and only writes a log line.
        raise DeviceUnavailable(f"device {device!r} was asked for, but onnxruntime answers with {active}; use 'auto'")
    return session, active


def available_cores() -> int:
    """How many cores this process may use: its affinity, and the quota of its container if that is smaller."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
    except (OSError, ValueError):
        return cores
    return cores if quota == "max" else max(1, min(cores, round(int(quota) / int(period))))


def _providers(device: str) -> list[str | tuple[str, dict[str, str]]]:
    match = re.fullmatch(r"auto|cpu|cuda(?::(\d{1,3}))?", device)
    if match is None:
        raise DeviceUnavailable(f"unknown device {device!r}: choose auto, cpu, cuda or cuda:N")
    available = ort.get_available_providers()
    if device == "cpu" or (device == "auto" and CUDA not in available):
        return [CPU]
    if CUDA not in available:
        offers = ", ".join(available)
        raise DeviceUnavailable(f"device {device!r} needs the GPU build of onnxruntime; this one offers {offers}")
    if hasattr(ort, "preload_dlls"):
        # Finds the CUDA and cuDNN libraries that pip installed, which are on no loader path.
        ort.preload_dlls()
    return [(CUDA, {"device_id": match.group(1) or "0"}), CPU]


def _session_options(options: DetectorOptions) -> ort.SessionOptions:
    settings = ort.SessionOptions()
    settings.log_severity_level = ERRORS_ONLY
    settings.intra_op_num_threads = options.threads or available_cores()
    settings.inter_op_num_threads = 1
    # yolox_nano, 2 cores, one caller, 2 threads: spinning takes 12 ms a frame on an idle machine (15 without), but 107
    # (47 without) and twice the CPU time where other processes want the cores as well, as they do in a service.
    settings.add_session_config_entry("session.intra_op.allow_spinning", str(int(options.spin)))
    return settings


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
