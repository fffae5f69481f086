"""A model as the API shows it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Literal

from pydantic import BaseModel, Field

from app.engine.port import Engine
from app.engine.views import ModelState
from models import CATALOG, CatalogEntry, ModelInfo, default_cache_dir


class InputSize(BaseModel):
    """Pixels that a model demands."""

    width: int
    height: int


class ReadingView(BaseModel):
    """How a model is read: what its input means, and what was found in its outputs."""

    reason: str = Field(description="why this head was taken")
    runs_at: InputSize = Field(description="pixels that pictures are fitted into")
    layout: Literal["nchw", "nhwc"]
    dtype: str
    colour: Literal["bgr", "rgb"]
    fit: Literal["top-left", "centre", "stretch"]
    pixel_max: float = Field(description="value of white, before mean and std")
    mean: list[float] | None
    std: list[float] | None
    boxes: Literal["pixels", "fractions"]
    oriented: bool = Field(description="whether it finds turned boxes")
    suppresses: bool = Field(description="whether it removes overlapping boxes by itself")
    outputs: list[str] = Field(description="name, type and shape of each, as it answered the test card")


class ModelView(BaseModel):
    """One model. `loaded` ones serve and say where they run; `available` ones can be loaded without a download."""

    name: str
    source: str = Field(description="what it is loaded from: a name of the catalogue, or a path")
    loaded: bool
    available: bool
    state: Literal["ready", "loading", "failed", "listed"] = Field(
        description="ready: it serves; loading, failed: nothing serves under this name yet; listed: in the catalogue"
    )
    default: bool = Field(default=False, description="whether it sees for streams that name no model")
    version: int | None = Field(default=None, description="counts what served under this name")
    loaded_at: datetime | None = None
    loading: str | None = Field(default=None, description="source of the version that is about to take its place")
    error: str | None = Field(default=None, description="why the last attempt to load it failed")
    streams: list[str] = Field(default=[], description="open streams that it sees for")
    head: str | None = None
    input: InputSize | None = Field(default=None, description="null: any size")
    labels: list[str] | None = None
    device: str | None = Field(default=None, description="what was asked for")
    provider: str | None = Field(default=None, description="what answers, by onnxruntime's name")
    providers: list[str] = Field(default=[], description="all that run a part of it, in the order in which they chose")
    note: str | None = Field(default=None, description="why it does not run, or not wholly, on a better device")
    threads: int | None = Field(default=None, description="that work inside one call, on a CPU")
    batch_limit: int | None = None
    reading: ReadingView | None = Field(default=None, description="of a loaded one")
    sha256: str | None = None
    size_bytes: int | None = None
    memory_bytes: int | None = Field(
        default=None, description="what it took when it was tried; null for a model that needed no trial"
    )
    licence: str | None = None
    summary: str | None = None
    url: str | None = None


class ModelPage(BaseModel):
    """The models; there is one page."""

    items: list[ModelView]
    next_cursor: None = None


def views(engine: Engine) -> Iterator[ModelView]:
    """What the engine knows of, then those of the catalogue whose name is not taken."""
    states = engine.models()
    yield from map(view_of, states)
    cache_dir = engine.settings.cache_dir or default_cache_dir()
    taken = {state.name for state in states}
    for name, entry in CATALOG.items():
        if name not in taken:
            yield _listed(entry, available=entry.path(cache_dir).is_file())


def view_of(state: ModelState) -> ModelView:
    """A model that the engine knows of."""
    info, entry = state.info, CATALOG.get(state.source)
    view = ModelView(
        name=state.name,
        source=state.source,
        loaded=info is not None,
        available=info is not None,
        state=state.state,
        default=state.default,
        version=state.version,
        loaded_at=None if state.loaded_at is None else datetime.fromtimestamp(state.loaded_at, UTC),
        loading=state.loading,
        error=state.error,
        streams=list(state.streams),
        licence=entry.licence if entry else None,
        summary=entry.summary if entry else None,
        url=entry.url if entry else None,
    )
    if info is None:
        return view
    return view.model_copy(
        update={
            "head": info.head,
            "input": _input(info.input),
            "labels": list(info.labels),
            "device": info.device,
            "provider": info.provider,
            "providers": list(info.providers),
            "note": info.note or None,
            "threads": info.threads,
            "batch_limit": info.batch_limit,
            "reading": _reading(info),
            "sha256": info.sha256,
            "size_bytes": info.size_bytes,
            "memory_bytes": info.inspection.memory_bytes if info.inspection else None,
        }
    )


def _reading(info: ModelInfo) -> ReadingView:
    return ReadingView(
        reason=info.reason,
        runs_at=InputSize(height=info.runs_at[0], width=info.runs_at[1]),
        layout=info.layout,
        dtype=info.dtype,
        colour=info.colour,
        fit=info.fit,
        pixel_max=info.pixel_max,
        mean=None if info.mean is None else list(info.mean),
        std=None if info.std is None else list(info.std),
        boxes=info.boxes,
        oriented=info.oriented,
        suppresses=info.suppresses,
        outputs=list(info.outputs),
    )


def _listed(entry: CatalogEntry, *, available: bool) -> ModelView:
    return ModelView(
        name=entry.name,
        source=entry.name,
        loaded=False,
        available=available,
        state="listed",
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
