"""The models of one process by name."""

import re
from collections.abc import Iterator

from app.engine.loaded import Loaded
from app.errors import InvalidInput
from app.settings import ModelSettings, Settings
from models import Detector


class Fleet:
    """Owns the models that serve. One of them, the default, serves every stream that asks for none."""

    def __init__(self, default: Loaded) -> None:
        self.default = default.name
        self._serving = {default.name: default}

    def __iter__(self) -> Iterator[Loaded]:
        """The models that serve, the default first."""
        return iter(list(self._serving.values()))

    def __contains__(self, name: object) -> bool:
        return name in self._serving

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

    def start(self) -> None:
        """Begin to take images; needs a running loop."""
        for loaded in self:
            loaded.batcher.start()

    async def close(self) -> None:
        """Free every model. Idempotent."""
        for loaded in self:
            await loaded.retire(0.0)


def default_model(detector: Detector, service: Settings) -> Loaded:
    """The model that serves every stream that asks for none, called as it was loaded, by a path's last part."""
    name = re.sub(r"[^A-Za-z0-9._-]", "-", re.split(r"[/\\]", detector.info.name)[-1])[-64:] or "default"
    spec = ModelSettings(source=service.model, device=service.device, inference=service.inference)
    return Loaded(name, detector, spec, service)
