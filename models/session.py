"""Opens a model in onnxruntime on the device that was asked for, or says why not."""

import io
import re
from collections.abc import Sequence
from contextlib import redirect_stdout, suppress
from dataclasses import dataclass
from importlib import import_module

import onnxruntime as ort

from models.calling import IntoBuffers, OneAtATime, Session
from models.cores import available_cores
from models.detector import DeviceUnavailable, ModelBroken
from models.graph_cache import GraphCache, graph_key, processor
from models.lighter import lighter
from models.memory import Allocate, ordinary, page_locked
from models.options import DetectorOptions
from models.provider_options import ProviderEntry, entries_for
from models.providers import CPU, CUDA, DIRECTML, TENSORRT, Device, devices_for, offered, short
from models.session_options import session_options

CPU_LIGHTER = f"{CPU}, lighter 2"
"""Part of the key of a kept graph; it changes where `lighter` does."""
FATAL_ONLY = 4
"""onnxruntime's severity 4."""

ON_NVIDIA = (CUDA, TENSORRT)


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A session and where it runs.

    Attributes:
        session: of onnxruntime.
        device: the one that answers.
        providers: the active execution providers, in the order in which they got nodes.
        note: why `auto` did not take a better device, or how much of the model the device leaves to the CPU; or empty.
        threads: intra-op threads of one call on the CPU.
        allocate: makes arrays that the device reads and writes without a detour.
    """

    session: ort.InferenceSession
    device: Device
    providers: tuple[str, ...]
    note: str
    threads: int
    allocate: Allocate

    @property
    def calls(self) -> Session:
        """What calls the session as its device wants it."""
        if self.providers[0] in ON_NVIDIA:
            return IntoBuffers(self.session, self.allocate)
        return OneAtATime(self.session) if self.providers[0] == DIRECTML else self.session


def open_session(
    content: bytes,
    name: str,
    asked: str,
    options: DetectorOptions,
    available: Sequence[str] | None = None,
) -> OpenedSession:
    """The model on the first device that opens it.

    Args:
        content: an ONNX file.
        name: for messages.
        asked: a device's name, or `auto`.
        options: threads, spinning, arena, half precision and the cache.
        available: the providers of this build of onnxruntime; None asks it.

    Raises:
        DeviceUnavailable: the device that was asked for is not there, or does not take this model.
        ModelBroken: onnxruntime refuses the model.
    """
    # It prints a line for each library and device that it does not find, also while another is about to be tried.
    ort.set_default_logger_severity(FATAL_ONLY)
    refusals: list[str] = []
    for device in devices_for(asked, ort.get_available_providers() if available is None else available):
        try:
            session = _open(content, name, device, options)
        except DeviceUnavailable as error:
            refusals.append(str(error))
            continue
        left, nodes = _left_to_cpu(session)
        notes = [*(refusals if asked == "auto" else ()), *([f"{left} of {nodes} nodes run on the CPU"] if left else ())]
        return OpenedSession(
            session,
            device,
            tuple(session.get_providers()),
            "; ".join(notes),
            options.threads or available_cores(),
            page_locked(int(device.unit)) if device.provider in ON_NVIDIA else ordinary,
        )
    # The first is the best of its kind, and `auto` ends with the CPU, which takes every model or raises.
    raise DeviceUnavailable(f"device {asked!r}: {refusals[0]}")


def _open(content: bytes, name: str, device: Device, options: DetectorOptions) -> ort.InferenceSession:
    if device.provider == CPU:
        try:
            return _open_on_cpu(content, options)
        # onnxruntime's exceptions have no common base below Exception.
        except Exception as error:
            raise ModelBroken(f"{name} is no model that onnxruntime can run: {_one_line(error)}") from error
    missing = _preload(device) if device.provider in ON_NVIDIA else ""
    try:
        session = _create(content, session_options(options, device), entries_for(device, content, options))
    except Exception as error:
        # Whose fault it is, the CPU knows: it refuses what is no model, by ModelBroken.
        _open(content, name, Device("cpu"), options)
        raise DeviceUnavailable(f"{short(device.provider)} does not take this model: {_one_line(error)}") from error
    active = session.get_providers()[0]
    if active != device.provider:
        # A provider whose libraries are missing is left out with no more than a line in a log.
        why = missing or "the device or libraries that it needs are not there"
        raise DeviceUnavailable(f"{short(device.provider)} cannot be opened, {short(active)} would answer: {why}")
    left, nodes = _left_to_cpu(session)
    if left == nodes > 0:
        raise DeviceUnavailable(f"{short(device.provider)} runs none of the {nodes} nodes of this model")
    return session


def _open_on_cpu(content: bytes, options: DetectorOptions) -> ort.InferenceSession:
    """Opens the kept graph where there is one, and else keeps what becomes of the model."""
    if options.graph_cache is None:
        return _create(lighter(content), session_options(options), [CPU])
    cache, key = GraphCache(options.graph_cache / "cpu"), graph_key(content, CPU_LIGHTER, processor())
    if (graph := cache.read(key)) is not None:
        settings = session_options(options)
        settings.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
        try:
            return _create(graph, settings, [CPU])
        except Exception:  # noqa: BLE001 - a graph that does not open is as good as none: it is written again
            pass
    content = lighter(content)
    settings = session_options(options)
    try:
        with cache.writing(key) as path:
            settings.optimized_model_filepath = str(path or "")
            return _create(content, settings, [CPU])
    except Exception:  # noqa: BLE001 - a full disk, or a broken model, of which the next line tells
        return _create(content, session_options(options), [CPU])


def _create(content: bytes, settings: ort.SessionOptions, entries: list[ProviderEntry]) -> ort.InferenceSession:
    # Without this onnxruntime tries other providers by itself, and prints so to the standard output.
    return ort.InferenceSession(content, settings, providers=entries, enable_fallback=0)


def offered_devices() -> tuple[str, ...]:
    """Every device, by name, that this build of onnxruntime has; whether it opens is not said."""
    return offered(ort.get_available_providers())


def _left_to_cpu(session: ort.InferenceSession) -> tuple[int, int]:
    """How many nodes another device leaves to the CPU, and of how many; of none where onnxruntime does not tell."""
    if session.get_providers()[0] == CPU or not hasattr(session, "get_provider_graph_assignment_info"):
        return 0, 0
    parts = [(part.ep_name, len(part.get_nodes())) for part in session.get_provider_graph_assignment_info()]
    return sum(count for provider, count in parts if provider == CPU), sum(count for _, count in parts)


def _preload(device: Device) -> str:
    """Loads the CUDA and cuDNN that pip installed, which are on no loader path. Returns what is missing."""
    if device.provider == TENSORRT:
        # What pip installed of TensorRT is loaded by importing it, and then found by its name.
        with suppress(ImportError, OSError):
            import_module("tensorrt_libs")
    if not hasattr(ort, "preload_dlls"):
        return ""
    said = io.StringIO()
    # It prints what it does not find to the standard output, which belongs to whoever runs us.
    with redirect_stdout(said):
        ort.preload_dlls()
    lines = said.getvalue().strip().splitlines()
    return " ".join(lines[0].split())[:200] if lines else ""


def _one_line(error: Exception) -> str:
    # Some begin with the place in onnxruntime's source, and the signature of the function there.
    said = re.sub(r"^/\S+:\d+ [^(]*\([^)]*\) ", "", " ".join(str(error).split()))
    return said[:300]
