"""A camera of the tests: an RTSP 1.0 server on loopback that sends real H.264 or JPEG, and fails as it is told to."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from ssl import SSLContext

from tests.sources.clips import Clip, square_clip
from tests.sources.rtp import RtpStream
from tests.sources.rtsp_words import Request, challenge, described, next_request, proves, reply

SESSION = "12345678;timeout=60"


@dataclass(frozen=True)
class Conduct:
    """How the camera behaves towards those who connect from now on. Indices count the pictures of a connection.

    Attributes:
        auth: basic, digest or "" for an open camera; `user` and `password` are its own.
        base: RTP time of the first picture; close to 2**32 it wraps.
        silent_after: it sends nothing more, the connection stays.
        reset_after: the connection is reset.
        garbage_after: noise instead of RTP.
        mute: it answers no DESCRIBE.
        redirect: the address it sends others to.
        loss: every so many packets one is not sent (UDP).
        jumps: seconds added to the clock from a picture on.
        resized: another clip from a picture on.
        trickle: bytes that are sent at once.
        impostor: what somebody else, at 127.0.0.9, sends to the client's ports (UDP).
    """

    auth: str = ""
    user: str = "admin"
    password: str = "secret"
    base: int = 0
    silent_after: int | None = None
    reset_after: int | None = None
    garbage_after: int | None = None
    mute: bool = False
    redirect: str = ""
    loss: int = 0
    jumps: dict[int, float] = field(default_factory=dict)
    resized: tuple[int, Clip] | None = None
    trickle: int | None = None
    impostor: Clip | None = None


class RtspCamera:
    """One camera. `conduct` may be changed at any time; `plays` counts the sessions that came to PLAY, `open` those
    who are connected, `sent` the pictures of all."""

    def __init__(self, clip: Clip, fps: float, conduct: Conduct, tls: SSLContext | None, host: str) -> None:
        self.clip = clip
        self.fps = fps
        self.conduct = conduct
        self.host = host
        self.port = 0
        self.plays = self.sent = self.connections = 0
        self.requests: list[Request] = []
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._visits: set[asyncio.Task[None]] = set()

    @property
    def open(self) -> int:
        return len(self._visits)

    def url(self, path: str = "/stream", credentials: str = "") -> str:
        """The camera's address; `credentials` as in `user:password@`."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"rtsp{'s' if self._tls else ''}://{credentials}{host}:{self.port}{path}"

    def behave(self, **changes: object) -> None:
        """Change the conduct for those who come."""
        self.conduct = replace(self.conduct, **changes)  # type: ignore[arg-type]  # fields by name

    async def come(self) -> None:
        """Listen, on the same port as before."""
        self._server = await asyncio.start_server(self._welcome, self.host, self.port, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]

    async def go(self) -> None:
        """Refuse connections, and end those that are."""
        if self._server is not None:
            self._server.close()
        for visit in self._visits:
            visit.cancel()
        await asyncio.gather(*self._visits, return_exceptions=True)

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._visits.add(task)
        try:
            await Visit(self, self.conduct, reader, writer).serve()
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client has gone, or the camera goes
        finally:
            self._visits.discard(task)
            writer.transport.abort()


