"""The picture that a model is shown when it is loaded, to warm it up and to see how it answers."""

import numpy as np
from numpy.typing import DTypeLike, NDArray


def draw_card(batch: int, input_hw: tuple[int, int], dtype: DTypeLike) -> NDArray[np.generic]:
    """(batch, 3, height, width) of smooth waves and edges between 0 and 1: the same for everyone, and never flat.

    A flat picture could make a model answer the same in every cell, and hide how its outputs are laid out.
    """
    rows, columns = input_hw
    y, x = np.mgrid[0:rows, 0:columns]
    waves = [0.5 + 0.25 * np.sin(x / (9 + 7 * channel)) + 0.25 * np.cos(y / (13 + 5 * channel)) for channel in range(3)]
    picture = np.stack(waves)
    picture[:, (x // 64 + y // 64) % 3 == 0] *= 0.3
    return np.repeat(picture[None], batch, axis=0).astype(dtype)
