"""Pictures out of `multipart/x-mixed-replace`, as cameras send Motion JPEG over HTTP.

The frame of the parts is that of RFC 2046, section 5.1, read the way cameras write it: whatever their header calls the
boundary, it is the first line that begins with two dashes.
"""

from collections.abc import Iterable, Iterator

from app.decoding.errors import Unreadable

MOST_LINE = 4096
MOST_LINES = 100


def pictures(pieces: Iterable[bytes], most_bytes: int) -> Iterator[tuple[bytes, float | None]]:
    """The body of each part, and its `X-Timestamp` in seconds where it has one.

    Raises:
        Unreadable: it is no such row, or a part has more than `most_bytes`.
    """
    text = _Text(pieces, most_bytes)
    boundary = _boundary(text)
    while boundary is not None:
        headers = _headers(text)
        length = _number(headers.get("content-length"))
        if length is None:
            body = text.until(b"\n" + boundary)
        else:
            body = text.take(int(length))
        if body is None:
            return
        picture = body.removesuffix(b"\r")
        if picture:
            yield picture, _number(headers.get("x-timestamp"))
        if not _skip_to(text, boundary):
            return


class _Text:
    """Bytes that come in pieces of any size."""

    def __init__(self, pieces: Iterable[bytes], most_bytes: int) -> None:
        self._pieces = iter(pieces)
        self._most = most_bytes
        self._held = bytearray()

    def line(self) -> bytes | None:
        """The next line without its end, None where no whole one comes."""
        end = self._find(b"\n", MOST_LINE, "a line that never ends")
        if end is None:
            return None
        line = bytes(self._held[:end])
        del self._held[: end + 1]
        return line.removesuffix(b"\r")

    def until(self, mark: bytes) -> bytes | None:
        """What stands before `mark`, which is left."""
        end = self._find(mark, self._most, "a picture without an end")
        return None if end is None else self._cut(end)

    def take(self, length: int) -> bytes | None:
        """So many bytes."""
        if not 0 <= length <= self._most:
            raise Unreadable(f"it sends a picture of {length} bytes, and one may have {self._most}")
        while len(self._held) < length:
            if not self._more():
                return None
        return self._cut(length)

    def _cut(self, length: int) -> bytes:
        found = bytes(self._held[:length])
        del self._held[:length]
        return found

    def _find(self, mark: bytes, most: int, what: str) -> int | None:
        seen = 0
        while (end := self._held.find(mark, seen)) < 0:
            seen = max(0, len(self._held) - len(mark) + 1)
            if len(self._held) > most:
                raise Unreadable(f"it sends {what}: more than {most} bytes")
            if not self._more():
                return None
        return end

    def _more(self) -> bool:
        piece = next(self._pieces, b"")
        self._held += piece
        return bool(piece)


def _boundary(text: _Text) -> bytes | None:
    for _ in range(MOST_LINES):
        line = text.line()
        if line is None:
            return None
        if line.startswith(b"--") and line.strip(b"- \t"):
            return line.rstrip()
    raise Unreadable("it sends no boundary between its pictures")


def _headers(text: _Text) -> dict[str, str]:
    found: dict[str, str] = {}
    for _ in range(MOST_LINES):
        line = text.line()
        if not line:
            return found
        name, _, value = line.decode("latin-1").partition(":")
        found[name.strip().lower()] = value.strip()
    raise Unreadable("it sends headers without an end")


def _skip_to(text: _Text, boundary: bytes) -> bool:
    """Pass over the boundary; False at the end of the row."""
    for _ in range(MOST_LINES):
        line = text.line()
        if line is None or line.rstrip() == boundary + b"--":
            return False
        if line.rstrip() == boundary:
            return True
    raise Unreadable("it sends a picture that is longer than it says")


def _number(text: str | None) -> float | None:
    try:
        value = float(text) if text is not None else None
    except ValueError:
        return None
    return value if value is not None and 0 <= value < 1e12 else None