class Visit:
    """One client's connection."""

    def __init__(
        self, camera: RtspCamera, conduct: Conduct, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._camera = camera
        self._conduct = conduct
        self._reader = reader
        self._writer = writer
        self._rtp = RtpStream(conduct.base)
        self._udp: tuple[asyncio.DatagramTransport, tuple[int, int]] | None = None
        self._impostor: asyncio.DatagramTransport | None = None
        self._sender: asyncio.Task[None] | None = None

    async def serve(self) -> None:
        """Answer until the client leaves."""
        try:
            while (request := await next_request(self._reader)) is not None:
                self._camera.requests.append(request)
                if not await self._answer(request):
                    return
        finally:
            if self._sender is not None:
                self._sender.cancel()
            for transport in (self._udp and self._udp[0], self._impostor):
                if transport is not None:
                    transport.close()

    async def _answer(self, request: Request) -> bool:
        """Answer one request; False when it was the last."""
        conduct, camera = self._conduct, self._camera
        if request.method == "OPTIONS":
            await self._send(reply(request, Public="OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN"))
        elif conduct.auth and not proves(request, conduct.auth, conduct.user, conduct.password):
            await self._send(reply(request, 401, WWW_Authenticate=challenge(conduct.auth)))
        elif request.method == "DESCRIBE" and conduct.redirect:
            await self._send(reply(request, 302, Location=conduct.redirect))
        elif request.method == "DESCRIBE":
            if not conduct.mute:
                await self._send(
                    reply(request, body=described(camera.clip), Content_Base=request.url.rstrip("/") + "/")
                )
        elif request.method == "SETUP":
            await self._send(reply(request, Session=SESSION, Transport=await self._set_up(request)))
        elif request.method == "PLAY":
            info = f"url={request.url}/trackID=0;seq={self._rtp.seq};rtptime={self._rtp.base % 2**32}"
            await self._send(reply(request, Session=SESSION, RTP_Info=info, Range="npt=0.000-"))
            camera.plays += 1
            self._sender = asyncio.create_task(self._play())
        else:
            await self._send(reply(request, Session=SESSION))
        return request.method != "TEARDOWN"

    async def _set_up(self, request: Request) -> str:
        if request.interleaved:
            return "RTP/AVP/TCP;unicast;interleaved=0-1"
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(asyncio.DatagramProtocol, (self._camera.host, 0))
        self._udp = transport, request.client_ports
        if self._conduct.impostor is not None:
            self._impostor, _ = await loop.create_datagram_endpoint(asyncio.DatagramProtocol, ("127.0.0.9", 0))
        own = transport.get_extra_info("sockname")[1]
        ports = f"client_port={self._udp[1][0]}-{self._udp[1][1]};server_port={own}-{own}"
        return f"RTP/AVP/UDP;unicast;{ports}"

    async def _play(self) -> None:
        conduct, fps = self._conduct, self._camera.fps
        loop = asyncio.get_running_loop()
        started, shift_s = loop.time(), 0.0
        index = 0
        while index != conduct.silent_after:
            if index == conduct.reset_after:
                self._reset()
                return
            shift_s += conduct.jumps.get(index, 0.0)
            at_s = index / fps + shift_s
            if index % max(1, round(fps)) == 0:
                await self._packet(1, self._rtp.report(at_s))
            for packet in self._rtp.picture(self._clip(index), index, at_s):
                noise = conduct.garbage_after is not None and index >= conduct.garbage_after
                await self._packet(0, b"\xa5" * len(packet) if noise else packet)
            self._intrude(index, at_s)
            self._camera.sent += 1
            index += 1
            await asyncio.sleep(started + index / fps - loop.time())

    def _intrude(self, index: int, at_s: float) -> None:
        if self._impostor is None or self._udp is None or self._conduct.impostor is None:
            return
        for packet in self._rtp.picture(self._conduct.impostor, index, at_s + 0.5 / self._camera.fps):
            self._impostor.sendto(packet, ("127.0.0.1", self._udp[1][0]))

    def _clip(self, index: int) -> Clip:
        resized = self._conduct.resized
        return resized[1] if resized is not None and index >= resized[0] else self._camera.clip

    def _reset(self) -> None:
        """Close so that the other side gets RST."""
        sock = self._writer.get_extra_info("socket")
        sock.setsockopt(1, 13, struct.pack("ii", 1, 0))  # SO_LINGER with no time
        self._writer.transport.abort()

    async def _packet(self, channel: int, packet: bytes) -> None:
        lost = self._conduct.loss and channel == 0 and self._rtp.packets % self._conduct.loss == 0
        if self._udp is None:
            await self._send(struct.pack("!cBH", b"$", channel, len(packet)) + packet)
        elif not lost:
            client: str = self._writer.get_extra_info("peername")[0]
            self._udp[0].sendto(packet, (client, self._udp[1][channel]))

    async def _send(self, data: bytes) -> None:
        size = self._conduct.trickle or len(data)
        for start in range(0, len(data), size):
            self._writer.write(data[start : start + size])
            await self._writer.drain()
            if self._conduct.trickle:
                await asyncio.sleep(0.001)


@asynccontextmanager
async def camera(
    clip: Clip | None = None,
    *,
    fps: float = 25.0,
    tls: SSLContext | None = None,
    host: str = "127.0.0.1",
    **conduct: object,
) -> AsyncIterator[RtspCamera]:
    """A camera that listens for as long as the block lasts; `conduct` as in `Conduct`."""
    found = RtspCamera(clip or square_clip(), fps, Conduct(), tls, host)
    found.behave(**conduct)
    await found.come()
    try:
        yield found
    finally:
        await found.go()
