"""Devices by name: what each stands for, what is tried, and what is said of those that cannot be had."""

import re

import pytest

from models import DeviceUnavailable
from models.providers import (
    COREML,
    CPU,
    CUDA,
    DEVICE_PATTERN,
    DIRECTML,
    FAMILIES,
    OPENVINO,
    TENSORRT,
    Device,
    devices_for,
    given,
    offered,
    told,
)

EVERYTHING = [TENSORRT, CUDA, DIRECTML, COREML, OPENVINO, CPU]


@pytest.mark.parametrize(
    ("asked", "device", "provider"),
    [
        ("cpu", Device("cpu"), CPU),
        ("cuda", Device("cuda", "0"), CUDA),
        ("cuda:3", Device("cuda", "3"), CUDA),
        ("tensorrt", Device("tensorrt", "0"), TENSORRT),
        ("tensorrt:12", Device("tensorrt", "12"), TENSORRT),
        ("openvino", Device("openvino", "CPU"), OPENVINO),
        ("openvino:NPU", Device("openvino", "NPU"), OPENVINO),
        ("coreml", Device("coreml"), COREML),
        ("directml:1", Device("directml", "1"), DIRECTML),
    ],
)
def test_a_name_stands_for_one_device(asked: str, device: Device, provider: str) -> None:
    assert devices_for(asked, EVERYTHING) == (device,)
    assert device.provider == provider
    assert re.fullmatch(DEVICE_PATTERN, asked)


def test_openvino_by_itself_tries_lists_of_devices_and_ends_with_the_cpu() -> None:
    tried = devices_for("openvino:AUTO", EVERYTHING)
    assert {device.family for device in tried} == {"openvino"}
    assert [device.unit for device in tried] == ["AUTO:GPU,NPU,CPU", "AUTO:GPU,CPU", "AUTO:NPU,CPU", "AUTO:CPU"]
    with pytest.raises(DeviceUnavailable, match="device 'openvino:AUTO' needs onnxruntime-openvino"):
        devices_for("openvino:AUTO", [CPU])


@pytest.mark.parametrize(
    "asked",
    [
        *("", "gpu", "CPU", "cuda:", "cuda:x", "cuda:-1", "cuda:1000", "cpu:0", "auto:0", "coreml:0", "openvino:cpu"),
        *("openvino:", "tensorrt:fp16", "directml:0:1", " cuda", "cuda\n"),
    ],
)
def test_what_is_no_device_is_refused_with_the_choices(asked: str) -> None:
    with pytest.raises(DeviceUnavailable, match=r"choose auto, cpu, cuda\[:N\], tensorrt"):
        devices_for(asked, EVERYTHING)
    assert not re.fullmatch(DEVICE_PATTERN, asked)


@pytest.mark.parametrize(
    ("asked", "package"),
    [
        ("cuda:1", "onnxruntime-gpu"),
        ("tensorrt", "onnxruntime-gpu and the libraries of TensorRT"),
        ("openvino:GPU", "onnxruntime-openvino"),
        ("coreml", "onnxruntime on macOS"),
        ("directml", "onnxruntime-directml on Windows"),
    ],
)
def test_a_device_that_the_build_has_not_is_refused_with_what_brings_it_and_what_there_is(
    asked: str, package: str
) -> None:
    with pytest.raises(DeviceUnavailable) as refusal:
        devices_for(asked, ["AzureExecutionProvider", CPU])
    assert str(refusal.value) == f"device '{asked}' needs {package}; this onnxruntime offers cpu"


@pytest.mark.parametrize(
    ("available", "tried"),
    [
        ([CPU], ["cpu"]),
        ([CUDA, CPU], ["cuda", "cpu"]),
        ([TENSORRT, CUDA, CPU], ["cuda", "cpu"]),
        ([DIRECTML, CPU], ["directml", "cpu"]),
        ([COREML, CPU], ["cpu"]),
        ([OPENVINO, CPU], ["cpu"]),
        (EVERYTHING, ["cuda", "directml", "cpu"]),
    ],
)
def test_auto_tries_what_is_there_and_ends_with_the_cpu(available: list[str], tried: list[str]) -> None:
    assert [device.family for device in devices_for("auto", available)] == tried


def test_a_build_offers_the_devices_of_its_providers() -> None:
    assert offered([CPU, "AzureExecutionProvider", TENSORRT, CUDA]) == ("cpu", "cuda", "tensorrt")


@pytest.mark.parametrize(
    ("asked", "provider", "as_asked"),
    [
        ("auto", CPU, True),
        ("auto", CUDA, True),
        ("cpu", CPU, True),
        ("cuda:1", CUDA, True),
        ("cuda", CPU, False),
        ("cpu", CUDA, False),
        ("tensorrt", CUDA, False),
        ("directml", DIRECTML, True),
        ("openvino:CPU", OPENVINO, True),
        ("openvino:CPU", CPU, False),
        ("unheard", CPU, False),
    ],
)
def test_what_is_given_is_compared_by_the_provider_and_not_by_how_names_begin(
    asked: str, provider: str, as_asked: bool
) -> None:
    assert given(asked, provider) is as_asked


def test_every_family_is_given_by_its_own_provider_alone() -> None:
    for name, family in FAMILIES.items():
        assert [provider for provider in EVERYTHING if given(name, provider)] == [family.provider]


def test_what_runs_is_told_in_one_line() -> None:
    assert told("cpu", [CPU]) == "CPU (asked for cpu)"
    assert told("cuda:1", [CUDA, CPU], "4 of 90 nodes run on the CPU") == (
        "CUDA, CPU (asked for cuda:1; 4 of 90 nodes run on the CPU)"
    )
