"""Which cells answer for which object.

Task-aligned assignment after C. Feng, Y. Zhong, Y. Gao, M. Scott, W. Huang: TOOD: Task-aligned One-stage Object
Detection, ICCV 2021, section 3.2.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

CANDIDATES = 9
SCORE_POWER = 0.5
OVERLAP_POWER = 4.0


@dataclass(frozen=True, slots=True)
class Assignment:
    """For N cells of one picture: the object each answers for (-1: none), its target score, and cells left out."""

    row: Tensor
    target: Tensor
    ignored: Tensor


def overlap(one: Tensor, other: Tensor) -> Tensor:
    """IoU (K, N) of boxes (K, 4) and (N, 4), corners in pixels."""
    low = torch.maximum(one[:, None, :2], other[None, :, :2])
    high = torch.minimum(one[:, None, 2:], other[None, :, 2:])
    shared = (high - low).clamp(min=0).prod(2)
    areas = (one[:, 2:] - one[:, :2]).prod(1)[:, None] + (other[:, 2:] - other[:, :2]).prod(1)[None]
    return shared / (areas - shared).clamp(min=1e-6)


@torch.no_grad()
def assign(
    truth: Tensor, class_id: Tensor, ignore: Tensor, boxes: Tensor, scores: Tensor, centres: Tensor
) -> Assignment:
    """Gives objects (K, 4) the cells inside that predict them best; predictions are boxes (N, 4), scores (N, C)."""
    count = len(boxes)
    nobody = Assignment(torch.full((count,), -1), torch.zeros(count), torch.zeros(count, dtype=torch.bool))
    if not len(truth):
        return nobody
    x, y = centres
    inside = (x > truth[:, :1]) & (x < truth[:, 2:3]) & (y > truth[:, 1:2]) & (y < truth[:, 3:4])
    ious = overlap(truth, boxes) * inside
    fit = scores[:, class_id].T ** SCORE_POWER * ious**OVERLAP_POWER + 1e-9 * inside
    best = fit.topk(CANDIDATES, dim=1)
    chosen = torch.zeros_like(inside).scatter_(1, best.indices, best.values > 0)
    rivals = torch.where(chosen, ious, -torch.ones(()))
    row = torch.where(chosen.any(0), rivals.argmax(0), -1)
    own = chosen & (row[None] == torch.arange(len(truth))[:, None])
    peak = (fit * own).amax(1, keepdim=True).clamp(min=1e-9)
    target = (fit * own / peak * (ious * own).amax(1, keepdim=True)).amax(0)
    excused = ignore[row.clamp(min=0)] & (row >= 0)
    ignored = excused | ((row < 0) & (inside & ignore[:, None]).any(0))
    return Assignment(torch.where(excused, -1, row), torch.where(excused, 0.0, target), ignored)
