"""Pieces of the OpenAPI description that several resources share."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, get_args

import msgspec
from pydantic import BaseModel

from app.api.problem import MEDIA_TYPE
from app.inference_settings import ModelSettings
from app.settings import StreamSettings
from app.wire import (
    ClientMessage,
    DetectionsBody,
    EventList,
    SelectMessage,
    ServerMessage,
    StreamCounts,
    TracksMessage,
)

_REF = "#/components/schemas/{name}"

PROBLEM_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457. There may also be `stream`, `seq`, `expected_seq`, `limit`, `retry_after_s`.",
    "required": ["type", "title", "status", "detail", "instance", "request_id"],
    "properties": {
        "type": {"type": "string", "description": "stable address of the kind of problem"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "request_id": {"type": ["string", "null"]},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """`responses` of a route for refusals with these statuses."""
    schema = {"$ref": _REF.format(name="Problem")}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": {MEDIA_TYPE: {"schema": schema}}}
        for status in statuses
    }


def json_body(
    model: type[BaseModel] | type[msgspec.Struct], *other_types: str, required: bool = True
) -> dict[str, Any]:
    """`openapi_extra` of a route whose body is read by hand."""
    schema = {"$ref": _REF.format(name=model.__name__)}
    content = {kind: {"schema": schema} for kind in ("application/json", *other_types)}
    return {"requestBody": {"required": required, "content": content}}


def tracks_answer(description: str = "The frame's tracks") -> dict[int | str, dict[str, Any]]:
    """`responses` of a route that answers a `tracks` message."""
    return message_answer(TracksMessage, description)


def message_answer(kind: type[msgspec.Struct], description: str) -> dict[int | str, dict[str, Any]]:
    """`responses` of a route that answers a message of the wire, one of `wire_schemas`."""
    content = {"application/json": {"schema": {"$ref": _REF.format(name=kind.__name__)}}}
    return {200: {"description": description, "content": content}}


def wire_schemas() -> dict[str, Any]:
    """Schemas of the wire's messages, which FastAPI does not find by itself."""
    kinds = [*get_args(ServerMessage), *get_args(ClientMessage), SelectMessage, DetectionsBody, StreamCounts, EventList]
    _, schemas = msgspec.json.schema_components(kinds, ref_template=_REF)
    return {**schemas, "Problem": dict(PROBLEM_SCHEMA)}


def settings_schemas() -> dict[str, Any]:
    """Schemas of a stream's and of a model's settings as they are sent."""
    schemas: dict[str, Any] = {}
    for kind in (StreamSettings, ModelSettings):
        schema = kind.model_json_schema(mode="validation", ref_template="#/components/schemas/{model}")
        schemas |= schema.pop("$defs", {}) | {kind.__name__: schema}
    return schemas
