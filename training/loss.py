"""What the network is taught: scores that equal the overlap, and boxes that overlap.

Scores after H. Zhang, Y. Wang, F. Dayoub, N. Sünderhauf: VarifocalNet, CVPR 2021, section 3.2, but background loses its
weight only in proportion to its score. Boxes after H. Rezatofighi et al.: Generalized Intersection over Union, CVPR
2019.
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from training.assignment import assign
from training.network import edges

BOX_WEIGHT = 5.0
Target = tuple[Tensor, Tensor, Tensor]
"""Boxes (K, 4), classes (K,) and which to ignore (K,) of one picture."""


def loss(output: tuple[Tensor, Tensor, Tensor], targets: Sequence[Target]) -> tuple[Tensor, Tensor]:
    """Score loss and box loss of a batch, each per object."""
    raw, centres, strides = output
    boxes, logits = edges(raw, centres, strides).transpose(1, 2), raw[:, 4:].transpose(1, 2)
    scores = logits.detach().sigmoid()
    wanted, weight = torch.zeros_like(logits), torch.ones_like(logits[:, :, 0])
    total, box = torch.zeros(()), torch.zeros(())
    for i, (truth, class_id, ignore) in enumerate(targets):
        found = assign(truth, class_id, ignore, boxes[i].detach(), scores[i], centres)
        mine = found.row >= 0
        rows = found.row[mine]
        wanted[i, mine, class_id[rows]] = found.target[mine]
        weight[i, found.ignored] = 0.0
        total = total + found.target.sum()
        if len(rows):
            box = box + ((1 - generalised(boxes[i, mine], truth[rows])) * found.target[mine]).sum()
    total = total.clamp(min=1.0)
    care = torch.where(wanted > 0, 0.25 + wanted, (scores - wanted).abs())
    score = functional.binary_cross_entropy_with_logits(logits, wanted, care, reduction="none")
    return (score * weight[:, :, None]).sum() / total, BOX_WEIGHT * box / total


def generalised(one: Tensor, other: Tensor) -> Tensor:
    """Generalised IoU (M,) of pairs of boxes (M, 4)."""
    shared = (torch.minimum(one[:, 2:], other[:, 2:]) - torch.maximum(one[:, :2], other[:, :2])).clamp(min=0).prod(1)
    hull = (torch.maximum(one[:, 2:], other[:, 2:]) - torch.minimum(one[:, :2], other[:, :2])).prod(1).clamp(min=1e-6)
    union = ((one[:, 2:] - one[:, :2]).prod(1) + (other[:, 2:] - other[:, :2]).prod(1) - shared).clamp(min=1e-6)
    return shared / union - (hull - union) / hull
