"""Tiny ONNX models with any set of outputs, whose values are known."""

from collections.abc import Mapping

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Axis = int | str
KINDS = {
    np.dtype(np.float32): TensorProto.FLOAT,
    np.dtype(np.float16): TensorProto.FLOAT16,
    np.dtype(np.int64): TensorProto.INT64,
    np.dtype(np.int32): TensorProto.INT32,
    np.dtype(np.uint8): TensorProto.UINT8,
}


def outputs_model(
    outputs: Mapping[str, NDArray[np.generic]],
    *,
    whole: tuple[str, ...] = (),
    batch: Axis = 1,
    size: tuple[Axis, Axis] = (64, 128),
    dtype: type[np.generic] = np.float32,
    nhwc: bool = False,
    sized: bool = False,
    metadata: dict[str, str] | None = None,
) -> bytes:
    """A model that writes these arrays for every image, each with a batch axis in front.

    Args:
        outputs: arrays of one image, by output; the numbers do not depend on the picture.
        whole: outputs that have no batch axis of their own: their arrays are written as they are.
        batch, size: axes of the input; a string makes one free.
        dtype: of the image input.
        nhwc: the channels come last.
        sized: there is an input `orig_target_sizes` as well, which nothing reads.
        metadata: of the model.
    """
    axes = [batch, *size, 3] if nhwc else [batch, 3, *size]
    nodes = [
        helper.make_node("Cast", ["images"], ["numbers"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["numbers"], ["means"], axes=[1, 2, 3], keepdims=0),
        helper.make_node("Mul", ["means", "zero"], ["zeros"]),
        helper.make_node("ReduceMean", ["zeros"], ["nothing"], axes=[0], keepdims=0),
    ]
    constants: dict[str, NDArray[np.generic]] = {"zero": np.zeros(1, np.float32)}
    infos = []
    for name, array in outputs.items():
        inner, kind = f"{name}_values", KINDS[array.dtype]
        own = array if name in whole else array[None]
        constants[inner] = own.astype(np.float32)
        constants[f"{name}_shape"] = np.array([-1] + [1] * array.ndim, np.int64)
        nodes += [
            helper.make_node("Reshape", ["zeros", f"{name}_shape"], [f"{name}_zeros"]),
            helper.make_node("Add", [inner, "nothing" if name in whole else f"{name}_zeros"], [f"{name}_sum"]),
            helper.make_node("Cast", [f"{name}_sum"], [name], to=kind),
        ]
        shape = [f"{name}_{axis}" for axis in range(own.ndim)]
        infos.append(helper.make_tensor_value_info(name, kind, shape))
    inputs = [helper.make_tensor_value_info("images", KINDS[np.dtype(dtype)], axes)]
    if sized:
        inputs.append(helper.make_tensor_value_info("orig_target_sizes", TensorProto.INT64, [batch, 2]))
    initializers = [numpy_helper.from_array(array, name) for name, array in constants.items()]
    graph = helper.make_graph(nodes, "detector", inputs, infos, initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, metadata or {})
    onnx.checker.check_model(model)
    return model.SerializeToString()
