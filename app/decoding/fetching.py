"""A source over HTTP: one address, checked before, no redirect, no proxy, no cookie."""

import http.client
import io
import urllib.error
import urllib.request
from collections.abc import Callable
from email.message import Message
from typing import Literal

from app.decoding.connecting import connect, told
from app.decoding.errors import Silent, Unreadable
from app.decoding.words import Open

WINDOW = 1 << 18
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


class Remote(io.RawIOBase):
    """An answer as a file that is read from its beginning to its end."""

    def __init__(self, order: Open, answer: http.client.HTTPResponse, check: Callable[[], None]) -> None:
        super().__init__()
        self._order = order
        self._answer = answer
        self._check = check

    def readable(self) -> bool:
        """True."""
        return True

    def read(self, size: int = -1) -> bytes:
        """What has come, at most `size` bytes; nothing at the end."""
        self._check()
        try:
            return self._answer.read1(size)
        except (OSError, http.client.HTTPException) as error:
            raise broken_off(error, self._order) from None


class RemoteFile(Remote):
    """A finite answer as a file in which one can seek: each jump is a request for the rest of it."""

    def __init__(self, order: Open, answer: http.client.HTTPResponse, check: Callable[[], None]) -> None:
        super().__init__(order, answer, check)
        self._length = int(answer.headers["Content-Length"])
        self._at = self._wanted = 0

    def seekable(self) -> bool:
        """True."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place, counted from the beginning, from here or from the end."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._wanted, io.SEEK_END: self._length}[whence]
        self._wanted = max(0, base + offset)
        return self._wanted

    def tell(self) -> int:
        """The place where the next byte is read."""
        return self._wanted

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes from where it stands; nothing at the end."""
        if self._wanted >= self._length:
            return b""
        self._go()
        piece = super().read(size)
        self._at = self._wanted = self._at + len(piece)
        return piece

    def close(self) -> None:
        """End the connection."""
        self._answer.close()
        super().close()

    def _go(self) -> None:
        """A short way forward is read over; else the rest is asked for anew."""
        while 0 < self._wanted - self._at <= WINDOW and (piece := super().read(self._wanted - self._at)):
            self._at += len(piece)
        if self._wanted == self._at:
            return
        self._answer.close()
        self._answer = fetch(self._order, f"{self._wanted}-")
        if self._answer.status != 206:
            raise Unreadable("its server sends no part of a file when asked for one")
        self._at = self._wanted


def seekable(order: Open, answer: http.client.HTTPResponse, check: Callable[[], None]) -> Remote:
    """A finite answer as a file; one can seek in it where its server gives parts of it."""
    ranges = answer.headers.get("Accept-Ranges", "").strip().lower() == "bytes"
    return RemoteFile(order, answer, check) if ranges else Remote(order, answer, check)


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


def broken_off(error: Exception, order: Open) -> Unreadable:
    """Why no more of an answer comes."""
    if isinstance(error, TimeoutError):
        return Silent("it sends nothing any more")
    reason = told(error, order.timeout_s) if isinstance(error, OSError) else "it ended too early"
    return Unreadable(f"the connection broke: {reason}")


def _refused(code: int, headers: Message) -> str:
    if 300 <= code < 400:
        return f"it redirects ({code}), and redirects are not followed; name the address that it leads to"
    if code == 401:
        return "it asks for another name or password (401)"
    return f"it answers {code} {http.client.responses.get(code, '')}".rstrip()
