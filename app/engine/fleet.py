"""The models of one process by name: loaded, replaced and removed while streams go on."""

from collections.abc import Callable, Iterator, Sequence
from typing import Literal, Protocol

import structlog

from app.engine.errands import Errands
from app.engine.loaded import Loaded
from app.engine.model_files import locate, open_model
from app.engine.views import ModelState
from app.errors import InvalidInput, ModelBusy, ModelUnknown, TooManyModels, TrackdError
from app.inference_settings import ModelSettings
from app.settings import Settings

Outcome = Literal["loaded", "replaced", "unchanged", "failed", "removed"]

LOADS = 2
"""Models that are loaded side by side; others wait for their turn."""

_log = structlog.get_logger(__name__)


class Users(Protocol):
    """Who needs which model."""

    def of(self, model: str) -> list[str]:
        """The open streams that a model sees for."""

    def refuse_removal(self, model: str) -> None:
        """Raises ModelInUse when somebody needs the model."""

    def refuse_labels(self, model: str, labels: Sequence[str]) -> None:
        """Raises ModelInUse when a version with these class names does not do for its streams."""


class Fleet:
    """Owns the models that serve. One of them, the default, serves every stream that asks for none.

    A model is loaded in a thread of its own while the version before it serves. It takes over between two frames:
    those given to the old version end there, and then the old version is freed. All calls come from the event loop.
    """

    def __init__(
        self, serving: Sequence[Loaded], service: Settings, users: Users, on_change: Callable[[Outcome], None]
    ) -> None:
        """`serving` begins with the default model."""
        self.default = serving[0].name
        self._serving = {loaded.name: loaded for loaded in serving}
        self._service = service
        self._users = users
        self._on_change = on_change
        self._loading: dict[str, ModelSettings] = {}
        self._failed: dict[str, tuple[str, str]] = {}  # source and reason
        self._errands = Errands(LOADS, "load")

    def __iter__(self) -> Iterator[Loaded]:
        """The models that serve, the default first."""
        return iter(list(self._serving.values()))

    def __len__(self) -> int:
        """How many models serve."""
        return len(self._serving)

    def __getitem__(self, name: str | None) -> Loaded:
        """The model that serves under a name, the default for None.

        Raises:
            InvalidInput: no model of that name is loaded.
        """
        loaded = self._serving.get(self.default if name is None else name)
        if loaded is None:
            detail = f"no model {name!r} is loaded; loaded are {', '.join(self._serving)}"
            raise InvalidInput(detail, errors=[{"pointer": "/model", "detail": detail}])
        return loaded

    def states(self) -> list[ModelState]:
        """What serves, the default first; then what is loaded for the first time, and what could not be."""
        coming = {name: spec.source for name, spec in self._loading.items() if name not in self._serving}
        failed = {name: why for name, why in self._failed.items() if name not in self._serving | coming}
        return [
            *map(self._state, self),
            *(ModelState(name=name, source=source, state="loading") for name, source in coming.items()),
            *(ModelState(name=name, source=why[0], state="failed", error=why[1]) for name, why in failed.items()),
        ]

    # -- life ------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to take images; needs a running loop."""
        for loaded in self:
            loaded.batcher.start()

    def end(self) -> None:
        """Take no new model; who waits for one is told. Those that serve go on. Idempotent."""
        self._errands.end()

    async def close(self) -> None:
        """Free every model. Idempotent."""
        for loaded in self:
            self._errands.begin(loaded.retire(0.0))
        await self._errands.close()

    # -- changes ---------------------------------------------------------------------------------------------------

    async def put(self, name: str, spec: ModelSettings) -> tuple[ModelState, bool]:
        """Load a model, or a new version of one; True when the name is new. The same again changes nothing.

        Raises:
            InvalidInput, ModelUnknown, ModelRefused: it cannot be loaded; what served before serves on.
            ModelBusy, ModelInUse, TooManyModels, ShuttingDown: it may not be loaded now.
        """
        self._errands.refuse_when_ending()
        self._refuse_when_loading(name)
        made = name not in self._serving
        names, limit = {*self._serving, *self._loading}, self._service.limits.models
        if made and len(names) >= limit:
            raise TooManyModels(f"{len(names)} models are loaded; remove one first", limit=limit)
        self._loading[name] = spec
        loaded = await self._errands.outlast(self._errands.begin(self._change(name, spec)))
        return self._state(loaded), made

    async def remove(self, name: str) -> None:
        """Free a model that no stream needs, or forget one that failed to load.

        Raises:
            ModelUnknown: no model of that name.
            ModelBusy, ModelInUse, ShuttingDown: it may not be removed now.
        """
        self._errands.refuse_when_ending()
        self._refuse_when_loading(name)
        if name in self._serving:
            self._users.refuse_removal(name)
        elif name not in self._failed:
            raise ModelUnknown(f"no model {name!r} is loaded; loaded are {', '.join(self._serving)}")
        self._failed.pop(name, None)
        gone = self._serving.pop(name, None)
        self._note("removed", name)
        if gone is not None:
            await self._errands.outlast(self._errands.begin(self._retire(gone)))

    # -- inside ----------------------------------------------------------------------------------------------------

    async def _change(self, name: str, spec: ModelSettings) -> Loaded:
        try:
            loaded = await self._load(name, spec)
        except Exception as error:
            self._note_failure(name, spec, error)
            raise
        finally:
            del self._loading[name]
        self._failed.pop(name, None)
        return loaded

    async def _load(self, name: str, spec: ModelSettings) -> Loaded:
        file = await self._errands.in_thread(locate, spec.source, self._service)
        mark = await self._errands.in_thread(file.mark)
        old = self._serving.get(name)
        if old is not None and mark is not None and (old.spec, old.mark) == (spec, mark):
            self._note("unchanged", name)
            return old
        detector = await self._errands.in_thread(open_model, file, spec, self._service, self._errands.ended)
        try:
            self._errands.refuse_when_ending()
            self._users.refuse_labels(name, detector.info.labels)
            version = 1 if old is None else old.version + 1
            loaded = Loaded(name, detector, spec, self._service, version=version, mark=mark)
        except BaseException:
            detector.close()
            raise
        self._take_over(loaded, old)
        return loaded

    def _take_over(self, loaded: Loaded, old: Loaded | None) -> None:
        """From here on frames go to the new version; nothing is awaited between the last of one and the first of the
        other."""
        loaded.batcher.start()
        self._serving[loaded.name] = loaded
        if old is not None:
            old.line.disband()
            self._errands.begin(self._retire(old))
        told = {"version": loaded.version, "head": loaded.info.head, "provider": loaded.info.provider}
        self._note("loaded" if old is None else "replaced", loaded.name, source=loaded.spec.source, **told)

    async def _retire(self, loaded: Loaded) -> None:
        await loaded.retire(2 * self._service.limits.detector_s)  # for one call under way and one behind it
        _log.info("model_freed", model=loaded.name, version=loaded.version)

    def _state(self, loaded: Loaded) -> ModelState:
        coming, failed = self._loading.get(loaded.name), self._failed.get(loaded.name)
        return ModelState(
            name=loaded.name,
            source=loaded.spec.source,
            state="ready",
            default=loaded.name == self.default,
            version=loaded.version,
            loaded_at=loaded.loaded_at,
            streams=tuple(self._users.of(loaded.name)),
            info=loaded.info,
            loading=coming.source if coming else None,
            error=failed[1] if failed else None,
        )

    def _refuse_when_loading(self, name: str) -> None:
        if name in self._loading:
            raise ModelBusy(f"model {name!r} is being loaded from {self._loading[name].source!r}", retry_after_s=1)

    def _note_failure(self, name: str, spec: ModelSettings, error: Exception) -> None:
        """Keep the reason, and of all reasons the newest only: names come from strangers."""
        why = error.detail if isinstance(error, TrackdError) else type(error).__name__
        self._failed.pop(name, None)
        self._failed[name] = (spec.source, why)
        for oldest in list(self._failed)[: -self._service.limits.models]:
            del self._failed[oldest]
        self._note("failed", name, source=spec.source, error=why)

    def _note(self, outcome: Outcome, name: str, **more: object) -> None:
        _log.info(f"model_{outcome}", model=name, **more)
        self._on_change(outcome)
