"""The words of RTSP 1.0 (RFC 2326): requests, replies, descriptions, and who may speak (RFC 2617)."""

import asyncio
import base64
import hashlib
import re
from dataclasses import dataclass

from tests.sources.clips import Clip

REALM, NONCE = "camera", "5ccc069c403ebaf9f0171e9517f40e41"
REASONS = {200: "OK", 302: "Found", 401: "Unauthorized", 404: "Not Found", 454: "Session Not Found", 501: "No"}


@dataclass(frozen=True)
class Request:
    """One request. The names of the headers are lower case."""

    method: str
    url: str
    headers: dict[str, str]

    @property
    def interleaved(self) -> bool:
        return "/tcp" in self.headers.get("transport", "").lower()

    @property
    def client_ports(self) -> tuple[int, int]:
        """Where the client wants RTP and RTCP over UDP."""
        found = re.search(r"client_port=(\d+)-(\d+)", self.headers["transport"])
        assert found is not None, self.headers
        return int(found[1]), int(found[2])


async def next_request(reader: asyncio.StreamReader) -> Request | None:
    """The next request, None at the end; interleaved packets of the client are passed over."""
    while True:
        first = await reader.read(1)
        if first == b"$":
            await reader.readexactly(int.from_bytes((await reader.readexactly(3))[1:], "big"))
        elif first == b"":
            return None
        elif first not in b"\r\n":
            break
    head = (first + await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    line, *lines = head.strip().split("\r\n")
    method, url, _ = line.split(" ")
    headers = {name.strip().lower(): value.strip() for name, _, value in (text.partition(":") for text in lines)}
    await reader.readexactly(int(headers.get("content-length", 0)))
    return Request(method, url, headers)


def reply(request: Request, status: int = 200, body: str = "", **headers: str) -> bytes:
    """A reply; underscores in the names of headers stand for hyphens."""
    lines = [f"RTSP/1.0 {status} {REASONS[status]}", f"CSeq: {request.headers.get('cseq', '0')}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if body:
        lines += ["Content-Type: application/sdp", f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def challenge(kind: str) -> str:
    """What a refused request is answered with, `kind` is basic or digest."""
    return f'Basic realm="{REALM}"' if kind == "basic" else f'Digest realm="{REALM}", nonce="{NONCE}"'


def proves(request: Request, kind: str, user: str, password: str) -> bool:
    """Whether a request shows that it knows the password."""
    given = request.headers.get("authorization", "")
    if kind == "basic":
        return given == "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
    values = dict(re.findall(r'(\w+)="([^"]*)"', given))
    secret, what = _md5(f"{user}:{REALM}:{password}"), _md5(f"{request.method}:{values.get('uri', '')}")
    return values.get("username") == user and values.get("response") == _md5(f"{secret}:{NONCE}:{what}")


def described(clip: Clip) -> str:
    """The session description (RFC 4566) of one video stream."""
    lines = ["v=0", "o=- 1 1 IN IP4 0.0.0.0", "s=camera", "c=IN IP4 0.0.0.0", "t=0 0", "a=control:*"]
    if clip.codec == "mjpeg":
        lines += ["m=video 0 RTP/AVP 26", "a=rtpmap:26 JPEG/90000"]
    else:
        sets = [base64.b64encode(unit).decode() for unit in clip.parameter_sets]
        lines += ["m=video 0 RTP/AVP 96", "a=rtpmap:96 H264/90000"]
        lines += [f"a=fmtp:96 packetization-mode=1;sprop-parameter-sets={','.join(sets)}"]
    return "\r\n".join([*lines, "a=framerate:25", "a=control:trackID=0", ""])


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
