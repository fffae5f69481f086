"""From the content of a file to a session that runs, fed in the way that suits its device."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import onnxruntime as ort

from models.batches import SIZES
from models.detector import DetectionFailed, DeviceUnavailable, ModelAmbiguous, ModelBroken, ModelUnsupported
from models.front import can_have_front, with_front
from models.growth import grows
from models.options import DetectorOptions
from models.preprocess import Pixels
from models.providers import CUDA, DIRECTML, TENSORRT, devices_for
from models.resizing import resized
from models.runner import Runner
from models.session import OpenedSession, open_session
from models.signature import Signature, signature_of
from models.sizing import other_size, refusal
from models.testcard import draw_card
from models.trial import Trial, card_input, try_out
from models.zero_axes import has_zero_axes, without_zero_axes

ACROSS_A_BUS = (CUDA, TENSORRT, DIRECTML)
"""Providers to which every byte of the input is copied first."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A model that ran.

    Attributes:
        session: where it runs.
        runner: runs it.
        fed: the signature of what is run: the model's own, or that of the nodes in front of it.
        written: what is to be written into the input of `fed`.
        own: the model's own signature.
        trial: what it showed of itself.
        metadata: the model's.
        content: the model without nodes in front of it: the file, or what was made of it to run.
        declared_hw: (height, width) that the file fixes, None where it leaves one of them free.
    """

    session: OpenedSession
    runner: Runner
    fed: Signature
    written: Pixels
    own: Signature
    trial: Trial
    metadata: Mapping[str, str]
    content: bytes
    declared_hw: tuple[int, int] | None


def open_model(content: bytes, name: str, device: str, options: DetectorOptions, front: bool | None = None) -> Opened:
    """Opens a model and runs it on the test card.

    Args:
        content: an ONNX file.
        name: for messages.
        device: as in `load_detector`.
        options: what the model does not say itself.
        front: whether the pixels are converted by nodes in front of the model; None: where they cross a bus.

    Raises:
        ModelError: the model or the device does not do, with the reason.
    """
    across = any(one.provider in ACROSS_A_BUS for one in devices_for(device, ort.get_available_providers()))
    if not (across if front is None else front):
        return _open_plain(content, name, device, options)
    try:
        # What a model is like shows on the CPU as well, and then the device prepares itself once, for the final graph.
        plain = _open_plain(content, name, "cpu", options)
    except ModelBroken:
        # Some graphs hold operators that only the device has.
        return _open_plain(content, name, device, options)
    try:
        opened = _open_with_front(plain, name, device, options)
        opened = opened or replace(_open_plain(plain.content, name, device, options), declared_hw=plain.declared_hw)
        reached = opened.session.device.provider in ACROSS_A_BUS
        if reached:
            _warm_up(opened)
    except (DetectionFailed, ModelUnsupported) as error:
        # On the CPU it ran. Drivers and GPUs that do not suit each other often show only now.
        if device != "auto":
            raise DeviceUnavailable(f"device {device!r}: {error}") from error
        return replace(plain, session=replace(plain.session, note=f"the better device failed: {error}"))
    return opened if reached or front else replace(plain, session=replace(plain.session, note=opened.session.note))


def _open_plain(content: bytes, name: str, device: str, options: DetectorOptions) -> Opened:
    opened = open_session(content, name, device, options)
    if has_zero_axes(opened.session):
        return _open_plain(without_zero_axes(content), name, device, options)
    signature = signature_of(opened.session)
    metadata = opened.session.get_modelmeta().custom_metadata_map
    runner = Runner(opened.calls, signature)
    other = other_size(signature, options.input_size, metadata)
    if other is not None:
        trial = try_out(runner, signature, metadata, replace(options, input_size=None), name)
        del opened, runner  # two sessions take the memory of two
        return _open_resized(content, signature, trial, other, name, device, options)
    trial = try_out(runner, signature, metadata, options, name)
    return Opened(opened, runner, signature, trial.pixels, signature, trial, metadata, content, signature.input_hw)


def _open_resized(
    content: bytes,
    own: Signature,
    before: Trial,
    input_hw: tuple[int, int],
    name: str,
    device: str,
    options: DetectorOptions,
) -> Opened:
    """The model at another size than the one that its file fixes, where it answers there as it does at its own.

    Raises:
        ModelUnsupported: it does not, or what it writes does not show it.
    """
    head = before.reading.head
    if not before.reading.overlapping:
        # Without a row per cell, constants of the old size inside the graph could go unnoticed.
        why = f"finished boxes ({head.name}) do not show whether another size suits the model"
        raise ModelUnsupported(refusal(own, input_hw, name, why))
    rows, columns = before.input_hw
    inside = refusal(own, input_hw, name, f"this export holds its grids for {rows} x {columns} inside")
    try:
        at_size = _open_plain(resized(content, own, input_hw), name, device, replace(options, input_size=input_hw))
    except (ModelBroken, ModelUnsupported, ModelAmbiguous) as error:
        raise ModelUnsupported(inside) from error
    after = at_size.trial
    if after.reading.head is not head or not grows(before.answer, after.answer, after.reading):
        raise ModelUnsupported(inside)
    return replace(at_size, declared_hw=own.input_hw)


def _open_with_front(plain: Opened, name: str, device: str, options: DetectorOptions) -> Opened | None:
    """The same model with the pixels converted on the device; None where that cannot be done or would not help."""
    if not can_have_front(plain.own):
        return None
    glued = with_front(plain.content, plain.own, plain.trial.pixels)
    if glued is None:
        return None
    sized = options if plain.own.input_hw else replace(options, input_size=plain.trial.input_hw)
    opened = open_session(glued, name, device, sized)
    fed = signature_of(opened.session)
    written = Pixels("bgr", plain.trial.pixels.fit, 255, pad=plain.trial.pixels.pad)
    runner = Runner(opened.calls, fed)
    runner(card_input(draw_card(plain.trial.input_hw), plain.trial.batch or 1, written, fed))
    return replace(plain, session=opened, runner=runner, fed=fed, written=written)


def _warm_up(opened: Opened) -> None:
    """Runs every batch once: for each, the device picks its algorithms, and frames would wait for that later."""
    card = draw_card(opened.trial.input_hw)
    for size in SIZES if opened.trial.batch is None else (opened.trial.batch,):
        opened.runner(card_input(card, size, opened.written, opened.fed))
