"""Class scores and distance distributions of grids: NanoDet and PicoDet, in one table, two, or two per grid."""

from collections.abc import Iterator

from models.heads.grid import strides_for
from models.heads.layout import Array
from models.heads.matching.answer import Answer, Match
from models.heads.matching.values import are_probabilities
from models.heads.nanodet import REG_BINS


def nanodet_table(answer: Answer, index: int, table: Array) -> Iterator[Match]:
    """[B, N, classes + 32]: class scores, then distributions."""
    a, b = table.shape[1:]
    strides = strides_for(a, answer.input_hw)
    if b <= REG_BINS[0] or strides is None:
        return
    likely = is_nanodet(answer, table)
    classes = b - REG_BINS[0]
    why = f"{a} rows of {classes} scores and {REG_BINS[0]} bins, strides {', '.join(map(str, strides))}"
    yield Match("nanodet_plus", (index,), why, likely and 64 in strides, classes)
    yield Match("nanodet", (index,), why, likely and 64 not in strides, classes)


def is_nanodet(answer: Answer, table: Array) -> bool:
    """Whether the last 32 columns are logits and all before them probabilities."""
    if table.shape[2] <= REG_BINS[0] or strides_for(table.shape[1], answer.input_hw) is None:
        return False
    bins = REG_BINS[0]
    return are_probabilities(table[:, :, :-bins]) and not are_probabilities(table[:, :, -bins:])


def match_grids(answer: Answer) -> Iterator[Match]:
    """[B, N, classes] and [B, N, 32] for each grid, or one pair for all: NanoDet and PicoDet."""
    pairs = _grid_pairs(answer)
    if pairs is None:
        return
    rows = sum(answer.arrays[score].shape[1] for score, _ in pairs)
    strides = strides_for(rows, answer.input_hw)
    if strides is None or (len(pairs) > 1 and len(strides) != len(pairs)):
        return
    order = (*(score for score, _ in pairs), *(bins for _, bins in pairs))
    classes = answer.arrays[pairs[0][0]].shape[2]
    why = f"{len(pairs)} pairs of {classes} scores and of distances, strides {', '.join(map(str, strides))}"
    sure = all(are_probabilities(answer.arrays[score]) for score, _ in pairs)
    single = len(pairs) == 1
    yield Match("nanodet", order, why, sure and 64 not in strides, classes)
    yield Match("picodet", order, why, sure and 64 in strides and not single, classes)
    yield Match("nanodet_plus", order, why, sure and 64 in strides and single, classes)


def _grid_pairs(answer: Answer) -> list[tuple[int, int]] | None:
    """(scores, distances) of each grid, finest first; None where the outputs are something else."""
    by_rows: dict[int, list[int]] = {}
    for index in answer.with_axes(3):
        by_rows.setdefault(answer.arrays[index].shape[1], []).append(index)
    if not by_rows or len(answer.with_axes(3)) != len(answer.arrays) or any(len(two) != 2 for two in by_rows.values()):
        return None
    pairs = []
    for _, two in sorted(by_rows.items(), reverse=True):
        bins = [index for index in two if answer.arrays[index].shape[2] in REG_BINS]
        if len(bins) == 2:
            bins = [index for index in bins if not are_probabilities(answer.arrays[index])]
        if len(bins) != 1:
            return None
        pairs.append((next(index for index in two if index != bins[0]), bins[0]))
    widths = {(answer.arrays[score].shape[2], answer.arrays[bins].shape[2]) for score, bins in pairs}
    return pairs if len(widths) == 1 else None
