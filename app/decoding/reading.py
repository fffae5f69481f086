"""One order from beginning to end: connect, find out what it is, pass frames on."""

import time
from collections.abc import Iterator
from io import RawIOBase
from typing import TYPE_CHECKING

from app.decoding.errors import Unreadable
from app.decoding.link import Link
from app.decoding.words import Open, Opened

if TYPE_CHECKING:
    from app.decoding.remote import Remote

FINITE = "file"
WEB = ("http", "https")
# They are decoded by the service, as those are that a client posts.
PICTURES = Opened(live=True, codec="mjpeg", decoder="mjpeg on the processor", rate=30.0)


def read(order: Open, link: Link) -> None:
    """Read a source to its end.

    Raises:
        Stopped: the service wants no more of it.
        Unreadable: it cannot be read, or no longer.
    """
    if order.scheme in WEB:
        _read_http(order, link)
    else:
        _play(order, link, order.url, live=order.scheme != FINITE)


def _read_http(order: Open, link: Link) -> None:
    from app.decoding.fetching import fetch, kind_of
    from app.decoding.remote import Remote, seekable

    with fetch(order) as answer:
        kind = kind_of(answer.headers)
        if kind == "pictures":
            _pass_pictures(order, link, Remote(order, answer, link.check))
        elif kind == "picture":
            _show_one(order, link, Remote(order, answer, link.check))
        else:
            finite = answer.headers.get("Content-Length") is not None
            source = seekable(order, answer, link.check) if finite else Remote(order, answer, link.check)
            _play(order, link, source, live=not finite)


def _play(order: Open, link: Link, source: str | RawIOBase, live: bool) -> None:
    try:
        import av  # noqa: F401  # it is an extra
    except ImportError:
        raise Unreadable("reading videos needs PyAV: install trackd with its extra, trackd[video]") from None
    from app.decoding.video import play

    play(order, link, source, live=live)


def _pass_pictures(order: Open, link: Link, source: "Remote") -> None:
    """A camera that sends one JPEG after the other: they need no decoder here."""
    from app.decoding.parts import pictures

    link.opened(PICTURES)
    for picture, stamp in pictures(_pieces(source), order.image_bytes):
        _show(link, picture, stamp)
    raise Unreadable("the camera ended the connection")


def _show_one(order: Open, link: Link, source: "Remote") -> None:
    link.opened(PICTURES)
    picture = b""
    for piece in _pieces(source):
        picture += piece
        if len(picture) > order.image_bytes:
            raise Unreadable(f"the picture has more than {order.image_bytes} bytes, which is limits.image_bytes")
    _show(link, picture, None)


def _pieces(source: "Remote") -> Iterator[bytes]:
    while piece := source.read(65_536):
        yield piece


def _show(link: Link, picture: bytes, stamp: float | None) -> None:
    link.show([memoryview(picture)], (0, 0), stamp, at=time.time(), wait=False, encoded=True)
