"""A model that serves: its detector, the batcher that calls it, and the frames that are with it."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

from app.engine.batching import Batcher
from app.engine.clock import loop_s
from app.engine.line import Line
from app.inference_settings import ModelSettings
from app.loading import callers_for
from app.settings import Settings
from models import Detector, ModelInfo
from models.providers import given, told


class Loaded:
    """One version of a named model, from the moment it takes its first frame until it is retired.

    A frame belongs to the version it was given to until it is seen, so that whoever takes this one's place waits for
    none of them.
    """

    def __init__(
        self,
        name: str,
        detector: Detector,
        spec: ModelSettings,
        service: Settings,
        *,
        version: int = 1,
        mark: tuple[str, ...] | None = None,
    ) -> None:
        """`spec` is what the detector was loaded by, and `mark` tells whether its file is still the same."""
        self.name = name
        self.detector = detector
        self.spec = spec
        self.version = version
        self.mark = mark
        self.loaded_at = time.time()
        most = min(spec.inference.max_batch, detector.info.batch_limit or spec.inference.max_batch)
        self.batcher = Batcher(
            detector,
            callers=callers_for(service.speaking_of(spec), detector.info),
            max_batch=most,
            timeout_s=service.limits.detector_s,
            name=f"detector-{name}",
            now=loop_s,
        )
        # For each caller the batch that it has in hand, and one that is decoded meanwhile.
        self.line = Line(2 * self.batcher.callers * most)
        self._running = 0
        self._left = asyncio.Event()

    @property
    def info(self) -> ModelInfo:
        """What the model is and where it runs."""
        return self.detector.info

    @property
    def labels(self) -> Sequence[str]:
        """The model's class names."""
        return self.detector.info.labels

    @property
    def depth(self) -> int:
        """How many frames of one stream may be in perception at once: one for each caller, and one being decoded."""
        return self.batcher.callers + 1

    @property
    def hungry(self) -> bool:
        """True while the detector would idle if streams that have a frame in perception sent no other."""
        return self._running < 2 * self.batcher.callers

    @property
    def provider_trouble(self) -> str | None:
        """How what was asked for differs from what answers, or None."""
        asked, provider = self.info.device, self.info.provider
        return None if given(asked, provider) else f"asked for {asked}, got {provider}"

    @property
    def runs_on(self) -> str:
        """What it runs on, what was asked for, and why it is not a better device, in a line."""
        return told(self.info.device, self.info.providers or (self.info.provider,), self.info.note)

    def hold(self, seeing: asyncio.Future[Any]) -> None:
        """Count a frame until it is seen or given up."""
        self._running += 1
        self.line.take()
        seeing.add_done_callback(self._let_go)

    async def retire(self, patience_s: float) -> None:
        """Let the frames that are here finish, fail those that are left when none has for `patience_s`, and free the
        model."""
        try:
            while self._running:
                self._left.clear()
                async with asyncio.timeout(patience_s):
                    await self._left.wait()
        except TimeoutError:
            pass  # a detector that hangs has nothing more to say
        await self.batcher.stop()
        self.detector.close()

    def _let_go(self, _: asyncio.Future[Any]) -> None:
        self._running -= 1
        self._left.set()
        self.line.give_back()
