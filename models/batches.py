"""How many images a run takes."""

MOST_PER_RUN = 32
"""Images per run of a model with a free batch: beyond that a run only costs memory."""

SIZES = (1, 2, 4, 8, 16, MOST_PER_RUN)
"""Batches of a device that prepares itself for each new shape, by picking algorithms or growing its memory."""


def padded(count: int) -> int:
    """The smallest of `SIZES` that holds so many images; beyond them the count itself."""
    return next((size for size in SIZES if size >= count), count)
