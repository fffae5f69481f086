"""The description of the HTTP surface, with the wire's messages beside what FastAPI finds itself."""

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.api.context import HEADER
from app.api.descriptions import problems, settings_schemas, wire_schemas
from app.api.paths import path_schemas

_REQUEST_ID = {
    "description": "id of the request: the caller's own when it is sane, else a new one; the log knows it too",
    "schema": {"type": "string"},
}


def describe(app: FastAPI) -> Callable[[], dict[str, Any]]:
    """What to put in the place of `app.openapi`; made once, when somebody asks."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _described(app)
        return app.openapi_schema

    return openapi


def _described(app: FastAPI) -> dict[str, Any]:
    found = get_openapi(title=app.title, version=app.version, summary=app.summary, routes=app.routes)
    schemas = found.setdefault("components", {}).setdefault("schemas", {})
    for name, schema in {**settings_schemas(), **wire_schemas(), **path_schemas()}.items():
        schemas.setdefault(name, schema)
    for name in ("HTTPValidationError", "ValidationError"):  # FastAPI's own form, which we never send
        schemas.pop(name, None)
    for path in found["paths"].values():
        for operation in path.values():
            _complete(operation["responses"])
    return found


def _complete(answers: dict[str, Any]) -> None:
    """Our own form of a 422 in the place of FastAPI's, and the header that every answer has."""
    if "422" in answers and "application/problem+json" not in answers["422"].get("content", {}):
        answers["422"] = problems(422)[422]
    for answer in answers.values():
        answer.setdefault("headers", {})[HEADER] = _REQUEST_ID
