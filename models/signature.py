"""What a model's graph says about its inputs and outputs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from models.detector import ModelUnsupported
from models.extras import Extra, extra_of
from models.options import Layout

DTYPES: dict[str, type[np.generic]] = {
    "tensor(float)": np.float32,
    "tensor(float16)": np.float16,
    "tensor(uint8)": np.uint8,
}
WANTED = "a detector takes one image input, [batch, 3, height, width] or [batch, height, width, 3]"


@dataclass(frozen=True, slots=True)
class Signature:
    """The inputs a detector is fed through, and the names of its outputs.

    Attributes:
        image: name of the image input.
        layout: order of its axes.
        dtype: of the image input: float32, float16 or uint8.
        batched: whether it has a batch axis; without one a run takes one image.
        batch: images per run, None where it is free.
        height, width: None where it is free.
        extras: the inputs beside it.
        outputs: names, in the graph's order.
    """

    image: str
    layout: Layout
    dtype: type[np.generic]
    batched: bool
    batch: int | None
    height: int | None
    width: int | None
    extras: tuple[Extra, ...]
    outputs: tuple[str, ...]

    @property
    def input_hw(self) -> tuple[int, int] | None:
        """(height, width) where both are fixed."""
        return (self.height, self.width) if self.height and self.width else None

    def feed(self, batch: NDArray[np.generic]) -> dict[str, NDArray[np.generic]]:
        """What a run is given, for images in the layout of the input with a batch axis in front."""
        rows, columns = batch.shape[2:] if self.layout == "nchw" else batch.shape[1:3]
        input_hw = rows, columns
        extras = {extra.name: extra.value(len(batch), input_hw) for extra in self.extras}
        return {self.image: batch if self.batched else batch[0], **extras}


def signature_of(session: ort.InferenceSession) -> Signature:
    """The signature of a loaded model.

    Raises:
        ModelUnsupported: its inputs are not one image and what is known to go with one.
    """
    inputs = session.get_inputs()
    described = ", ".join(f"{i.name} {i.type} {i.shape}" for i in inputs)
    image = _image_among(inputs, described)
    beside = {node.name: extra_of(node) for node in inputs if node.name != image.name}
    unknown = [name for name, extra in beside.items() if extra is None]
    if unknown:
        raise ModelUnsupported(f"the inputs {', '.join(unknown)} are unknown here; the model takes {described}")
    if image.type not in DTYPES:
        raise ModelUnsupported(f"images are given as float32, float16 or uint8, this model wants another: {described}")
    # An image of unknown rank is taken for the usual kind.
    axes = [axis if isinstance(axis, int) and axis > 0 else None for axis in image.shape or [None] * 4]
    batched = len(axes) == 4
    layout, height, width = _layout(axes[-3:], described)
    return Signature(
        image=image.name,
        layout=layout,
        dtype=DTYPES[image.type],
        batched=batched,
        batch=axes[0] if batched else 1,
        height=height,
        width=width,
        extras=tuple(extra for extra in beside.values() if extra is not None),
        outputs=tuple(output.name for output in session.get_outputs()),
    )


def _image_among(inputs: Sequence[ort.NodeArg], described: str) -> ort.NodeArg:
    """The one input with four axes, else the one with three (of a model without a batch), else the only one."""
    for axes in (4, 3):
        images = [i for i in inputs if len(i.shape) == axes and (axes == 4 or extra_of(i) is None)]
        if len(images) == 1:
            return images[0]
        if images:
            raise ModelUnsupported(f"{WANTED}, this model has {len(images)}: {described}")
    if len(inputs) == 1 and not inputs[0].shape and inputs[0].type in DTYPES:
        return inputs[0]
    raise ModelUnsupported(f"{WANTED}, this model has none: {described}")


def _layout(axes: Sequence[int | None], described: str) -> tuple[Layout, int | None, int | None]:
    """The order of the three axes of an image, its height and its width."""
    first, second, third = axes
    if first == 3 or (first is None and third != 3):
        return "nchw", second, third
    if third in (3, None):
        return "nhwc", first, second
    raise ModelUnsupported(f"{WANTED}, and no other number of channels: {described}")
