"""A source over HTTP: one address, checked before, no redirect, no proxy, no cookie."""

import http.client
import urllib.error
import urllib.request
from email.message import Message
from typing import Literal

from app.decoding.connecting import connect, told
from app.decoding.errors import Unreadable
from app.decoding.words import Open

_PLAYLISTS = ("mpegurl", "dash+xml", "vnd.ms-sstr")


def fetch(order: Open, span: str | None = None) -> http.client.HTTPResponse:
    """The answer to a GET of the source, or of a `span` of its bytes. For a `with` block.

    Raises:
        Unreadable: nobody answers, or with something else than what was asked for.
    """
    request = urllib.request.Request(_address(order), headers={"User-Agent": "trackd", "Accept": "*/*"})
    if span is not None:
        request.add_header("Range", f"bytes={span}")
    try:
        answer: http.client.HTTPResponse = _opener(order).open(request, timeout=order.timeout_s)
    except urllib.error.HTTPError as error:
        with error:
            raise Unreadable(_refused(error.code, error.headers)) from None
    except urllib.error.URLError as error:
        reason = error.reason
        raise Unreadable(told(reason, order.timeout_s) if isinstance(reason, OSError) else str(reason)) from None
    except OSError as error:
        raise Unreadable(told(error, order.timeout_s)) from None
    except (http.client.HTTPException, ValueError) as error:
        raise Unreadable(f"what answers there speaks no HTTP: {type(error).__name__}") from None
    return answer


def kind_of(headers: Message) -> Literal["pictures", "picture", "video"]:
    """What an answer holds.

    Raises:
        Unreadable: a playlist, or a page for people.
    """
    kind = headers.get_content_type() if headers.get("Content-Type") else ""
    if any(name in kind for name in _PLAYLISTS):
        raise Unreadable(f"it is a playlist ({kind}), which names further addresses; name the video itself")
    if kind.startswith("text/") or kind in ("application/json", "application/xml"):
        raise Unreadable(f"it answers with {kind}, and not with a video")
    if kind.startswith("multipart/"):
        return "pictures"
    return "picture" if kind in ("image/jpeg", "image/jpg", "image/png", "image/webp") else "video"


def _address(order: Open) -> str:
    host = f"[{order.host}]" if ":" in order.host else order.host
    usual = {"http": 80, "https": 443}[order.scheme] == order.port
    return f"{order.scheme}://{host}{'' if usual else f':{order.port}'}{order.target}"


def _opener(order: Open) -> urllib.request.OpenerDirector:
    """Only what is needed: what follows redirects or asks the environment for a proxy is left out."""
    opener = urllib.request.OpenerDirector()
    known = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    handlers: list[urllib.request.BaseHandler] = [
        _Handler(order),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
    ]
    if order.user is not None:
        known.add_password(None, _address(order), order.user, order.password or "")
        handlers += [urllib.request.HTTPDigestAuthHandler(known), urllib.request.HTTPBasicAuthHandler(known)]
    for handler in handlers:
        opener.add_handler(handler)
    return opener


class _Handler(urllib.request.AbstractHTTPHandler):
    """Connects to an address that was checked, whatever the name means by now."""

    def __init__(self, order: Open) -> None:
        super().__init__()
        self._order = order

    def http_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        """One request."""
        return self.do_open(self._connection, request)

    https_open = http_open
    http_request = https_request = urllib.request.AbstractHTTPHandler.do_request_

    def _connection(self, host: str, /, **_: object) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection(host)
        connection.sock = connect(self._order)
        return connection


def _refused(code: int, headers: Message) -> str:
    if 300 <= code < 400:
        return f"it redirects ({code}), and redirects are not followed; name the address that it leads to"
    if code == 401:
        return "it asks for another name or password (401)"
    return f"it answers {code} {http.client.responses.get(code, '')}".rstrip()
