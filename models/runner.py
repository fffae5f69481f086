"""One model run: a batch of inputs in, one tuple of outputs per image out."""

from collections.abc import Sequence
from contextlib import nullcontext
from functools import partial

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from models.detector import Abort, DetectionFailed, ModelUnsupported
from models.heads.layout import Array
from models.signature import Signature
from models.testcard import draw_card

FATAL_ONLY = 4
"""Every failed run reaches the caller as an exception; onnxruntime need not print it too."""


class Runner:
    """Feeds a session. Holds no state of a run, so several threads may call it at once."""

    def __init__(self, session: ort.InferenceSession, signature: Signature, input_hw: tuple[int, int]) -> None:
        """Runs nothing yet; `try_out` does."""
        self._session = session
        self._signature = signature
        self._input_hw = input_hw

    def __call__(self, batch: NDArray[np.generic], abort: Abort | None = None) -> list[Array]:
        """The outputs for (B, 3, height, width), in the graph's order, batch axis first.

        Raises:
            DetectionFailed: onnxruntime raised, or the run was aborted.
        """
        feed = {self._signature.image: batch}
        if self._signature.sizes is not None:
            rows, columns = self._input_hw
            feed[self._signature.sizes] = np.tile(np.array([[columns, rows]], np.int64), (len(batch), 1))
        quiet = ort.RunOptions()
        quiet.log_severity_level = FATAL_ONLY
        try:
            with abort.ending(partial(setattr, quiet, "terminate", True)) if abort is not None else nullcontext():
                return list(self._session.run(None, feed, quiet))
        # onnxruntime's exceptions have no common base below Exception.
        except Exception as error:
            raise DetectionFailed(f"the model failed on {batch.shape}: {' '.join(str(error).split())[:300]}") from error

    def try_out(self) -> tuple[Sequence[Array], int | None]:
        """The answer to a test card, and the batch that really works: some exports with a free batch axis take only 1.

        Raises:
            ModelUnsupported: the model cannot run a single card.
        """
        declared = self._signature.batch
        try:
            answer = self(draw_card(declared or 1, self._input_hw, self._signature.dtype))
        except DetectionFailed as error:
            raise ModelUnsupported(str(error)) from error
        if declared is not None:
            return answer, declared
        try:
            two = self(draw_card(2, self._input_hw, self._signature.dtype))
        except DetectionFailed:
            return answer, 1
        same = all(a.shape[1:] == b.shape[1:] and len(b) == 2 for a, b in zip(answer, two, strict=True))
        return answer, None if same else 1
