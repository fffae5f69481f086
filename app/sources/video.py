"""Video files through PyAV: real presentation times, rotation applied, broken frames skipped and counted."""

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import numpy as np

from app.decoding.formats import FORMATS, frame_rate_of
from app.sources.source import Image, Skipped, SourceError, SourceFrame
from app.sources.timeline import Timeline

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

OPTIONS = {"protocol_whitelist": "file", "format_whitelist": FORMATS}


class VideoSource:
    """The frames of one video file, in presentation order.

    Raises:
        SourceError: the file is no video, has no video stream or holds no frame that decodes, or PyAV is not installed.
    """

    def __init__(self, path: Path, frame_rate: float | None = None) -> None:
        self.name = path.stem
        self.skipped = Skipped()
        self._path = path
        self._container = _open_container(path)
        try:
            stream = _video_stream(self._container, path)
            self.frame_rate = frame_rate or frame_rate_of(stream)
            self.frame_count = _frame_count(stream, self._container, self.frame_rate)
            self._frames = self._decode(stream)
            self._first = self._first_frame()
        except BaseException:
            self._container.close()
            raise
        self.height, self.width = self._first.image.shape[:2]

    def __iter__(self) -> Iterator[SourceFrame]:
        yield self._first
        yield from self._frames

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release the decoder and the file."""
        self._container.close()

    def _first_frame(self) -> SourceFrame:
        # The rotation is known only from a frame, and a file whose frames are all broken must fail here, not later.
        try:
            return next(self._frames)
        except StopIteration:
            reason = self.skipped.reasons[0] if self.skipped.reasons else "it is empty"
            raise SourceError(f"{self._path} holds no frame that decodes: {reason}") from None

    def _decode(self, stream: "VideoStream") -> Iterator[SourceFrame]:
        timeline = Timeline(self.frame_rate)
        seq = 0
        for frame in self._decoded(stream):
            if frame.is_corrupt:
                self.skipped.add(f"frame after {seq} is damaged")
                continue
            seq += 1
            image = upright(frame.to_ndarray(format="bgr24"), frame.rotation)
            pts = timeline.next(None if frame.pts is None else float(frame.time))
            yield SourceFrame(seq, pts, image, image.shape[1], image.shape[0])

    def _decoded(self, stream: "VideoStream") -> Iterator["VideoFrame"]:
        from av.error import FFmpegError

        packets = self._container.demux(stream)
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except FFmpegError as error:
                self.skipped.add(f"the file breaks off: {error.strerror}")
                return
            try:
                yield from packet.decode()
            except FFmpegError as error:
                self.skipped.add(error.strerror or str(error))


def upright(image: np.ndarray, rotation: int) -> Image:
    """The image turned by `rotation` degrees counter-clockwise, as the container's display matrix asks.

    Quarter turns only: a matrix of any other angle is left alone, as players do.
    """
    turns, rest = divmod(rotation, 90)
    if rest or turns % 4 == 0:
        return image
    return np.ascontiguousarray(np.rot90(image, turns % 4))


def _open_container(path: Path) -> "InputContainer":
    try:
        import av
        from av.error import FFmpegError
    except ImportError:
        raise SourceError(
            f"{path} looks like a video, and reading videos needs PyAV: install trackd with its extra, trackd[video]"
        ) from None
    try:
        return av.open(str(path.absolute()), mode="r", container_options=OPTIONS, metadata_errors="replace")
    except FFmpegError as error:
        raise SourceError(f"{path} is no video or picture that trackd reads: {error.strerror}") from None


def _video_stream(container: "InputContainer", path: Path) -> "VideoStream":
    if not container.streams.video:
        raise SourceError(f"{path} has no video stream")
    stream = container.streams.video[0]
    if stream.codec_context is None:
        raise SourceError(f"{path} is in a video format for which there is no decoder")
    stream.thread_type = "AUTO"
    return stream


def _frame_count(stream: "VideoStream", container: "InputContainer", frame_rate: float) -> int | None:
    if stream.frames > 0:
        return stream.frames
    if stream.duration and stream.time_base:
        return max(1, round(float(stream.duration * stream.time_base) * frame_rate))
    if container.duration:
        return max(1, round(container.duration / 1_000_000 * frame_rate))
    return None
