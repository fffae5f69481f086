"""GET /v1/targets: where the service publishes to by itself, and how that goes."""

from fastapi import APIRouter
from pydantic import BaseModel

from app.api.access import PublisherDep
from app.publishing import TargetView


class TargetList(BaseModel):
    """Every target, webhooks first, then MQTT brokers, then Redis servers."""

    items: list[TargetView]


def router() -> APIRouter:
    """The calls under /v1/targets."""
    api = APIRouter(prefix="/v1/targets", tags=["targets"])
    api.get("", summary="Where messages are published to")(list_targets)
    return api


async def list_targets(publisher: PublisherDep) -> TargetList:
    """Webhooks, MQTT brokers and Redis servers of the service's settings. No call adds or changes one."""
    return TargetList(items=list(publisher.views()))
