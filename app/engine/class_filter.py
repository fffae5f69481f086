"""What a stream's settings say of detections, in the class ids of the model that found them."""

from collections.abc import Iterator, Sequence

from app.errors import InvalidInput
from app.rules import Rules, scores_by_id
from app.settings import StreamSettings


class ClassFilter:
    """The classes that a stream keeps, the scores that they need, and the region that matters.

    Names mean what they mean to the model that saw the frame: while one model takes another's place, or a stream
    changes its model, frames of both are on their way. What a model has no name for it has not found.
    """

    def __init__(self, settings: StreamSettings) -> None:
        self._classes = settings.classes
        self._scores = settings.detection.scores
        self._region = settings.detection.area()
        self._counting = settings.counting
        self._own_labels = settings.labels
        self._read: tuple[Sequence[str], Rules] | None = None

    def check(self, model_labels: Sequence[str]) -> None:
        """Pass where every name that is wanted is one of the labels: the stream's own, else the model's.

        Raises:
            InvalidInput: a name that is no label.
        """
        names = set(self.names(model_labels))
        unknown = [("/classes", c) for c in self._classes or () if isinstance(c, str) and c not in names]
        scored = (c for c in self._scores if c not in names and not c.isdecimal())
        unknown += [(f"/detection/scores/{_escaped(c)}", c) for c in scored]
        unknown += [(f"{at}/classes", c) for at, c in self._counted() if isinstance(c, str) and c not in names]
        if unknown:
            known = ", ".join(self.names(model_labels)) or "none"
            raise InvalidInput(
                f"unknown class {unknown[0][1]!r}; known are {known}",
                errors=[{"pointer": at, "detail": f"no label {name!r}"} for at, name in unknown],
            )

    def _counted(self) -> Iterator[tuple[str, int | str]]:
        """The classes that zones and lines name, with where they stand."""
        for kind, places in (("zones", self._counting.zones), ("lines", self._counting.lines)):
            for name, place in places.items():
                for wanted in place.classes or ():
                    yield f"/counting/{kind}/{name}", wanted

    def rules(self, model_labels: Sequence[str]) -> Rules:
        """What a detection of a model with these labels must be."""
        if self._read is None or self._read[0] is not model_labels:
            self._read = (model_labels, self._rules(model_labels))
        return self._read[1]

    def _rules(self, model_labels: Sequence[str]) -> Rules:
        ids: dict[str, int] = {}
        for index, name in enumerate(self.names(model_labels)):
            ids.setdefault(name, index)
        classes = None
        if self._classes is not None:
            found = (ids.get(c) if isinstance(c, str) else c for c in self._classes)
            classes = frozenset(class_id for class_id in found if class_id is not None)
        return Rules(classes=classes, scores=scores_by_id(self._scores, ids), region=self._region)

    def names(self, model_labels: Sequence[str]) -> Sequence[str]:
        """The class names that are meant: the stream's own, else the model's."""
        return self._own_labels if self._own_labels is not None else model_labels


def _escaped(key: str) -> str:
    """A key as a part of a JSON pointer (RFC 6901, section 3)."""
    return key.replace("~", "~0").replace("/", "~1")
