"""What a model shows of itself when it is run for the first time: at which size, with what pixels, how it answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.detector import DetectionFailed, ModelError, ModelUnsupported, OutOfMemory
from models.geometry import fit_geometry
from models.heads.layout import Array
from models.heads.probe import Answer, Reading, probe
from models.labels import labels_in
from models.options import DetectorOptions
from models.pixels import pixels_for, pixels_to_try
from models.preprocess import InputBuffer, Pixels
from models.runner import Runner
from models.signature import Signature
from models.sizing import SIZE_ADVICE, sizes_to_try
from models.testcard import draw_card


@dataclass(frozen=True, slots=True)
class Trial:
    """How a model is fed and read.

    Attributes:
        input_hw: (height, width) that it runs at.
        pixels: what its input means.
        reading: what its outputs mean.
        batch: images per run, None where any number works.
        outputs: name, type and shape of each output, for people.
        answer: what was read.
    """

    input_hw: tuple[int, int]
    pixels: Pixels
    reading: Reading
    batch: int | None
    outputs: tuple[str, ...]
    answer: Answer


def try_out(
    runner: Runner, signature: Signature, metadata: Mapping[str, str], options: DetectorOptions, name: str
) -> Trial:
    """Runs the model on the test card, at the likeliest size that works.

    Raises:
        OutOfMemory: it takes more than there is.
        ModelUnsupported: it runs at no size, or its outputs or options fit no detector.
        ModelAmbiguous: its outputs can be read in several ways.
    """
    failure: DetectionFailed | None = None
    for input_hw in sizes_to_try(signature, options.input_size, metadata, name):
        try:
            return _Bench(runner, signature, metadata, options, input_hw).trial()
        except OutOfMemory:
            # Where this goes on with less, an inspection under a limit would not see what a load without one does.
            raise
        except DetectionFailed as error:
            failure = failure or error
    raise ModelUnsupported(f"{failure}{'' if signature.input_hw else f'; {SIZE_ADVICE}'}") from failure


class _Bench:
    """Runs of one model at one size."""

    def __init__(
        self,
        runner: Runner,
        signature: Signature,
        metadata: Mapping[str, str],
        options: DetectorOptions,
        input_hw: tuple[int, int],
    ) -> None:
        self._runner = runner
        self._signature = signature
        self._metadata = metadata
        self._options = options
        self._input_hw = input_hw
        self._card = draw_card(input_hw)

    def trial(self) -> Trial:
        reading, tried, answer = self._read()
        pixels = pixels_for(reading.head, self._metadata, self._options, self._signature.dtype)
        if (pixels.maximum, pixels.mean) != (tried.maximum, tried.mean):
            answer = self._answer(pixels)
            reading = self._read_again(answer, reading)
        outputs = tuple(
            f"{name} {array.dtype} {list(array.shape)}" for name, array in zip(answer.names, answer.arrays, strict=True)
        )
        return Trial(self._input_hw, pixels, reading, self._batch(reading, pixels, answer.arrays), outputs, answer)

    def _read(self) -> tuple[Reading, Pixels, Answer]:
        """The reading of the first answer that has one and is not empty, else of the first that has one."""
        found: list[tuple[Reading, Pixels, Answer]] = []
        errors: list[ModelError] = []
        for pixels in pixels_to_try(self._options, self._signature.dtype):
            answer = self._answer(pixels)
            try:
                found.append((probe(answer, self._options.head, self._options.boxes), pixels, answer))
            except ModelError as error:
                errors.append(error)
                continue
            if all(array.size for array in answer.arrays):
                return found[-1]
        if found:
            return found[0]
        raise errors[0]

    def _read_again(self, answer: Answer, reading: Reading) -> Reading:
        """The reading of what the model writes for pixels as it knows them: units and scores show better there."""
        try:
            again = probe(answer, self._options.head, self._options.boxes)
        except ModelError:
            return reading
        return again if again.head is reading.head else reading

    def _answer(self, pixels: Pixels) -> Answer:
        labels = self._options.labels or labels_in(self._metadata)
        return Answer(
            self._signature.outputs,
            self._run(pixels, self._signature.batch or 1),
            self._input_hw,
            self._metadata,
            classes=len(labels) if labels else None,
            sized=any(extra.meaning != "mask" for extra in self._signature.extras),
            dtype=np.dtype(self._signature.dtype).name,
            masked=any(extra.meaning == "mask" for extra in self._signature.extras),
        )

    def _run(self, pixels: Pixels, count: int) -> Sequence[Array]:
        return self._runner(card_input(self._card, count, pixels, self._signature))

    def _batch(self, reading: Reading, pixels: Pixels, one: Sequence[Array]) -> int | None:
        """Images per run that really work: some exports with a free batch axis take only one."""
        declared = self._signature.batch
        if declared is not None:
            return reading.batch_limit(declared, declared)
        try:
            two = self._run(pixels, 2)
        except OutOfMemory:
            raise
        except DetectionFailed:
            return reading.batch_limit(1, None)
        # Outputs that nobody reads may be of any shape, or a number that is the same for all images.
        pairs = [(one[index], two[index]) for index in reading.order]
        by_image = all(b.ndim > 0 and a.shape[1:] == b.shape[1:] and len(b) == 2 for a, b in pairs)
        return reading.batch_limit(None if by_image else 1, None)


def card_input(card: NDArray[np.uint8], count: int, pixels: Pixels, signature: Signature) -> NDArray[np.generic]:
    """The input with the test card in each of `count` slots."""
    input_hw = card.shape[0], card.shape[1]
    buffer = InputBuffer(count, input_hw, pixels, signature.dtype, signature.layout)
    geometry = fit_geometry("stretch", input_hw[::-1], input_hw)
    for slot in range(count):
        buffer.write(slot, card, geometry)
    return buffer.array
