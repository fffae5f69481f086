"""Goes on from an ONNX file that `training.export` wrote: no other checkpoint has to be kept."""

from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from torch import nn

from training.network import DemoNet


def resume(path: Path) -> DemoNet:
    """The network of a file, its batch normalisation folded for good: a second, gentler course of training needs none.

    Raises:
        ValueError: the file holds another architecture.
    """
    graph = onnx.load(path).graph
    tensors = {tensor.name: torch.from_numpy(numpy_helper.to_array(tensor).copy()) for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type == "Identity" and node.input[0] in tensors:  # equal tensors are written once
            tensors[node.output[0]] = tensors[node.input[0]].clone()
    nodes = [node for node in graph.node if node.op_type == "Conv"]
    net = DemoNet(folded=True)
    layers = _in_running_order(net)
    if len(nodes) != len(layers):
        raise ValueError(f"{path} has {len(nodes)} convolutions, the network has {len(layers)}")
    for node, layer in zip(nodes, layers, strict=True):
        weight, bias = tensors[node.input[1]], tensors[node.input[2]]
        if weight.shape != layer.weight.shape:
            raise ValueError(f"{path}: {node.name} is {tuple(weight.shape)}, the network's {tuple(layer.weight.shape)}")
        layer.weight.data, layer.bias.data = weight, bias  # type: ignore[union-attr] # every layer has a bias here
    return net


def _in_running_order(net: DemoNet) -> list[nn.Conv2d]:
    """The convolutions in the order in which a picture meets them, which is their order in the file."""
    order: list[nn.Conv2d] = []
    layers = [layer for layer in net.modules() if isinstance(layer, nn.Conv2d)]
    hooks = [layer.register_forward_pre_hook(lambda layer, _: order.append(layer)) for layer in layers]
    with torch.no_grad():
        net(torch.zeros(1, 3, 64, 64))
    for hook in hooks:
        hook.remove()
    return order
