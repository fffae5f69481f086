"""How large an input a model is run at."""

from collections.abc import Mapping, Sequence

from models.detector import ModelUnsupported
from models.metadata import size_in, stride_in
from models.signature import Signature

USUAL_SIDES = (640, 416, 320, 512, 800, 1024)
"""For a model that is free in height or width and says nothing: what exports use, the usual one first."""

SIZE_ADVICE = "set input_size (--inference input_size=HEIGHT,WIDTH) to a size that the model was exported for"


def other_size(
    signature: Signature, wanted: tuple[int, int] | None, metadata: Mapping[str, str]
) -> tuple[int, int] | None:
    """The (height, width) to rewrite a model for whose both sides are fixed, and not to what is wanted; else None.

    Rounded up like the size of a free model.
    """
    if wanted is None or signature.input_hw is None or _suits(signature, wanted, metadata):
        return None
    stride = stride_in(metadata) or 32
    rows, columns = (
        side if side == of else _up(side, stride) for side, of in zip(wanted, signature.input_hw, strict=True)
    )
    return rows, columns


def sizes_to_try(
    signature: Signature, wanted: tuple[int, int] | None, metadata: Mapping[str, str], name: str
) -> Sequence[tuple[int, int]]:
    """(height, width) to run at: only one where somebody says it, else the usual ones, the likeliest first.

    A free side is rounded up to a multiple of the model's stride, 32 where it names none: on another size the grids
    of most detectors do not fit together.

    Raises:
        ModelUnsupported: `wanted` is not what a side of the model is fixed to.
    """
    if wanted is not None and not _suits(signature, wanted, metadata):
        raise ModelUnsupported(refusal(signature, wanted, name))
    if signature.input_hw is not None:
        return [signature.input_hw]
    said = wanted or size_in(metadata)
    stride = stride_in(metadata) or 32
    free = [said] if said else [(side, side) for side in USUAL_SIDES]
    sizes = [(signature.height or _up(height, stride), signature.width or _up(width, stride)) for height, width in free]
    return list(dict.fromkeys(sizes))


def refusal(signature: Signature, wanted: tuple[int, int], name: str, why: str = "") -> str:
    """Why a model that is fixed to one size is not run at another, and what to do, for people."""
    fixed = ", ".join(str(side or "any") for side in (signature.height, signature.width))
    rows, columns = wanted
    return (
        f"{name} has a fixed input of ({fixed}), not {wanted}: {f'{why}; ' if why else ''}"
        f"leave input_size out, or export it for {rows} x {columns}"
    )


def _suits(signature: Signature, wanted: tuple[int, int], metadata: Mapping[str, str]) -> bool:
    """Whether every side is free, or fixed to what is wanted before or after it is rounded up."""
    stride = stride_in(metadata) or 32
    fixed = signature.height, signature.width
    return all(of in (None, side, _up(side, stride)) for side, of in zip(wanted, fixed, strict=True))


def _up(side: int, stride: int) -> int:
    return -(-side // stride) * stride
