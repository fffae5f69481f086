"""What every resource asks of its request: the engine, the publisher, and the stream's name."""

from typing import Annotated

from fastapi import Depends, Path
from starlette.requests import HTTPConnection

from app.engine.port import Engine
from app.publishing import Publisher
from app.settings import MODEL_NAME_PATTERN, STREAM_ID_PATTERN


def engine_of(connection: HTTPConnection) -> Engine:
    """The engine that the application's lifespan has started."""
    engine: Engine = connection.app.state.engine
    return engine


def publisher_of(connection: HTTPConnection) -> Publisher:
    """What the application's lifespan has started to publish with."""
    publisher: Publisher = connection.app.state.publisher
    return publisher


EngineDep = Annotated[Engine, Depends(engine_of)]
PublisherDep = Annotated[Publisher, Depends(publisher_of)]
StreamId = Annotated[
    str,
    Path(pattern=STREAM_ID_PATTERN, description="name of the stream: letters, digits, '.', '_' and '-', 64 at most"),
]
ModelName = Annotated[
    str,
    Path(pattern=MODEL_NAME_PATTERN, description="name of the model: letters, digits, '.', '_' and '-', 64 at most"),
]
