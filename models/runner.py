"""One model run: a batch of inputs in, its outputs out."""

import re
from contextlib import nullcontext
from functools import partial

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from models.calling import Session
from models.detector import Abort, DetectionFailed, OutOfMemory
from models.heads.layout import Array
from models.signature import Signature

FATAL_ONLY = 4
"""Every failed run reaches the caller as an exception; onnxruntime need not print it too."""

NO_MEMORY = re.compile(r"allocate memory|bad.?alloc|out of memory|MemoryError", re.IGNORECASE)
"""How onnxruntime and what it is built on say that an allocation was refused."""


class Runner:
    """Feeds a session. Holds no state of a run, so several threads may call it at once."""

    def __init__(self, session: Session, signature: Signature) -> None:
        """Runs nothing yet."""
        self._session = session
        self._signature = signature

    def __call__(self, batch: NDArray[np.generic], abort: Abort | None = None) -> list[Array]:
        """The outputs for a batch in the layout of the input, in the graph's order.

        Raises:
            OutOfMemory: the run asked for more memory than there is.
            DetectionFailed: onnxruntime raised otherwise, or the run was aborted.
        """
        feed = self._signature.feed(batch)
        quiet = ort.RunOptions()
        quiet.log_severity_level = FATAL_ONLY
        try:
            with abort.ending(partial(setattr, quiet, "terminate", True)) if abort is not None else nullcontext():
                return list(self._session.run(None, feed, quiet))
        # onnxruntime's exceptions have no common base below Exception.
        except Exception as error:
            kind = OutOfMemory if NO_MEMORY.search(str(error)) else DetectionFailed
            raise kind(f"the model failed on {batch.shape}: {' '.join(str(error).split())[:300]}") from error
