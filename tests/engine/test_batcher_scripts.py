"""Random scripts against a batcher and a whole engine: nobody is forgotten or mixed up, and all recover."""

import asyncio
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.batching import Batcher
from app.engine.pending import Patience
from app.errors import DetectorFailed, FrameDropped, ShuttingDown, TrackdError
from app.limits import Limits
from app.settings import InferenceSettings, Settings, StreamSettings
from tests.engine.scripted import Running, ScriptedDetector, balanced, frame, picture, until

STREAMS = "abc"
KINDS = ("good", "good", "good", "poisoned", "hanging")
DONE_S = 30.0


@dataclass
class Sent:
    stream: str
    pixels: list[int]
    patience: Patience
    future: asyncio.Future
    cancelled: bool = False


@dataclass
class Play:
    """One batcher, on a clock that the script moves, and everything that was sent to it."""

    detector: ScriptedDetector
    batcher: Batcher
    now: list[float]
    sent: list[Sent] = field(default_factory=list)

    def submit(self, stream, kind, views, latest, age_s):
        first = 10 * (len(self.sent) % 20)
        pixels = [first + n for n in range(views)]
        images = [picture(x, **{kind: True} if kind != "good" else {}) for x in pixels]
        patience = Patience(latest, None if age_s is None else self.now[0] + age_s)
        try:
            future = self.batcher.submit_views(stream, images, [(64, 64)] * views, patience)
        except DetectorFailed:  # at once, without a place in any queue
            return
        self.sent.append(Sent(stream, pixels, patience, future))

    def cancel(self, index):
        if self.sent:
            one = self.sent[index % len(self.sent)]
            one.cancelled = one.future.cancel() or one.cancelled

    def check(self):
        for one in self.sent:
            assert one.future.done(), "somebody was forgotten"
            if one.future.cancelled():
                assert one.cancelled
            elif (error := one.future.exception()) is None:
                assert [view.xyxy[0, 0] for view in one.future.result().views] == one.pixels
            elif isinstance(error, FrameDropped):
                reason = error.members["reason"]
                assert (one.patience.latest, reason) == (True, "superseded") or (
                    one.patience.expires_at is not None and reason == "too_old"
                )
            else:
                assert isinstance(error, (DetectorFailed, ShuttingDown))


submits = st.tuples(
    st.just("submit"),
    st.sampled_from(STREAMS),
    st.sampled_from(KINDS),
    st.integers(1, 3),
    st.booleans(),
    st.sampled_from([None, None, 0.5]),
)
steps = st.lists(
    st.one_of(
        submits,
        submits,
        st.tuples(st.just("cancel"), st.integers(0, 50)),
        st.tuples(st.just("pass"), st.sampled_from([0.2, 1.0, 40.0])),
        st.tuples(st.just("turn"), st.integers(1, 5)),
        st.tuples(st.just("gate"), st.booleans()),
        st.tuples(st.just("settle")),
    ),
    max_size=25,
)


async def everybody(play):
    if pending := [one.future for one in play.sent if not one.future.done()]:
        await asyncio.wait(pending, timeout=DONE_S)


async def perform(play, script):
    for step, *given_ in script:
        if step == "submit":
            play.submit(*given_)
        elif step == "cancel":
            play.cancel(*given_)
        elif step == "pass":
            play.now[0] += given_[0]
        elif step == "turn":
            for _ in range(given_[0]):
                await asyncio.sleep(0)
        elif step == "gate":
            (play.detector.gate.set if given_[0] else play.detector.gate.clear)()
        else:
            play.detector.gate.set()
            await everybody(play)


async def recovered(play):
    """Every stream gets answers again, once the waits are over and the frames are good."""
    for stream in (*STREAMS, "new"):
        async with asyncio.timeout(DONE_S):
            while True:
                play.now[0] += 100.0
                try:
                    found = await play.batcher.submit(stream, picture(7), (64, 64))
                except DetectorFailed:  # a call from before the gate was opened
                    await asyncio.sleep(0.01)
                    continue
                break
        assert found.detections.xyxy[0, 0] == 7
    assert (play.batcher.trouble, play.batcher.breaker) == (None, "closed")


