"""The replies of an RTSP camera, read and spelt anew, so that who reads them next cannot understand them otherwise."""

import re

from app.decoding.errors import Unreadable

MOST_LINE = 8192
MOST_LINES = 200
MOST_BODY = 1 << 20


class Replies:
    """Reads a camera's replies from its bytes and spells them anew.

    Read as FFmpeg reads: lines end at a line feed, carriage returns mean nothing, a `$` that begins a line begins a
    packet. `rest` are the bytes not yet understood.
    """

    def __init__(self, ip: str) -> None:
        """`ip` is the camera's."""
        self.rest = b""
        self._ip = ip

    def feed(self, data: bytes) -> bytes:
        """The replies that are complete now; packets and requests of the camera are left out.

        Raises:
            Unreadable: the camera redirects, wants multicast, or says what is no RTSP.
        """
        self.rest += data
        spelt = b""
        while (found := self._next()) is not None:
            spelt += found
        return spelt

    def _next(self) -> bytes | None:
        """The next message, empty for what is passed over, None where more bytes are needed."""
        if self.rest[:1] == b"$":
            end = 4 + int.from_bytes(self.rest[2:4], "big")
            if len(self.rest) < max(4, end):
                return None
            self.rest = self.rest[end:]
            return b""
        lines, end = self._head()
        if not end:
            return None
        length = _content_length(lines)
        if len(self.rest) < end + length:
            return None
        body = self.rest[end : end + length]
        self.rest = self.rest[end + length :]
        return self._spelt(lines, body)

    def _head(self) -> tuple[list[str], int]:
        """The lines before the first empty one and where that ends, 0 where it did not come yet."""
        lines: list[str] = []
        start = 0
        while (stop := self.rest.find(b"\n", start)) >= 0:
            line = self.rest[start:stop].replace(b"\r", b"").decode("latin-1").replace("\0", "")
            start = stop + 1
            if line:
                lines.append(line)
            elif lines:
                return lines, start
            if len(lines) > MOST_LINES:
                break
        if len(lines) > MOST_LINES or len(self.rest) - start > MOST_LINE:
            raise Unreadable("what answers is no RTSP camera: a reply without end")
        return lines, 0

    def _spelt(self, lines: list[str], body: bytes) -> bytes:
        status = re.match(r"RTSP/\d\.\d +(\d{3})\b *([ -~]*)", lines[0])
        if status is None:
            if re.match(r"[A-Z_]+ \S+ RTSP/", lines[0]):
                return b""
            raise Unreadable("what answers is no RTSP camera")
        if status[1].startswith("3"):
            raise Unreadable("it redirects, and redirects are not followed; name the address that it leads to")
        headers = [self._header(line) for line in lines[1:] if ":" in line and line[0] not in "$ \t"]
        kept = [header for header in headers if not header.lower().startswith("content-length:")]
        if body:
            kept.append(f"Content-Length: {len(body)}")
        return "\r\n".join([f"RTSP/1.0 {status[1]} {status[2]}", *kept, "", ""]).encode("latin-1") + body

    def _header(self, line: str) -> str:
        name, _, value = line.partition(":")
        if name.strip().lower() != "transport":
            return line
        if "multicast" in value.lower():
            raise Unreadable("it sends by multicast, which is not read")
        words = [word for word in value.split(";") if not word.strip().lower().startswith(("source=", "destination="))]
        return f"{name}:{';'.join([*words, f'source={self._ip}'])}"


def _content_length(lines: list[str]) -> int:
    values = {value.strip() for name, _, value in (line.partition(":") for line in lines[1:]) if _is_length(name)}
    if not values:
        return 0
    text = values.pop()
    if values or not re.fullmatch(r"\d{1,7}", text) or int(text) > MOST_BODY:
        raise Unreadable("what answers is no RTSP camera: the length of a reply cannot be read")
    return int(text)


def _is_length(name: str) -> bool:
    return name.strip().lower() == "content-length"
