"""Inputs that a detector takes beside the image: sizes, scales and masks that its own graph computes with.

Each is told that the image is as large as the model's input and was not scaled, so that the boxes come in pixels of
the input, and turning them into pixels of the full image stays with `Geometry`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

Meaning = Literal["width-height", "height-width", "ones", "mask"]

MEANINGS: Mapping[str, Meaning] = MappingProxyType(
    {
        "orig_target_sizes": "width-height",  # RT-DETR, D-FINE, DEIM: tools/deployment/export_onnx.py
        "orig_sizes": "width-height",
        "orig_size": "width-height",
        "target_sizes": "height-width",  # transformers, post_process_object_detection
        "image_shape": "height-width",  # YOLOv3 of the ONNX model zoo
        "im_shape": "height-width",  # PaddleDetection, deploy/EXPORT_MODEL.md: the size after resizing
        "im_size": "height-width",  # its older exports, as the next
        "im_info": "height-width",  # size after resizing, and the scale
        "scale_factor": "ones",  # PaddleDetection: how much the image was resized
        "pixel_mask": "mask",  # DETR of transformers: 1 where there is picture
    }
)
"""What is given to an input of this name."""

DTYPES: Mapping[str, type[np.generic]] = MappingProxyType(
    {
        "tensor(int64)": np.int64,
        "tensor(int32)": np.int32,
        "tensor(float)": np.float32,
        "tensor(float16)": np.float16,
        "tensor(bool)": np.bool_,
        "tensor(uint8)": np.uint8,
    }
)


@dataclass(frozen=True, slots=True)
class Extra:
    """One input beside the image.

    Attributes:
        name: as the graph has it.
        meaning: what it is given.
        dtype: of it.
        columns: of a table; a third one holds a scale, which is 1.
        mask_hw: (height, width) of a mask whose size is fixed, None where it is the image's.
    """

    name: str
    meaning: Meaning
    dtype: type[np.generic]
    columns: int = 2
    mask_hw: tuple[int, int] | None = None

    def value(self, count: int, input_hw: tuple[int, int]) -> NDArray[np.generic]:
        """What it is given for `count` images in an input of (height, width) pixels."""
        rows, columns = input_hw
        if self.meaning == "mask":
            return np.ones((count, *(self.mask_hw or input_hw)), self.dtype)
        table = np.ones((count, self.columns), self.dtype)
        if self.meaning == "width-height":
            table[:, :2] = columns, rows
        elif self.meaning == "height-width":
            table[:, :2] = rows, columns
        return table


def extra_of(node: ort.NodeArg) -> Extra | None:
    """What an input beside the image wants, by its name, else by its shape; None where nobody knows."""
    dtype = DTYPES.get(node.type)
    if dtype is None:
        return None
    axes = [axis if isinstance(axis, int) and axis > 0 else None for axis in node.shape]
    # TensorFlow writes `image_shape:0`, others put a scope in front: `model/image_shape`.
    meaning = MEANINGS.get(re.sub(r".*/|:\d+$", "", node.name).lower())
    if meaning == "mask":
        fixed = (axes[1], axes[2]) if len(axes) == 3 and axes[1] and axes[2] else None
        return Extra(node.name, meaning, dtype, mask_hw=fixed) if len(axes) == 3 else None
    if len(axes) != 2:
        return None
    if meaning is not None:
        return Extra(node.name, meaning, dtype, axes[1] or 2) if axes[1] in (2, 3, None) else None
    # Of a table of integers nobody named, the DETR family's is the only one that was seen.
    return Extra(node.name, "width-height", dtype) if dtype == np.int64 and axes[1] in (2, None) else None
