"""One file out of a multipart body, parsed while it streams and kept in memory up to its limit."""

from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header
from starlette.requests import Request

from app.api.body import check_length, too_large
from app.api.problem import invalid

FIELD = "file"
_OVERHEAD = 16 * 1024  # boundaries and part headers


async def read_file(request: Request, limit: int, what: str) -> bytes:
    """The bytes of the one field `file`.

    Raises:
        TooLarge: the file is over `limit` bytes.
        InvalidInput: malformed, cut off, another field, or more than one file.
    """
    check_length(request, limit + _OVERHEAD, what)
    _, options = parse_options_header(request.headers.get("content-type"))
    part = _FilePart(limit, what)
    try:
        parser = part.parser(options.get(b"boundary", b""))
        size = 0
        async for chunk in request.stream():
            size += len(chunk)
            if size > limit + _OVERHEAD:
                raise too_large(what, limit)
            parser.write(chunk)
    except FormParserError as error:
        raise invalid("", f"not readable as multipart/form-data: {error}") from None
    return part.whole()


class _FilePart:
    """Collects what the parser reports."""

    def __init__(self, limit: int, what: str) -> None:
        self._limit = limit
        self._what = what
        self._data = bytearray()
        self._name = bytearray()
        self._value = bytearray()
        self._disposition = b""
        self._files = 0
        self._ended = False

    def parser(self, boundary: bytes) -> MultipartParser:
        """A parser that reports here."""
        if not boundary:
            raise invalid("/header/Content-Type", "multipart/form-data needs a boundary")
        return MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": lambda data, start, end: self._name.extend(data[start:end]),
                "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
                "on_header_end": self._header,
                "on_headers_finished": self._headers,
                "on_part_data": self._part_data,
                "on_end": self._end,
            },
        )

    def whole(self) -> bytes:
        """The file, once the body has ended."""
        if not self._ended:
            raise invalid("", "the multipart body is cut off: its last boundary is missing")
        if not self._files:
            raise invalid(f"/{FIELD}", "the field is missing")
        return bytes(self._data)

    def _begin(self) -> None:
        self._disposition = b""

    def _header(self) -> None:
        if self._name.lower() == b"content-disposition":
            self._disposition = bytes(self._value)
        self._name.clear()
        self._value.clear()

    def _headers(self) -> None:
        _, options = parse_options_header(self._disposition)
        name = options.get(b"name", b"").decode("utf-8", "replace")
        if name != FIELD:
            raise invalid(f"/{name}", f"unknown field; the image goes into the field {FIELD!r}")
        self._files += 1
        if self._files > 1:
            raise invalid(f"/{FIELD}", "one file at a time")

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        if len(self._data) + end - start > self._limit:
            raise too_large(self._what, self._limit)
        self._data += data[start:end]

    def _end(self) -> None:
        self._ended = True
