"""Random clients of the real server over real sockets: each frame gets one answer, and every stream's books balance."""

import asyncio
import json
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from app.framing import FrameHeader, pack
from app.inference_settings import InferenceSettings
from app.limits import Limits
from app.settings import Settings
from tests.api.live_service import Message, Service, detections, hear, png, say, serving, until
from tests.engine.scripted import ScriptedDetector

STREAMS = ("a", "b")
ENDS = {"tracks", "drop", "error"}
GIVEN = Settings(
    limits=Limits(waiting_lossless=4, reorder=4, replays=3), inference=InferenceSettings(callers=2, max_batch=2)
)

streams = st.sampled_from(STREAMS)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("open"), streams),
        st.tuples(st.just("send"), streams, st.integers(1, 8), st.sampled_from(["boxes", "good", "poisoned"])),
        st.tuples(st.just("send"), streams, st.integers(1, 8), st.sampled_from(["late", "again", "skip"])),
        st.tuples(st.just("nonsense"), streams),
        st.tuples(st.just("bye"), streams),
        st.tuples(st.just("cut"), streams),
        st.tuples(st.just("post"), streams),
        st.tuples(st.just("reset"), streams),
        st.tuples(
            st.just("patch"),
            streams,
            st.sampled_from(
                [
                    {"overload": "lossless"},
                    {"overload": "latest"},
                    {"order": "reorder", "reorder_ms": 5},
                    {"order": "skip_late"},
                    {"max_fps": 20},
                    {"max_fps": None, "max_age_ms": 1},
                ]
            ),
        ),
        st.tuples(st.just("delete"), streams),
        st.tuples(st.just("gate"), st.booleans()),
    ),
    min_size=5,
    max_size=30,
)


@dataclass
class Client:
    """One socket that writes. `sent` counts messages that each get one answer."""

    socket: ClientConnection
    credit: int
    sent: int = 0
    number: int = 0
    told: list[Message] = field(default_factory=list)
    listening: asyncio.Task[None] | None = None

    async def listen(self) -> None:
        try:
            while True:
                self.told.append(json.loads(await self.socket.recv()))
        except ConnectionClosed:
            return

    @property
    def answers(self) -> int:
        return sum(message["type"] in ENDS for message in self.told)

    async def send(self, kind: str) -> None:
        """One frame, when the credit allows it."""
        if self.sent - self.answers >= self.credit:
            return
        step = {"late": -1, "again": 0, "skip": 3}.get(kind, 1)
        seq = max(0, self.number + step)
        self.number = max(self.number, seq)
        self.sent += 1
        if kind == "boxes":
            await say(self.socket, type="detections", **detections(seq=seq))
        else:
            await self.socket.send(pack(FrameHeader(seq=seq)) + png(seq % 200, poisoned=kind == "poisoned"))

    async def leave(self) -> None:
        """Say goodbye, and be answered everything before."""
        await say(self.socket, type="bye")
        assert self.listening is not None
        await self.listening
        assert self.socket.close_code in (1000, 4404)
        if self.socket.close_code == 1000:
            assert self.answers == self.sent, "a frame got no answer, or two"
        assert not [m for m in self.told if m.get("problem") == "/problems/overloaded"], "refused within its credit"


class Clients:
    def __init__(self, service: Service) -> None:
        self.service = service
        self.writers: dict[str, Client] = {}
        self.posts: list[asyncio.Task[int]] = []

    async def open(self, stream: str) -> None:
        if stream in self.writers:
            return
        socket = await self.service.connect(f"/v1/streams/{stream}/ws")
        hello = await hear(socket)
        if hello["type"] != "hello":  # one that was cut off has not been missed yet
            await socket.close()
            return
        client = Client(socket, hello["credit"], number=hello["next_seq"] - 1)
        client.listening = asyncio.create_task(client.listen())
        self.writers[stream] = client

    async def send(self, stream: str, count: int, kind: str) -> None:
        if client := self.writers.get(stream):
            for _ in range(count):
                await self.quiet(client.send(kind))

    async def nonsense(self, stream: str) -> None:
        if client := self.writers.get(stream):
            client.sent += 1
            await self.quiet(client.socket.send("no json"))

    async def bye(self, stream: str) -> None:
        if client := self.writers.pop(stream, None):
            self.service.detector.gate.set()
            await self.quiet(client.leave())

    async def cut(self, stream: str) -> None:
        if client := self.writers.pop(stream, None):
            client.socket.transport.abort()
            await client.listening

    async def post(self, stream: str) -> None:
        async def posting() -> int:
            return (await self.service.http.post(f"/v1/streams/{stream}/frames", content=png(5))).status_code

        self.posts.append(asyncio.create_task(posting()))
        await asyncio.sleep(0)

    async def reset(self, stream: str) -> None:
        self.service.detector.gate.set()
        await self.service.http.post(f"/v1/streams/{stream}/reset")
        if client := self.writers.get(stream):
            client.number = 0

    async def patch(self, stream: str, change: dict[str, object]) -> None:
        await self.service.http.patch(f"/v1/streams/{stream}", json=change)

    async def delete(self, stream: str) -> None:
        await self.service.http.delete(f"/v1/streams/{stream}")
        if client := self.writers.pop(stream, None):
            await client.listening
            await client.socket.close()

    async def gate(self, open_: bool) -> None:
        (self.service.detector.gate.set if open_ else self.service.detector.gate.clear)()

    @staticmethod
    async def quiet(acting) -> None:
        try:
            await acting
        except ConnectionClosed:  # the stream was closed meanwhile
            return


async def play(script) -> None:
    async with serving(GIVEN, ScriptedDetector()) as service:
        clients = Clients(service)
        for step, *given_ in script:
            await getattr(clients, step)(*given_)
            for view in service.engine.streams():
                service.books(view.stream)
        service.detector.gate.set()
        for stream in list(clients.writers):
            await clients.bye(stream)
        statuses = await asyncio.gather(*clients.posts)
        assert set(statuses) <= {200, 409, 429, 503}
        await until(lambda: not any(view.accounts.in_flight for view in service.engine.streams()))
        for view in service.engine.streams():
            assert sum(view.drops.values()) == service.books(view.stream).dropped
        ready = await service.http.get("/readyz")
        assert ready.status_code in (200, 503)  # poisoned pictures may have opened the breaker
    left = [task for task in asyncio.all_tasks() if task.get_name().startswith(("session", "source", "batcher"))]
    assert not left


@settings(max_examples=8)
@given(script=steps)
def test_whatever_clients_do_every_frame_is_answered_once_and_the_books_balance(script):
    asyncio.run(play(script))
