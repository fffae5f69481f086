"""Who needs which model."""

from collections.abc import Iterable, Mapping, Sequence

from app.engine.class_filter import ClassFilter
from app.engine.session import Session
from app.errors import InvalidInput, ModelInUse
from app.settings import StreamSettings

NEWCOMERS = "(new streams)"
"""Stands for the streams that open with the service's own settings; no stream can have this name."""


class ModelUsers:
    """The open streams, and those that will open with the settings that the service gives them."""

    def __init__(self, sessions: Mapping[str, Session], newcomers: StreamSettings, default: str) -> None:
        self._sessions = sessions
        self._newcomers = newcomers
        self._default = default

    def of(self, model: str) -> list[str]:
        """The open streams that a model sees for."""
        return sorted(name for name, settings in self._open() if self._named(settings) == model)

    def refuse_removal(self, model: str) -> None:
        """Raises ModelInUse when somebody needs the model."""
        if model == self._default:
            raise ModelInUse(f"{model!r} is the default model; put a new version in its place", streams=self.of(model))
        needing = [name for name, settings in self._all() if self._named(settings) == model]
        if needing:
            raise ModelInUse(f"model {model!r} sees for {_few(needing)}; give them another first", streams=needing)

    def refuse_labels(self, model: str, labels: Sequence[str]) -> None:
        """Raises ModelInUse when a version with these class names does not know a class that a stream asks for.

        To go on without that class would be kinder to whoever brings the version, and unkind to the stream: it would
        track nothing and find no fault.
        """
        for name, settings in self._all():
            if self._named(settings) != model:
                continue
            try:
                ClassFilter(settings).check(labels)
            except InvalidInput as error:
                detail = f"stream {name} asks for a class that the new version does not know: {error.detail}"
                raise ModelInUse(detail, streams=[name]) from None

    def _named(self, settings: StreamSettings) -> str:
        return self._default if settings.model is None else settings.model

    def _open(self) -> Iterable[tuple[str, StreamSettings]]:
        return ((name, session.settings) for name, session in self._sessions.items())

    def _all(self) -> Iterable[tuple[str, StreamSettings]]:
        yield from self._open()
        yield NEWCOMERS, self._newcomers


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
