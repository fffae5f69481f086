"""Random clients of one real engine: after every step the books balance, and nobody is forgotten, mixed up or counted
twice.

The clock is the test's, the detector waits, fails and hangs as the test says; everything else is the product.
"""

import asyncio
from dataclasses import dataclass, field
from functools import partial
from typing import get_args

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.engine.local import LocalEngine
from app.engine.port import Answer, DetectionsIn, FrameIn
from app.engine.subscription import Subscription
from app.errors import FrameDropped, InvalidInput, OutOfOrder, Overloaded, TrackdError, WriterConflict
from app.inference_settings import InferenceSettings
from app.limits import Limits
from app.settings import Settings
from app.wire import DropMessage, DropReason, TracksMessage
from tests.engine.hand_clock import HandLoop, breathe, eventually, turns
from tests.engine.scripted import ScriptedDetector, boxes, frame

STREAMS = ("a", "b")
LIMITS = Limits(waiting_lossless=3, reorder=4, replays=3, idle_s=1e9, reader_messages=100_000, reader_bytes=1 << 30)

changes = st.fixed_dictionaries(
    {},
    optional={
        "overload": st.sampled_from(["latest", "lossless"]),
        "order": st.sampled_from(["strict", "skip_late", "reorder"]),
        "max_fps": st.sampled_from([None, 5.0, 1000.0]),
        "max_age_ms": st.sampled_from([None, 100.0]),
        "reorder_ms": st.sampled_from([50.0, 400.0]),
        "detection": st.sampled_from([{"every": 1}, {"every": 3}]),
    },
)
numbers = st.sampled_from(["next", "next", "next", "next", "skip", "late", "later", "again", "none"])
kinds = st.sampled_from(["good", "good", "good", "boxes", "boxes", "poisoned", "hanging"])
streams = st.sampled_from(STREAMS)


@dataclass
class Life:
    """What a test knows of one stream from its opening to its end, from outside."""

    name: str
    reader: object
    timed: bool = False
    reached: int = 0  # frames that reached the stream
    mixed_up: bool = False
    number: int = 0
    pictures: int = 0
    replies: list[asyncio.Future[Answer]] = field(default_factory=list)
    answered: list[tuple[int, int]] = field(default_factory=list)
    told: list[object] = field(default_factory=list)
    resets: int = 0

    def follow(self, reply: asyncio.Future[Answer], sent: FrameIn | DetectionsIn) -> None:
        """The frame was taken; the same future comes again when the frame does."""
        if all(reply is not known for known in self.replies):
            self.replies.append(reply)
            reply.add_done_callback(partial(self._note, sent))

    def _note(self, sent: FrameIn | DetectionsIn, done: asyncio.Future[Answer]) -> None:
        if done.cancelled() or done.exception() is not None:
            return
        answer = done.result()
        self.answered.append((answer.message.epoch, answer.message.seq))
        if not answer.message.predicted:
            shown = sent.detections.xyxy[0, 0] if isinstance(sent, DetectionsIn) else sent.image[0, 0, 0]
            self.mixed_up |= answer.detections.xyxy[0, 0] != shown
        self.mixed_up |= answer.message.sent_at < answer.message.received_at

    @property
    def open(self) -> int:
        return sum(not reply.done() for reply in self.replies)


