"""Which classes of a stream are tracked, by id or by the name that a model gives them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.errors import InvalidInput
from app.settings import StreamSettings


class ClassFilter:
    """The classes that a stream keeps.

    Names mean what they mean to the model that saw the frame: while one model takes another's place, or a stream
    changes its model, frames of both are on their way. What a model has no name for it has not found.
    """

    def __init__(self, settings: StreamSettings) -> None:
        self._classes = settings.classes
        self._own_labels = settings.labels
        self._read: tuple[Sequence[str], list[int]] | None = None

    def check(self, model_labels: Sequence[str]) -> None:
        """Pass where every name that is wanted is one of the labels: the stream's own, else the model's.

        Raises:
            InvalidInput: a name that is no label.
        """
        names = set(self._names(model_labels))
        unknown = [c for c in self._classes or () if isinstance(c, str) and c not in names]
        if unknown:
            known = ", ".join(self._names(model_labels)) or "none"
            raise InvalidInput(
                f"unknown class {unknown[0]!r}; known are {known}",
                errors=[{"pointer": "/classes", "detail": f"no label {name!r}"} for name in unknown],
            )

    def rows(self, class_id: NDArray[np.int64], model_labels: Sequence[str]) -> NDArray[np.int64] | None:
        """The rows of `class_id`, (N,), that are kept, in their order; None keeps all."""
        if self._classes is None:
            return None
        if self._read is None or self._read[0] is not model_labels:
            self._read = (model_labels, self._ids(self._classes, model_labels))
        return np.flatnonzero(np.isin(class_id, self._read[1]))

    def _ids(self, classes: Sequence[int | str], model_labels: Sequence[str]) -> list[int]:
        ids: dict[str, int] = {}
        for index, name in enumerate(self._names(model_labels)):
            ids.setdefault(name, index)
        found = (ids.get(c) if isinstance(c, str) else c for c in classes)
        return [class_id for class_id in found if class_id is not None]

    def _names(self, model_labels: Sequence[str]) -> Sequence[str]:
        return self._own_labels if self._own_labels is not None else model_labels
