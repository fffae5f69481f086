"""Detector models: what is loaded, and what the catalogue knows."""

from collections.abc import Iterator

from fastapi import APIRouter
from pydantic import BaseModel

from app.api.access import EngineDep
from app.api.descriptions import problems
from app.engine.port import Engine
from app.errors import ModelUnknown
from models import CATALOG, CatalogEntry, ModelInfo, default_cache_dir


class InputSize(BaseModel):
    """Pixels that a model demands."""

    width: int
    height: int


class ModelView(BaseModel):
    """One model. `loaded` ones say where they run, `available` ones can be loaded without a download."""

    name: str
    loaded: bool
    available: bool
    head: str
    input: InputSize | None
    labels: list[str] | None = None
    device: str | None = None
    provider: str | None = None
    batch_limit: int | None = None
    sha256: str | None = None
    size_bytes: int | None = None
    licence: str | None = None
    summary: str | None = None
    url: str | None = None


class ModelPage(BaseModel):
    """The models; there is one page."""

    items: list[ModelView]
    next_cursor: None = None


def router() -> APIRouter:
    """The calls under /v1/models."""
    api = APIRouter(prefix="/v1/models", tags=["models"])
    api.get("", summary="List models")(list_models)
    api.get("/{name:path}", summary="Show a model", responses=problems(404))(get_model)
    return api


async def list_models(engine: EngineDep) -> ModelPage:
    """Loaded models first, then those of the catalogue."""
    return ModelPage(items=list(_views(engine)))


async def get_model(engine: EngineDep, name: str) -> ModelView:
    """One model by its name."""
    for view in _views(engine):
        if view.name == name:
            return view
    raise ModelUnknown(f"no model {name!r}; known are {', '.join(view.name for view in _views(engine))}")


def _views(engine: Engine) -> Iterator[ModelView]:
    loaded = {info.name: info for info in engine.models()}
    for name, info in loaded.items():
        yield _loaded(info, CATALOG.get(name))
    cache_dir = engine.settings.cache_dir or default_cache_dir()
    for name, entry in CATALOG.items():
        if name not in loaded:
            yield _listed(entry, available=entry.path(cache_dir).is_file())


def _loaded(info: ModelInfo, entry: CatalogEntry | None) -> ModelView:
    return ModelView(
        name=info.name,
        loaded=True,
        available=True,
        head=info.head,
        input=_input(info.input),
        labels=list(info.labels),
        device=info.device,
        provider=info.provider,
        batch_limit=info.batch_limit,
        sha256=info.sha256,
        size_bytes=info.size_bytes,
        licence=entry.licence if entry else None,
        summary=entry.summary if entry else None,
        url=entry.url if entry else None,
    )


def _listed(entry: CatalogEntry, *, available: bool) -> ModelView:
    return ModelView(
        name=entry.name,
        loaded=False,
        available=available,
        head=entry.head,
        input=_input(entry.input),
        sha256=entry.sha256,
        size_bytes=entry.size_bytes,
        licence=entry.licence,
        summary=entry.summary,
        url=entry.url,
    )


def _input(size: tuple[int, int] | None) -> InputSize | None:
    return InputSize(height=size[0], width=size[1]) if size else None
