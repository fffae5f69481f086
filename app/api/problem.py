"""Errors on the wire: problem+json (RFC 9457) on HTTP, `error` messages on sockets. The one place that writes them."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from math import ceil
from typing import Any, cast

import msgspec
import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import Response

from app.errors import InvalidInput, TrackdError
from app.wire import ErrorMessage

MEDIA_TYPE = "application/problem+json"
_CLIENT_CLOSED_REQUEST = 499  # nginx's number; nobody reads the answer

_log = structlog.get_logger(__name__)


def problem_type(slug: str) -> str:
    """The stable address of a kind of problem; `GET` explains it."""
    return f"/problems/{slug}"


def pointer(*parts: str | int) -> str:
    """A JSON pointer (RFC 6901)."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in parts)


def invalid(where: str, detail: str) -> InvalidInput:
    """One thing is wrong at one place."""
    return InvalidInput(f"{where}: {detail}" if where else detail, errors=[{"pointer": where, "detail": detail}])


def problem_of(error: TrackdError, *, stream: str | None = None, seq: int | None = None) -> ErrorMessage:
    """An error as a message on a socket. What the error itself says of stream and frame goes first."""
    known = {name: error.members[name] for name in ErrorMessage.__struct_fields__ if name in error.members}
    return ErrorMessage(
        title=error.title,
        status=error.status,
        detail=error.detail,
        problem=problem_type(error.slug),
        **cast(dict[str, Any], {"stream": stream, "seq": seq} | known),
    )


def problem_response(connection: HTTPConnection, error: TrackdError) -> Response:
    """An error as an HTTP answer."""
    headers = {}
    retry_after_s = error.members.get("retry_after_s")
    if isinstance(retry_after_s, int | float):
        headers["Retry-After"] = str(max(1, ceil(retry_after_s)))
    return _response(connection, error.status, error.slug, error.title, error.detail, error.members, headers)


def install_errors(app: FastAPI) -> None:
    """Make every refusal of the application a problem document."""
    app.add_exception_handler(TrackdError, _on_trackd_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(ClientDisconnect, _on_disconnect)


async def _on_trackd_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, TrackdError), "registered for TrackdError"
    if error.status >= 500:
        _log.warning("request_failed", path=request.url.path, status=error.status, detail=error.detail)
    return problem_response(request, error)


async def _on_invalid_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError), "registered for RequestValidationError"
    return problem_response(request, _from_validation(error.errors()))


def _from_validation(found: Sequence[Mapping[str, Any]]) -> InvalidInput:
    """Where `loc` begins with path, query or header the pointer does too: `/query/limit`, `/header/Frame-Seq`."""
    errors = []
    for entry in found:
        parts = entry["loc"][1:] if entry["loc"][:1] == ("body",) else entry["loc"]
        errors.append({"pointer": pointer(*parts), "detail": entry["msg"]})
    return InvalidInput(f"{errors[0]['pointer']}: {errors[0]['detail']}", errors=errors)


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException), "registered for HTTPException"
    title = HTTPStatus(error.status_code).phrase
    detail = error.detail if error.detail != title else f"{request.method} {request.url.path}: {title.lower()}"
    slug = title.lower().replace(" ", "-")
    return _response(request, error.status_code, slug, title, detail, {}, dict(error.headers or {}))


async def _on_disconnect(request: Request, error: Exception) -> Response:
    return Response(status_code=_CLIENT_CLOSED_REQUEST)


def _response(
    connection: HTTPConnection,
    status: int,
    slug: str,
    title: str,
    detail: str,
    members: Mapping[str, object],
    headers: dict[str, str],
) -> Response:
    body = {
        "type": problem_type(slug),
        "title": title,
        "status": status,
        "detail": detail,
        "instance": connection.url.path,
        "request_id": getattr(connection.state, "request_id", None),
        **members,
    }
    return Response(msgspec.json.encode(body), status, headers, MEDIA_TYPE)
