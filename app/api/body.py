"""Bodies: read under a limit while they stream, and decoded strictly."""

import json
import math
import re
from typing import Any, TypeVar

import msgspec
from starlette.requests import Request

from app.api.problem import invalid, pointer
from app.errors import InvalidInput, TooLarge, UnsupportedMedia

T = TypeVar("T")

_AT = re.compile(r"^(?P<message>.*) - at `(?P<path>\$.*)`$", re.DOTALL)
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]")
_FIELD = re.compile(r"(?:unknown|missing required) field `(.*)`", re.DOTALL)


def check_length(request: Request, limit: int, what: str) -> None:
    """Refuse a body by the length it declares, before a byte of it is read.

    Raises:
        TooLarge: it is over `limit` bytes.
        UnsupportedMedia: it is compressed, so that its length says nothing.
    """
    encoding = request.headers.get("content-encoding", "identity")
    if encoding.lower() != "identity":
        raise UnsupportedMedia(f"a body with Content-Encoding {encoding!r} is not read; send it plain")
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared[:20]) > limit:
        raise too_large(what, limit)


def too_large(what: str, limit: int) -> TooLarge:
    """The refusal of a body over its limit."""
    return TooLarge(f"{what} has more than {limit} bytes", limit=limit)


async def read_body(request: Request, limit: int, what: str = "the body") -> bytes:
    """The body; chunks are counted while they come, and reading ends at the first byte too many.

    Raises:
        TooLarge: it is over `limit` bytes.
    """
    check_length(request, limit, what)
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise too_large(what, limit)
        chunks.append(chunk)
    return b"".join(chunks)


async def read_object(request: Request, limit: int) -> dict[str, Any]:
    """The body as a JSON object; an empty body is an empty object.

    Raises:
        TooLarge, InvalidInput: over the limit, malformed, or no object.
    """
    data = await read_body(request, limit)
    return decode_json(data, dict[str, Any]) if data.strip() else {}


def decode_json(data: bytes | str, kind: type[T]) -> T:
    """JSON as `kind`, without conversions: `"0.5"` and `true` are no numbers, NaN and 1e999 are none either.

    Raises:
        InvalidInput: malformed, or not of that kind; `errors` points to the place where it can be told.
    """
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.ValidationError as error:
        where = _not_a_number(data) if "[...]" in str(error) else None
        raise (_misfit(str(error)) if where is None else invalid(where, "must be a finite number")) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        where = _not_a_number(data)
        if where is not None:
            raise invalid(where, "must be a finite number") from None
        detail = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise invalid("", f"not readable as JSON: {detail}") from None


def _misfit(message: str) -> InvalidInput:
    """msgspec says ``Expected `float` - at `$.detections[0].score` ``, and `[...]` for a key that it does not name."""
    found = _AT.match(message)
    path = found["path"].partition("[...]")[0] if found else ""
    steps = [name or index for name, index in _STEP.findall(path)]
    detail = found["message"] if found else message
    if field := _FIELD.search(detail):
        steps.append(field[1])
    return invalid(pointer(*steps), detail.replace("`", ""))


def _not_a_number(data: bytes | str) -> str | None:
    """Where a NaN, an infinity or a number like 1e999 stands, which JSON does not have but some encoders write."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return None
    pending: list[tuple[str, Any]] = [("", value)]
    while pending:
        where, value = pending.pop()
        if isinstance(value, float) and not math.isfinite(value):
            return where
        if isinstance(value, dict):
            pending += [(where + pointer(key), below) for key, below in value.items()]
        elif isinstance(value, list):
            pending += [(where + pointer(index), below) for index, below in enumerate(value)]
    return None
