"""Paths read off the loop: pictures of them, and pages of many."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from app.counting_settings import CountingSettings
from app.engine.asking import PageAsked, PictureAsked
from app.engine.following import Chosen, Following
from app.engine.perception import Admitted
from app.engine.pictures import pixels
from app.engine.port import Answer, FrameIn
from app.errors import Overloaded
from app.imaging.path_picture import PathScene, draw_paths, fitting
from app.imaging.shapes import shapes_of
from app.path_messages import PathsPage

MOST_WAITING = 32
WIDEST = 1920  # of a picture whose width nobody asks for

_R = TypeVar("_R")
Newest = tuple[Answer, Admitted]


class PathReading:
    """Reads the paths of any stream in a thread; at most `MOST_WAITING` calls wait at once."""

    def __init__(self, threads: ThreadPoolExecutor) -> None:
        self._threads = threads
        self._waiting = 0

    async def picture(
        self, following: Following, newest: Newest, counting: CountingSettings, asked: PictureAsked
    ) -> bytes:
        """A heat map or trajectories as PNG.

        Raises:
            NothingYet, InvalidInput: see `Following.chosen`.
            Overloaded: too many wait already.
        """
        chosen = following.chosen(asked, newest[0].labels)
        return await self._in_thread(lambda: _draw(chosen, newest, counting, asked))

    async def page(self, following: Following, answer: Answer, asked: PageAsked) -> PathsPage:
        """The paths of some tracks. Raises what `picture` does."""
        chosen = following.chosen(asked, answer.labels)
        return await self._in_thread(lambda: chosen.page(asked, answer))

    async def _in_thread(self, call: Callable[[], _R]) -> _R:
        if self._waiting >= MOST_WAITING:
            raise Overloaded(f"{self._waiting} readings of paths wait already", limit=MOST_WAITING, retry_after_s=1)
        self._waiting += 1
        running = asyncio.get_running_loop().run_in_executor(self._threads, call)
        running.add_done_callback(self._leave)  # also where the caller has gone: a thread works until it is done
        return await running

    def _leave(self, done: asyncio.Future[_R]) -> None:
        self._waiting -= 1


def _draw(chosen: Chosen, newest: Newest, counting: CountingSettings, asked: PictureAsked) -> bytes:
    answer, admitted = newest
    size = answer.message.width, answer.message.height
    drawn = fitting(size, asked.width, WIDEST)
    shapes = shapes_of(counting, size) if asked.annotate else []
    scene = PathScene(points=chosen.points(), span=chosen.span, size=size, shapes=shapes)
    seen = asked.annotate and isinstance(admitted.frame, FrameIn)
    picture = pixels(admitted, drawn[0]) if seen else None
    return draw_paths(asked.kind, scene, drawn, picture, annotate=asked.annotate)
