"""An overloaded stream through the whole engine, with callers whose calls take as long as the test says."""

import asyncio
import itertools
import random
from statistics import mean, pstdev

import pytest

from app.engine.calling import Caller
from app.engine.local import LocalEngine
from app.engine.port import FrameIn
from app.engine.spacing import Spacing
from app.errors import FrameDropped
from app.inference_settings import InferenceSettings
from app.settings import Settings
from tests.engine.hand_clock import HandLoop, turns
from tests.engine.scripted import ScriptedDetector, box_at, picture

SECONDS, FPS = 14, 30
SETTLED = 50  # frames


class Played:
    """When the tracked frames of one stream came, in seconds: it sends more than two callers can look at."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, lengths: list[float], *, spaced: bool) -> None:
        self.tracked: list[float] = []
        self._lengths = itertools.cycle(lengths)
        self._loop = HandLoop()
        monkeypatch.setattr(Caller, "begin", self._begin)
        if not spaced:
            monkeypatch.setattr(Spacing, "give_way", lambda spacing: None)
        try:
            self._loop.run_until_complete(self._play())
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
        finally:
            self._loop.close()
            monkeypatch.undo()

    def _begin(self, images, sizes):
        """In the place of a thread: the call ends when its time has passed on the clock that stands still."""
        call = self._loop.create_future()
        self._loop.call_later(next(self._lengths) * len(images), call.set_result, [box_at(5.0) for _ in images])
        return call

    async def _play(self):
        inference = InferenceSettings(callers=2, max_batch=1)
        engine = LocalEngine(Settings(inference=inference), ScriptedDetector())
        await engine.start()
        sent = []
        for number in range(SECONDS * FPS):
            await self._pass_until(1000.0 + number / FPS)
            sent.append(asyncio.ensure_future(self._send(engine)))
            await turns(20)
        await self._pass_until(self._loop.now_s + 2.0)
        await asyncio.gather(*sent)
        await engine.close()

    async def _send(self, engine):
        came_s = self._loop.now_s
        try:
            await engine.submit("cam", FrameIn(image=picture(3)))
        except FrameDropped:
            return
        self.tracked.append(came_s)

    async def _pass_until(self, at_s):
        """Let time pass from one thing that falls due to the next."""
        while (due := [timer.when() for timer in self._loop._scheduled if not timer.cancelled()]) and min(due) < at_s:
            self._loop.now_s = max(self._loop.now_s, min(due))
            await turns(20)
        self._loop.now_s = at_s

    @property
    def spread(self):
        """The standard deviation of the intervals over their mean."""
        intervals = [b - a for a, b in itertools.pairwise(sorted(self.tracked)[SETTLED:])]
        return pstdev(intervals) / mean(intervals)


def test_frames_of_calls_that_take_the_same_time_are_tracked_more_evenly_and_none_is_lost_for_it(monkeypatch):
    without, with_it = (Played(monkeypatch, [0.2], spaced=spaced) for spaced in (False, True))
    assert with_it.spread < 0.8 * without.spread
    assert len(with_it.tracked) >= 0.99 * len(without.tracked)


def test_frames_of_calls_that_take_different_times_are_tracked_no_less_evenly_and_hardly_one_is_lost(monkeypatch):
    chance = random.Random(5)
    lengths = [0.2 * chance.uniform(0.7, 1.3) for _ in range(97)]
    without, with_it = (Played(monkeypatch, lengths, spaced=spaced) for spaced in (False, True))
    assert with_it.spread < 1.1 * without.spread
    assert len(with_it.tracked) >= 0.97 * len(without.tracked)
