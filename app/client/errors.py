"""What the client raises.

ClientError
 +- Unreachable     nobody answers there, or not in time
 +- NotFound        404  no such stream, model, track; or the stream was closed while it was used
 +- SecondWriter    409  another socket writes to the stream, or the service itself reads its source
 +- Overloaded      429, 503  come again after `retry_after_s`

Whatever else is refused is a plain `ClientError` with its status.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import msgspec

from app.wire import ErrorMessage

SECOND_WRITER = "/problems/second-writer"


class ClientError(Exception):
    """A refusal, as the service's problem document (RFC 9457) tells it.

    Attributes:
        detail: what is wrong and what would be right, for people.
        status: the HTTP status; None where no answer came.
        problem: the kind of problem, as `/problems/out-of-order`; empty where there was no document.
        errors: `{pointer, detail}` for each place in the request that is wrong.
        retry_after_s: seconds after which to try again, where the service says so.
        members: what else the document says, as `expected_seq` or `limit`.
    """

    def __init__(
        self,
        detail: str,
        *,
        status: int | None = None,
        problem: str = "",
        errors: Sequence[Mapping[str, str]] = (),
        retry_after_s: float | None = None,
        members: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.status = status
        self.problem = problem
        self.errors = tuple(errors)
        self.retry_after_s = retry_after_s
        self.members = dict(members or {})


class Unreachable(ClientError):
    """Nobody answers at the address, or not in time."""


class NotFound(ClientError):
    """No such stream, model or track; or a stream was closed while it was used."""


class SecondWriter(ClientError):
    """Another socket writes to the stream, or the service itself from a source. Use another stream, or end that one."""


class Overloaded(ClientError):
    """The service cannot take more now; `retry_after_s` says when to try again, where that is known."""


def refusal(status: int, body: bytes, retry_after: str | None = None, what: str = "the call") -> ClientError:
    """The error for an HTTP answer; one that is no problem document is named as such."""
    try:
        document = msgspec.json.decode(body, type=dict[str, Any])
        detail = str(document.pop("detail"))
    except (msgspec.DecodeError, KeyError):
        phrase = {known.value: known.phrase for known in HTTPStatus}.get(status, "unknown")
        document, detail = {}, f"{what} was answered {status} ({phrase}) without saying why; is that a trackd service?"
    told = document.pop("retry_after_s", None)
    return _made(
        status,
        detail,
        problem=str(document.pop("type", "")),
        errors=document.pop("errors", None) or (),
        retry_after_s=float(told) if isinstance(told, int | float) else _seconds(retry_after),
        members={name: value for name, value in document.items() if name not in ("title", "status", "instance")},
    )


def refused(message: ErrorMessage) -> ClientError:
    """The error for an `error` message of a socket."""
    members = {name: getattr(message, name) for name in ("stream", "seq", "expected_seq", "limit")}
    return _made(
        message.status,
        message.detail,
        problem=message.problem,
        errors=message.errors or (),
        retry_after_s=message.retry_after_s,
        members={name: value for name, value in members.items() if value is not None},
    )


def _made(status: int, detail: str, *, problem: str, **more: Any) -> ClientError:
    if problem == SECOND_WRITER:
        kind: type[ClientError] = SecondWriter
    else:
        kind = {404: NotFound, 429: Overloaded, 503: Overloaded}.get(status, ClientError)
    return kind(detail, status=status, problem=problem, **more)


def _seconds(retry_after: str | None) -> float | None:
    """Of a `Retry-After` header; dates are not written by the service."""
    return float(retry_after) if retry_after is not None and retry_after.isascii() and retry_after.isdecimal() else None
