"""Builds the application; behaves nowhere."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.responses import FileResponse, Response
from fastapi.staticfiles import StaticFiles

from app.api import install_errors, routers
from app.engine.local import LocalEngine
from app.loading import load_all
from app.settings import Settings
from models import Detector


class PageFiles(StaticFiles):
    """The page's files, asked for anew each time: an upgrade never mixes old and new modules."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """The file, or 304."""
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "no-cache"
        return response


WEB = Path(__file__).with_name("web")


def create_app(
    settings: Settings, detector: Detector | None = None, others: Mapping[str, Detector] | None = None
) -> FastAPI:
    """The service as an ASGI application.

    The engine starts and ends with the application's lifespan and is found at `app.state.engine`. `detector`, the
    default model's, and `others`, those of `settings.models` beside it, are used and closed by it; when none is given
    what `settings` names is loaded at start.

    Raises:
        ModelError: at start, when a model cannot be loaded.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        engine = LocalEngine(settings, *(load_all(settings) if detector is None else (detector, others)))
        app.state.engine = engine
        await engine.start()
        try:
            yield
        finally:
            await engine.close()

    app = FastAPI(
        title="trackd",
        version=version("trackd"),
        summary="Multi-object tracking: frames or detections in, boxes with identities that last out.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    install_errors(app)
    for router in routers():
        app.include_router(router)
    app.mount("/web", PageFiles(directory=WEB, check_dir=False), name="web")

    @app.get("/", include_in_schema=False)
    async def page() -> FileResponse:
        return FileResponse(WEB / "index.html", headers={"Cache-Control": "no-cache"})

    return app
