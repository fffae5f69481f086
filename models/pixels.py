"""What the numbers in a model's input mean: whatever says it first, the options, the metadata, the family."""

from collections.abc import Iterator, Mapping

import numpy as np

from models.detector import ModelUnsupported
from models.heads.layout import Head
from models.metadata import colour_in, fit_in, triple_in
from models.options import DetectorOptions
from models.preprocess import Pixels, Triple

WHITE = 255.0


def pixels_to_try(options: DetectorOptions, dtype: type[np.generic]) -> Iterator[Pixels]:
    """What the test card is shown in while nobody knows the family: with a white of 1, then of 255.

    Both conventions are common. Shapes and grids show under either, but a model that suppresses boxes by itself finds
    nothing in a picture that is far too dark, and its answer is empty.
    """
    if dtype == np.uint8:
        maxima = [WHITE]
    else:
        maxima = [options.pixel_max or 1.0, 1.0, WHITE]
    for maximum in dict.fromkeys(maxima):
        yield Pixels(options.colour or "rgb", "stretch", maximum, options.mean, options.std)


def pixels_for(head: Head, metadata: Mapping[str, str], options: DetectorOptions, dtype: type[np.generic]) -> Pixels:
    """What the input means: as the options say, else as the metadata says, else as the family does.

    Raises:
        ModelUnsupported: the options scale pixels that the model takes as they are.
    """
    colour = options.colour or colour_in(metadata) or head.colour
    fit = options.fit or fit_in(metadata) or head.fit
    if dtype == np.uint8:
        if options.mean or options.std or options.pixel_max not in (None, WHITE):
            raise ModelUnsupported("the model takes pixels of 0 to 255 as they are: leave out pixel_max, mean and std")
        return Pixels(colour, fit, WHITE, pad=head.pad)
    maximum = options.pixel_max or head.pixel_max
    # The family's figures are in its own order of colours, and for its own white.
    turn, grow = -1 if colour != head.colour else 1, maximum / head.pixel_max
    return Pixels(
        colour,
        fit,
        maximum,
        mean=options.mean or triple_in(metadata, "mean") or _moved(head.mean, turn, grow),
        std=options.std or triple_in(metadata, "std") or _moved(head.std, turn, grow),
        pad=head.pad,
    )


def _moved(values: Triple | None, turn: int, grow: float) -> Triple | None:
    if values is None:
        return None
    first, second, third = values[::turn]
    return first * grow, second * grow, third * grow
