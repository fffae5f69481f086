"""Conditional requests (RFC 9110, section 13)."""

from starlette.requests import Request


def is_fresh(request: Request, etag: str) -> bool:
    """Whether the caller's copy is the current one: `If-None-Match` names this tag, weakly compared, or is `*`."""
    given = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    return etag in given or "*" in given
