"""Whether the service lives, whether it can work, and what it counts."""

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

from app.api.access import EngineDep, PublisherDep
from app.engine.views import Health

_NO_STORE = {"Cache-Control": "no-store"}


def router() -> APIRouter:
    """/livez, /readyz and /metrics."""
    api = APIRouter(tags=["health"])
    api.get("/livez", summary="Does the process answer?")(livez)
    api.get(
        "/readyz",
        summary="Can it take frames?",
        response_model=Health,
        responses={503: {"model": Health, "description": "Not ready; `checks` says why"}},
    )(readyz)
    api.get(
        "/metrics",
        summary="Counts and times for Prometheus",
        response_class=Response,
        responses={200: {"description": "Prometheus text format", "content": {"text/plain": {}}}},
    )(metrics)
    return api


async def livez(response: Response) -> dict[str, str]:
    """The event loop turns."""
    response.headers.update(_NO_STORE)
    return {"status": "ok"}


async def readyz(response: Response, engine: EngineDep) -> Health:
    """Red when the asked provider is not the active one, a batcher died or the service drains."""
    health = engine.health()
    response.headers.update(_NO_STORE)
    response.status_code = 200 if health.ready else 503
    return health


async def metrics(engine: EngineDep, publisher: PublisherDep) -> Response:
    """The text format."""
    return Response(engine.metrics() + publisher.metrics(), headers=_NO_STORE, media_type=CONTENT_TYPE_PLAIN_0_0_4)
