"""Devices by name, and the execution providers of onnxruntime that stand behind them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from models.detector import DeviceUnavailable

CPU = "CPUExecutionProvider"
CUDA = "CUDAExecutionProvider"
TENSORRT = "TensorrtExecutionProvider"
OPENVINO = "OpenVINOExecutionProvider"
COREML = "CoreMLExecutionProvider"
DIRECTML = "DmlExecutionProvider"


@dataclass(frozen=True, slots=True)
class Family:
    """Devices of one kind.

    Attributes:
        provider: the execution provider, by onnxruntime's name.
        package: what to install where onnxruntime does not offer it.
        unit: pattern of what may follow the colon in a device's name; empty: nothing.
        first: the unit that is meant where none is said.
    """

    provider: str
    package: str
    unit: str = ""
    first: str = ""


FAMILIES = {
    "cpu": Family(CPU, "onnxruntime"),
    "cuda": Family(CUDA, "onnxruntime-gpu", r"\d{1,3}", "0"),
    "tensorrt": Family(TENSORRT, "onnxruntime-gpu and the libraries of TensorRT", r"\d{1,3}", "0"),
    "openvino": Family(OPENVINO, "onnxruntime-openvino", "CPU|GPU|NPU|AUTO", "CPU"),
    "coreml": Family(COREML, "onnxruntime on macOS"),
    "directml": Family(DIRECTML, "onnxruntime-directml on Windows", r"\d{1,3}", "0"),
}

BY_ITSELF = ("cuda", "directml", "cpu")
"""What `auto` tries, in this order. Not TensorRT, which builds engines for minutes; not CoreML and OpenVINO, whose
results differ from the CPU's more than rounding does, and which are not always the faster way."""

OPENVINO_BY_ITSELF = ("AUTO:GPU,NPU,CPU", "AUTO:GPU,CPU", "AUTO:NPU,CPU", "AUTO:CPU")
"""What openvino:AUTO tries, in this order: a list with a device that is not there is refused, and AUTO without a list
is accepted and runs nothing."""

CHOICES = "auto, cpu, cuda[:N], tensorrt[:N], openvino[:CPU|GPU|NPU|AUTO], coreml, directml[:N]"

DEVICE_PATTERN = (
    f"^(auto|{'|'.join(name + (f'(:({family.unit}))?' if family.unit else '') for name, family in FAMILIES.items())})$"
)
"""What the name of a device matches."""


@dataclass(frozen=True, slots=True)
class Device:
    """One device: its family's name, and which of the family, as in cuda:1; empty where there is only one."""

    family: str
    unit: str = ""

    @property
    def provider(self) -> str:
        """The execution provider that has to answer for it."""
        return FAMILIES[self.family].provider


def devices_for(asked: str, available: Sequence[str]) -> tuple[Device, ...]:
    """The devices to try, in order.

    Args:
        asked: a device's name or `auto`.
        available: the providers that this build of onnxruntime has.

    Raises:
        DeviceUnavailable: there is no device of this name, or this build has no provider for it.
    """
    if asked == "auto":
        found = (name for name in BY_ITSELF if name == "cpu" or FAMILIES[name].provider in available)
        return tuple(Device(name, FAMILIES[name].first) for name in found)
    if asked == "openvino:AUTO" and OPENVINO in available:
        return tuple(Device("openvino", unit) for unit in OPENVINO_BY_ITSELF)
    name, colon, unit = asked.partition(":")
    family = FAMILIES.get(name)
    if family is None or (colon and not (family.unit and re.fullmatch(family.unit, unit))):
        raise DeviceUnavailable(f"unknown device {asked!r}: choose {CHOICES}")
    if family.provider not in available:
        raise DeviceUnavailable(
            f"device {asked!r} needs {family.package}; this onnxruntime offers {', '.join(offered(available))}"
        )
    return (Device(name, unit or family.first),)


def offered(available: Sequence[str]) -> tuple[str, ...]:
    """Every device, by name, that a build of onnxruntime with these providers has; whether it opens is not said."""
    return tuple(name for name, family in FAMILIES.items() if family.provider in available)


def given(asked: str, provider: str) -> bool:
    """Whether the provider that answers first is the one that was asked for. `auto` is content with any."""
    family = FAMILIES.get(asked.partition(":")[0])
    return asked == "auto" or (family is not None and family.provider == provider)


def short(provider: str) -> str:
    """A provider's name as people say it: CUDA for CUDAExecutionProvider."""
    return {TENSORRT: "TensorRT", DIRECTML: "DirectML"}.get(provider, provider.removesuffix("ExecutionProvider"))


def told(asked: str, providers: Sequence[str], note: str = "") -> str:
    """One line on where a model runs: what answers, in order, what was asked for, and why it is not something else."""
    names = ", ".join(short(provider) for provider in providers)
    return f"{names} ({'; '.join([f'asked for {asked}', *filter(None, [note])])})"
