"""A service that may read cameras of this machine, with a detector that finds the squares in their pictures."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from ipaddress import ip_network
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from app.engine.views import SourceView
from app.settings import Settings
from app.source_settings import SourcePolicy
from app.sources.addresses import Addresses
from app.sources.special_networks import FORBIDDEN
from models import Abort
from tests.api.live_service import Message, Service, serving, until
from tests.engine.scripted import ScriptedDetector, settings
from tracker import Detections

LOOPBACK = ip_network("127.0.0.0/8")
HERE = {network: purpose for network, purpose in FORBIDDEN.items() if network != LOOPBACK}
POLICY = SourcePolicy(schemes=("demo", "rtsp", "rtsps", "http", "https"))


class SquareDetector(ScriptedDetector):
    """Finds what is white."""

    def detect(
        self,
        images: Sequence[NDArray[np.uint8]],
        sizes: Sequence[tuple[int, int]] | None = None,
        abort: Abort | None = None,
    ) -> list[Detections]:
        return [_squares(image) for image in images]


def _squares(image: NDArray[np.uint8]) -> Detections:
    _, _, rows, _ = cv2.connectedComponentsWithStats((image[..., 1] > 190).astype(np.uint8))
    found = np.array([row for row in rows[1:] if row[4] > 300], float).reshape(-1, 5)
    xyxy = np.column_stack((found[:, :2], found[:, :2] + found[:, 2:4]))
    return Detections(xyxy, np.full(len(found), 0.9), np.zeros(len(found), int))


def camera_settings(policy: SourcePolicy = POLICY, **limits: float) -> Settings:
    """Settings under which cameras of this machine may be read, and are given up after three seconds."""
    return settings(**{"source_s": 3.0, **limits}).model_copy(update={"sources": policy})


@asynccontextmanager
async def watching(given: Settings | None = None) -> AsyncIterator[Service]:
    """The service for as long as the block lasts."""
    given = given or camera_settings()
    async with serving(given, SquareDetector(), Addresses(given.sources, forbidden=HERE)) as service:
        yield service


async def put(service: Service, stream: str, url: str, **source: Any) -> Message:
    """Have the service read an address."""
    answer = await service.http.put(
        f"/v1/streams/{stream}", json={"source": {"url": url, **source}, "overload": "lossless"}
    )
    assert answer.status_code in (200, 201), answer.text
    view: Message = answer.json()
    return view


def source_of(service: Service, stream: str = "cam") -> SourceView:
    """How it stands with a stream's source."""
    source = service.engine.stream(stream).source
    assert source is not None
    return source


async def until_state(service: Service, state: str, stream: str = "cam") -> SourceView:
    """Wait for a state, and say what is shown then."""
    await until(lambda: source_of(service, stream).state == state)
    return source_of(service, stream)


async def until_tracked(service: Service, frames: int, stream: str = "cam") -> None:
    """Wait for so many more frames."""
    aim = service.books(stream).tracked + frames
    await until(lambda: service.books(stream).tracked >= aim)
