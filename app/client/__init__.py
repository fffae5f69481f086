"""The Python client of the service: frames or detections in, tracks and events out, over HTTP and WebSockets.

`Client` is for plain programs and notebooks, `AsyncClient` for asyncio. Neither imports the service: no server, no
detector, no OpenCV. Messages are the structs of `app.wire`; what goes wrong is a `ClientError`.
"""

from app.client.answers import Answer
from app.client.asynchronous import AsyncClient
from app.client.errors import ClientError, NotFound, Overloaded, SecondWriter, Unreachable
from app.client.reading import Message, place_of
from app.client.sending import Overload
from app.client.synchronous import Client
from app.client.views import Accounts, Model, ModelInput, Readiness, Source, Stream
from app.wire import (
    DetectionsMessage,
    DropMessage,
    EventList,
    EventMessage,
    InputDetection,
    StreamCounts,
    TrackRow,
    TracksMessage,
)

__all__ = [
    "Accounts",
    "Answer",
    "AsyncClient",
    "Client",
    "ClientError",
    "DetectionsMessage",
    "DropMessage",
    "EventList",
    "EventMessage",
    "InputDetection",
    "Message",
    "Model",
    "ModelInput",
    "NotFound",
    "Overload",
    "Overloaded",
    "Readiness",
    "SecondWriter",
    "Source",
    "Stream",
    "StreamCounts",
    "TrackRow",
    "TracksMessage",
    "Unreachable",
    "place_of",
]
