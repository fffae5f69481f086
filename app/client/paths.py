"""Where a stream's calls are."""

from urllib.parse import quote

from app.client.errors import ClientError


def stream_path(stream_id: str, more: str = "") -> str:
    """The path of a stream.

    Raises:
        ClientError: an id that no path can hold; others that are wrong are refused by the service.
    """
    if "/" in stream_id or stream_id in ("", ".", ".."):
        detail = f"{stream_id!r} is no stream id; one has letters, digits, dots, dashes and underscores"
        raise ClientError(detail, status=422, problem="/problems/invalid-input")
    return f"/v1/streams/{quote(stream_id, safe='')}{more}"
