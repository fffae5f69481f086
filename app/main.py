"""Builds the application; behaves nowhere."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI

from app.api import install_errors, routers
from app.api.page import WEB, PageFiles
from app.engine.local import LocalEngine
from app.loading import load_all
from app.publishing import Publisher
from app.settings import Settings
from app.sources.addresses import Addresses
from models import Detector


def create_app(
    settings: Settings,
    detector: Detector | None = None,
    others: Mapping[str, Detector] | None = None,
    addresses: Addresses | None = None,
) -> FastAPI:
    """The service as an ASGI application.

    The engine starts and ends with the application's lifespan and is found at `app.state.engine`. `detector`, the
    default model's, and `others`, those of `settings.models` beside it, are used and closed by it; when none is given
    what `settings` names is loaded at start. `addresses` judges the sources, by default as `settings.sources` says.

    Raises:
        ModelError: at start, when a model cannot be loaded.
        SettingsError: at start, when a target cannot be published to.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        models = load_all(settings) if detector is None else (detector, others)
        engine = LocalEngine(settings, *models, addresses)
        app.state.engine = engine
        app.state.publisher = publisher = Publisher(settings.publish, engine)
        await engine.start()
        try:
            publisher.start()
            yield
        finally:
            await engine.drain()
            await publisher.close(settings.drain_s)
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
    return app
