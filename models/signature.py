"""What a model's graph says about its inputs and outputs."""

from dataclasses import dataclass

import numpy as np
import onnxruntime as ort
from numpy.typing import DTypeLike

from models.detector import ModelUnsupported

DTYPES: tuple[tuple[str, DTypeLike], ...] = (("tensor(float)", np.float32), ("tensor(float16)", np.float16))


@dataclass(frozen=True, slots=True)
class Signature:
    """The inputs a detector is fed through, and the names of its outputs.

    Attributes:
        image: name of the [batch, 3, height, width] input.
        sizes: name of the [batch, 2] int64 input with (width, height) of each image, None without one.
        dtype: of the image input.
        batch: images per run, None where it is free.
        input_hw: (height, width), None where they are free.
        outputs: names, in the graph's order.
    """

    image: str
    sizes: str | None
    dtype: DTypeLike
    batch: int | None
    input_hw: tuple[int, int] | None
    outputs: tuple[str, ...]


def signature_of(session: ort.InferenceSession) -> Signature:
    """The signature of a loaded model.

    Raises:
        ModelUnsupported: its inputs are not one image batch and at most one table of sizes.
    """
    inputs = session.get_inputs()
    images = [i for i in inputs if len(i.shape) == 4]
    sizes = [i for i in inputs if len(i.shape) == 2 and i.type == "tensor(int64)" and i.shape[1] in (2, *_free(i))]
    described = ", ".join(f"{i.name} {i.type} {i.shape}" for i in inputs)
    if len(images) != 1 or len(sizes) > 1 or len(images) + len(sizes) != len(inputs):
        raise ModelUnsupported(f"a detector takes one [batch, 3, height, width] image input, this model: {described}")
    [image] = images
    batch, channels, height, width = (axis if isinstance(axis, int) else None for axis in image.shape)
    dtype = dict(DTYPES).get(image.type)
    if dtype is None or channels not in (3, None):
        raise ModelUnsupported(f"the image input must be float32 or float16 [batch, 3, height, width]: {described}")
    return Signature(
        image=image.name,
        sizes=sizes[0].name if sizes else None,
        dtype=dtype,
        batch=batch,
        input_hw=(height, width) if height and width else None,
        outputs=tuple(output.name for output in session.get_outputs()),
    )


def _free(node: ort.NodeArg) -> tuple[str | None, ...]:
    return tuple(axis for axis in node.shape if not isinstance(axis, int))
