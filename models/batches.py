"""How many images a run takes."""

from collections.abc import Iterator

MOST_PER_RUN = 32
"""Images per run of a model with a free batch: beyond that a run only costs memory."""

SIZES = (1, 2, 4, 8, 16, MOST_PER_RUN)
"""Batches of a device that prepares itself for each new shape, by picking algorithms or growing its memory."""


def padded(count: int) -> int:
    """The smallest of `SIZES` that holds so many images; beyond them the count itself."""
    return next((size for size in SIZES if size >= count), count)


def runs_of(images: int, batch: int | None, fill_up: bool) -> Iterator[tuple[int, int]]:
    """(images, slots) of each run: one of `SIZES` where the batch is free, and always its own number where it is not.

    Args:
        images: how many there are altogether.
        batch: the number of images that the model is fixed to, None where it is free.
        fill_up: whether slots may stay unused. A GPU computes them nearly for free. A CPU takes as long for each as
            for a picture (yolox_nano, one thread: 26.8 ms alone, 27.7 ms in a batch of 5), so there 5 run as 4 and 1.
    """
    left = images
    while left:
        most = min(left, MOST_PER_RUN)
        slots = batch or (padded(most) if fill_up else max(size for size in SIZES if size <= most))
        taken = min(left, slots)
        yield taken, slots
        left -= taken
