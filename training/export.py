"""Writes the network as ONNX: dynamic batch, height and width, and what a runtime needs to know as metadata."""

import warnings
from pathlib import Path

import onnx
import torch

from app.sources.demo import CLASSES
from training.network import DemoNet, Exported
from training.scenes import INPUT_SIZE

NMS_IOU = 0.5
"""Two boxes of one class that overlap more are one object: the network is small, and gives some objects two boxes."""

STRIDE = 32
"""Height and width must be multiples of this."""


def export(net: DemoNet, path: Path) -> None:
    """Writes the network in evaluation mode, batch normalisation folded into the convolutions."""
    model = Exported(net).eval()
    axes = {"images": {0: "batch", 2: "height", 3: "width"}, "output0": {0: "batch", 2: "cells"}}
    with warnings.catch_warnings():
        # The newer exporter needs a package more; this one serves a graph of plain convolutions.
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(
            model, (torch.zeros(1, 3, *INPUT_SIZE),), str(path), dynamo=False, opset_version=17,
            input_names=["images"], output_names=["output0"], dynamic_axes=axes,
        )  # fmt: skip
    graph = onnx.load(path)
    graph.graph.output[0].type.tensor_type.shape.dim[1].dim_value = 4 + len(CLASSES)
    graph.producer_name, graph.doc_string = "trackd", "The bundled detector of the synthetic demo camera"
    metadata = {
        "names": str(dict(enumerate(CLASSES))), "stride": str(STRIDE), "imgsz": str(list(INPUT_SIZE)), "head": "yolov8",
        "colour": "rgb", "task": "detect", "nms_iou": str(NMS_IOU), "license": "Apache-2.0", "author": "trackd",
    }  # fmt: skip
    onnx.helper.set_model_props(graph, metadata)
    onnx.checker.check_model(graph, full_check=True)
    onnx.save(graph, path)
