"""The demo camera as a source: rendered frames with exact ground truth, no file and no network."""

from collections.abc import Iterator
from itertools import count
from types import TracebackType
from typing import Self

from app.sources.demo import DemoCamera
from app.sources.demo_url import DemoAddress
from app.sources.source import Skipped, SourceFrame


class DemoSource:
    """The frames of one demo camera. Frame `seq` is the camera's frame of index `seq - 1`."""

    def __init__(self, address: DemoAddress) -> None:
        self.name = f"demo-{address.seed}"
        self.frame_rate = address.fps
        self.width, self.height = address.width, address.height
        self.frame_count = address.frames
        self.skipped = Skipped()
        self.camera = DemoCamera(seed=address.seed, width=address.width, height=address.height, frame_rate=address.fps)

    def __iter__(self) -> Iterator[SourceFrame]:
        indices = count() if self.frame_count is None else range(self.frame_count)
        for index in indices:
            image = self.camera.frame(index)
            yield SourceFrame(index + 1, index / self.frame_rate, image, self.width, self.height)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Nothing to release: the camera is a function of its seed."""