@settings(max_examples=40)
@given(script=steps, callers=st.integers(1, 3), max_batch=st.integers(1, 4), deaf=st.booleans(), stops=st.booleans())
def test_whatever_happens_every_frame_gets_its_own_answer_or_its_reason_and_the_batcher_recovers(
    script, callers, max_batch, deaf, stops
):
    async def run():
        detector, now = ScriptedDetector(), [0.0]
        detector.deaf = deaf
        batcher = Batcher(
            detector,
            callers=callers,
            max_batch=max_batch,
            timeout_s=1.0,
            grace_s=0.005,
            clock=lambda: now[0],
            wait=detector.wait,
        )
        play = Play(detector, batcher, now)
        batcher.start()
        try:
            await perform(play, script)
            detector.gate.set()
            detector.release.set()
            if not stops:
                await everybody(play)
                play.check()
                await recovered(play)
        finally:
            detector.gate.set()
            detector.release.set()
            await batcher.stop()
        play.check()

    asyncio.run(run())


frames = st.tuples(
    st.just("frame"), st.sampled_from(["latest", "lossless", "ageing"]), st.sampled_from(KINDS), st.booleans()
)
life = st.lists(
    st.one_of(
        frames,
        frames,
        frames,
        st.tuples(st.just("turn"), st.integers(1, 8)),
        st.tuples(st.just("gate"), st.booleans()),
        st.tuples(st.just("pause")),
        st.tuples(st.just("reset"), st.sampled_from(["latest", "lossless"])),
        st.tuples(st.just("delete"), st.sampled_from(["latest", "ageing"])),
    ),
    max_size=30,
)


async def live(engine, detector, script, open_streams):
    """Plays a script; gives back what was asked for, by the stream and how often it had been closed."""
    asked, closed = [], 0
    for step, *given_ in script:
        if step == "frame":
            stream, kind, leaves = given_
            sent = frame(3, **{kind: True} if kind != "good" else {})
            if stream not in {view.stream for view in engine.streams()}:
                engine.put_stream(stream, open_streams[stream])
            asked.append(((stream, closed), asyncio.ensure_future(engine.submit(stream, sent))))
            await asyncio.sleep(0)
            if leaves:
                asked[-1][1].cancel()
        elif step == "turn":
            for _ in range(given_[0]):
                await asyncio.sleep(0)
        elif step == "gate":
            (detector.gate.set if given_[0] else detector.gate.clear)()
        elif step == "pause":
            await asyncio.sleep(0.004)  # longer than frames of the stream that ages may wait
        elif given_[0] in {view.stream for view in engine.streams()}:
            if step == "reset":
                asked.append((None, asyncio.ensure_future(engine.reset_stream(given_[0]))))
                await asyncio.sleep(0)
            else:
                await engine.delete_stream(given_[0])
                closed += 1
        assert all(balanced(engine, view.stream) for view in engine.streams())
    return asked


@settings(max_examples=40)
@given(script=life, callers=st.integers(1, 2), max_batch=st.integers(1, 3))
def test_whatever_happens_the_books_balance_and_a_lossless_stream_drops_nothing(script, callers, max_batch):
    open_streams = {
        "latest": StreamSettings(),
        "lossless": StreamSettings(overload="lossless"),
        "ageing": StreamSettings(max_age_ms=3.0),
    }

    async def run():
        detector = ScriptedDetector()
        given_ = Settings(
            limits=Limits(detector_s=0.02), inference=InferenceSettings(callers=callers, max_batch=max_batch)
        )
        async with Running(detector, given_) as engine:
            asked = await live(engine, detector, script, open_streams)
            detector.gate.set()
            if asked:
                _, pending = await asyncio.wait([future for _, future in asked], timeout=DONE_S)
                assert not pending, "somebody was forgotten"
            await until(lambda: not any(view.accounts.in_flight for view in engine.streams()))
            for view in engine.streams():
                assert balanced(engine, view.stream)
                if view.stream == "lossless":
                    assert view.accounts.dropped == 0
            seen = {}
            for stream, future in asked:
                if stream is None or future.cancelled():
                    continue
                if (error := future.exception()) is not None:
                    assert isinstance(error, TrackdError)
                    continue
                place = (future.result().message.epoch, future.result().message.seq)
                assert place > seen.get(stream, (0, 0)), "answers of a stream are out of order"
                seen[stream] = place

    asyncio.run(run())