class Clients(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.loop = HandLoop()
        self.detector = ScriptedDetector()
        given = Settings(limits=LIMITS, inference=InferenceSettings(callers=2, max_batch=2))
        self.engine = LocalEngine(given, self.detector)
        self.lives: dict[str, Life] = {}
        self.over: list[Life] = []
        self.writers: dict[str, object] = {}
        self.credit: dict[str, int] = {}
        self.unanswered: dict[str, list[asyncio.Future[Answer]]] = {}
        self.waiting: list[asyncio.Future[object]] = []
        self.run(self.engine.start())

    def run(self, coroutine):
        return self.loop.run_until_complete(coroutine)

    # -- what clients do -------------------------------------------------------------------------------------------

    def life(self, name: str) -> Life:
        """The stream, opened when it is not."""
        if name not in self.lives:
            self.engine.put_stream(name, self.engine.settings.stream)
            chosen = Subscription().selection.model_copy(update={"streams": (name,)})
            self.lives[name] = Life(name, self.engine.subscribe(Subscription(selection=chosen)))
        return self.lives[name]

    def picture(self, life: Life, number: str, kind: str):
        """The next frame of a client that counts, forgets, repeats and mixes up."""
        seq = {
            "next": life.number + 1,
            "skip": life.number + 3,
            "late": max(life.number - 1, 0),
            "later": max(life.number - 2, 0),
            "again": max(life.number, 0),
        }.get(number)
        if seq is not None:
            life.number = max(life.number, seq)
        at_s = None if not life.timed else (life.number if seq is None else seq) * 0.1 + 1
        life.pictures = shown = (life.pictures + 1) % 200
        if kind == "boxes":
            return boxes(shown, seq, at_s)
        return frame(shown, seq, at_s, **({} if kind == "good" else {kind: True}))

    def submit(self, life: Life, sent) -> asyncio.Future[Answer] | TrackdError:
        """What a post or a socket does, without the task around it that would hide whose future it is."""
        session = self.engine._sessions[life.name]
        before = session.outcomes.accounts.replayed
        try:
            reply = session.submit(sent)
        except TrackdError as refusal:
            reply = refusal
        if isinstance(reply, asyncio.Future):
            life.reached += session.outcomes.accounts.replayed == before
            life.follow(reply, sent)
            return reply
        life.reached += 1
        assert isinstance(reply, FrameDropped | OutOfOrder | Overloaded | InvalidInput), repr(reply)
        if isinstance(reply, FrameDropped):
            assert (reply.reason, session.settings.order != "strict") == ("late", True)
        return reply

    @initialize(first=changes, second=changes, timed=st.booleans())
    def begin(self, first, second, timed):
        async def act():
            for name, change in zip(STREAMS, (first, second), strict=True):
                self.life(name).timed = timed
                self.engine.patch_stream(name, change)

        self.run(act())

    @rule(name=streams, sent=st.lists(st.tuples(numbers, kinds), min_size=1, max_size=8), leaves=st.booleans())
    def post(self, name, sent, leaves):
        async def act():
            life = self.life(name)
            for number, kind in sent:
                if name in self.writers:
                    with pytest.raises(WriterConflict):
                        await self.engine.submit(name, self.picture(life, number, kind))
                    return
                reply = self.submit(life, self.picture(life, number, kind))
                if isinstance(reply, asyncio.Future):
                    waiter = asyncio.ensure_future(asyncio.shield(reply))
                    waiter.add_done_callback(lambda done: done.cancelled() or done.exception())
                    await turns(2)
                    if leaves:
                        waiter.cancel()

        self.run(act())

    @rule(name=streams, comes=st.booleans())
    def come_or_go(self, name, comes):
        async def act():
            if not comes:
                if name in self.writers:
                    self.writers.pop(name).close()
                return
            self.life(name)
            if name in self.writers:
                with pytest.raises(WriterConflict):
                    self.engine.attach_writer(name)
                return
            try:
                self.writers[name] = self.engine.attach_writer(name)
            except Overloaded:
                return
            self.credit[name] = self.writers[name].credit
            self.unanswered[name] = []

        self.run(act())

    @precondition(lambda self: self.writers)
    @rule(data=st.data(), count=st.integers(1, 12), number=numbers, kind=kinds)
    def write(self, data, count, number, kind):
        """A client keeps within its credit, and is never told that it sends too fast."""
        name = data.draw(st.sampled_from(sorted(self.writers)))

        async def act():
            life = self.lives[name]
            for step in range(count):
                if sum(not reply.done() for reply in self.unanswered[name]) >= self.credit[name]:
                    return
                reply = self.submit(life, self.picture(life, number if step == 0 else "next", kind))
                assert not isinstance(reply, Overloaded), "a frame within the credit was refused"
                if isinstance(reply, asyncio.Future):
                    self.unanswered[name].append(reply)

        self.run(act())

    @rule(name=streams, change=changes, what=st.sampled_from(["patch", "patch", "patch", "reset", "delete"]))
    def operate(self, name, change, what):
        if what == "patch":
            self.patch(name, change)
        elif what == "reset":
            self.reset(name, timed="max_fps" in change)
        elif name in self.lives:
            self.delete(name)

    def patch(self, name, change):
        async def act():
            self.life(name)
            self.engine.patch_stream(name, change)
            if name in self.writers:
                self.credit[name] = self.writers[name].credit

        self.run(act())

    def reset(self, name, timed):
        async def act():
            life = self.life(name)
            self.waiting.append(asyncio.ensure_future(self.engine.reset_stream(name)))
            await turns(1)
            life.number, life.timed = 0, timed
            life.resets += 1

        self.run(act())

    def delete(self, name):

        async def act():
            session = self.engine._sessions[name]
            await self.engine.delete_stream(name)
            life = self.lives.pop(name)
            assert life.open == 0
            await self.read(life)
            life.reader.close()
            self.writers.pop(name, None)
            books = session.outcomes.accounts
            assert books.in_flight == 0
            assert books.received == books.tracked + books.dropped + books.rejected == life.reached
            self.over.append(life)

        self.run(act())

    # -- what happens to the service -------------------------------------------------------------------------------

    @rule(what=st.sampled_from(["open", "open", "close", 0.03, 0.2, 0.2, 0.5, 11.0]), count=st.integers(0, 3))
    def pass_by(self, what, count):
        """The detector is let go or held up, or time passes; then threads work for a while."""

        async def act():
            if isinstance(what, float):
                await self.loop.pass_s(what)
            else:
                (self.detector.gate.set if what == "open" else self.detector.gate.clear)()
            for _ in range(count):
                await breathe()

        self.run(act())

    # -- what always holds -----------------------------------------------------------------------------------------

    async def read(self, life: Life) -> None:
        """What the reader of a stream has been told so far."""
        while len(life.reader._backlog):
            encoded, missed = await life.reader.next()
            assert not missed
            life.told.append(encoded.message)

    @invariant()
    def the_books_balance(self):
        async def look():
            for view in self.engine.streams():
                books, life = view.accounts, self.lives[view.stream]
                assert books.received == books.tracked + books.dropped + books.rejected + books.in_flight
                assert books.received == life.reached
                assert books.in_flight == life.open
                assert sum(view.drops.values()) == books.dropped
                assert set(view.drops) <= set(get_args(DropReason))
                promised = self.engine._sessions[view.stream]._credit._promised
                assert books.in_flight <= promised or view.settings.overload == "latest"

        self.run(look())

    @invariant()
    def answers_come_in_order(self):
        for life in [*self.lives.values(), *self.over]:
            assert life.answered == sorted(set(life.answered)), "answered twice, or out of order"
            assert not life.mixed_up, "answered with what another frame shows"

    @invariant()
    def readers_are_told_of_every_end(self):
        async def look():
            for life in self.lives.values():
                await self.read(life)
                books = self.engine.stream(life.name).accounts
                tracks = [m for m in life.told if isinstance(m, TracksMessage)]
                assert len(tracks) == books.tracked
                assert [(m.epoch, m.seq) for m in tracks] == sorted({(m.epoch, m.seq) for m in tracks})
                assert sum(isinstance(m, DropMessage) for m in life.told) == books.dropped
                if not life.resets and not books.in_flight:
                    session = self.engine._sessions[life.name]
                    to_tell = session.outcomes._carried + session._intake._thinned[0]
                    assert sum(m.dropped_since_last for m in tracks) + to_tell == books.dropped

        self.run(look())

    def teardown(self):
        async def end():
            self.detector.gate.set()
            self.detector.release.set()
            for _ in range(400):
                if not any(life.open for life in self.lives.values()) and all(w.done() for w in self.waiting):
                    break
                await self.loop.pass_s(0.5)
                await breathe()
            assert not any(life.open for life in self.lives.values()), "a frame was forgotten"
            assert all(wait.done() for wait in self.waiting), "a reset never came"
            await eventually(lambda: not any(view.accounts.in_flight for view in self.engine.streams()))
            for writer in self.writers.values():
                writer.close()
            for life in self.lives.values():
                life.reader.close()
            for wait in self.waiting:
                assert wait.exception() is None or isinstance(wait.exception(), TrackdError)
            await self.engine.close()
            await turns(5)
            assert asyncio.all_tasks() == {asyncio.current_task()}, "a task was left behind"

        try:
            self.run(end())
        finally:
            self.detector.gate.set()
            self.detector.release.set()
            self.run(self.loop.shutdown_default_executor())
            self.loop.close()


class TestClients(Clients.TestCase):
    settings = settings(max_examples=25, stateful_step_count=40)
