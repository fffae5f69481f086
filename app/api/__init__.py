"""The HTTP and WebSocket surface: one file per resource, each with a `router()`."""

from fastapi import APIRouter, FastAPI

from app.api import (
    counts,
    docs,
    events,
    frames,
    health,
    ingest,
    models,
    page,
    paths,
    pictures,
    streams,
    subscribe,
    targets,
    tracks,
    watching,
)
from app.api.context import RequestContext
from app.api.openapi import describe
from app.api.problem import install_errors as _install_handlers


def routers() -> list[APIRouter]:
    """Everything that the application answers, apart from the page's files."""
    parts = (
        streams,
        frames,
        tracks,
        counts,
        paths,
        pictures,
        ingest,
        subscribe,
        events,
        targets,
        models,
        health,
        docs,
        watching,
        page,
    )
    return [part.router() for part in parts]


def install_errors(app: FastAPI) -> None:
    """Make every refusal a problem document with the request's id, and say so in the OpenAPI description."""
    app.add_middleware(RequestContext)
    _install_handlers(app)
    # FastAPI's documented way to extend the description is to replace this method.
    app.openapi = describe(app)  # type: ignore[method-assign]
