"""One frame between `submit` and its answer."""

import asyncio
from dataclasses import dataclass, field
from time import perf_counter

from app.engine.perception import Admitted, Perceived
from app.engine.port import Answer
from app.engine.timeline import Place


def answer_future() -> asyncio.Future[Answer]:
    """A future whose error nobody has to fetch: the caller may have gone."""
    future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
    future.add_done_callback(lambda done: done.cancelled() or done.exception())
    return future


@dataclass(slots=True, eq=False)
class FrameJob:
    """A frame that was taken. `dropped_before` counts the frames that were given up for it."""

    epoch: int
    admitted: Admitted
    place: Place
    future: asyncio.Future[Answer] = field(default_factory=answer_future)
    received_at: float = field(default_factory=perf_counter)
    dropped_before: int = 0
    perceived: asyncio.Future[Perceived] | None = None

    def answer(self, answer: Answer) -> None:
        """Tell the caller, if there still is one."""
        if not self.future.done():
            self.future.set_result(answer)

    def fail(self, error: Exception) -> None:
        """Tell the caller why there is no answer."""
        if not self.future.done():
            self.future.set_exception(error)


@dataclass(slots=True, eq=False)
class ResetJob:
    """A new epoch that waits for its turn behind the frames taken before it."""

    epoch: int
    done: asyncio.Event = field(default_factory=asyncio.Event)


Job = FrameJob | ResetJob
