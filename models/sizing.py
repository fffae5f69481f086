"""How large an input a model is run at."""

from collections.abc import Mapping, Sequence

from models.detector import ModelUnsupported
from models.metadata import size_in, stride_in
from models.signature import Signature

USUAL_SIDES = (640, 416, 320, 512, 800, 1024)
"""For a model that is free in height or width and says nothing: what exports use, the usual one first."""

SIZE_ADVICE = "set input_size (--inference input_size=HEIGHT,WIDTH) to a size that the model was exported for"


def sizes_to_try(
    signature: Signature, wanted: tuple[int, int] | None, metadata: Mapping[str, str], name: str
) -> Sequence[tuple[int, int]]:
    """(height, width) to run at: only one where somebody says it, else the usual ones, the likeliest first.

    A free side is rounded up to a multiple of the model's stride, 32 where it names none: on another size the grids
    of most detectors do not fit together.

    Raises:
        ModelUnsupported: `wanted` is not what the model is fixed to.
    """
    fixed = signature.height, signature.width
    if wanted is not None and any(f not in (None, w) for f, w in zip(fixed, wanted, strict=True)):
        sides = ", ".join(str(side or "any") for side in fixed)
        raise ModelUnsupported(f"{name} has a fixed input of ({sides}), not {wanted}")
    if signature.input_hw is not None:
        return [signature.input_hw]
    said = wanted or size_in(metadata)
    stride = stride_in(metadata) or 32
    free = [said] if said else [(side, side) for side in USUAL_SIDES]
    sizes = [(signature.height or _up(height, stride), signature.width or _up(width, stride)) for height, width in free]
    return list(dict.fromkeys(sizes))


def _up(side: int, stride: int) -> int:
    return -(-side // stride) * stride
