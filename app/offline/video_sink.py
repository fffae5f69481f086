"""The picture with boxes, ids and trails as a video: H.264, at the source's own presentation times."""

from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from app.offline.opening import check_target, writing
from app.offline.painter import Painter
from app.offline.sink import OutputError, TrackedFrame
from app.sources.source import Image

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.video.stream import VideoStream

TIME_BASE = Fraction(1, 90_000)
SUFFIXES = (".mp4", ".m4v", ".mov", ".mkv")
# A fragment is written out as soon as it is whole, so that the file plays up to there even after a power cut; a
# regular end turns the file into an ordinary one with a single index.
MP4_OPTIONS = {"movflags": "+hybrid_fragmented", "flush_packets": "1"}
# Without B-frames times start at zero in every player, and half-written files need no edit list.
X264_OPTIONS = {"preset": "veryfast", "crf": "23", "bf": "0"}
KEY_FRAME_EVERY_S = 2


class VideoSink:
    """Draws tracks on the full picture and encodes it.

    `size` is (width, height) of the first picture; later pictures of another size are scaled to it. Odd sides grow by
    one pixel, because the pixel format stores colour for blocks of two by two.

    Raises:
        OutputError: the file cannot be created, its suffix is unknown, or PyAV is not installed.
    """

    def __init__(self, target: str, size: tuple[int, int], frame_rate: float, painter: Painter) -> None:
        self.target = target
        self._size = size
        self._painter = painter
        self._first_pts: float | None = None
        self._last_tick = -1
        check_video_target(target)
        with writing(target):
            self._container = _create(target)
            self._stream = _add_stream(self._container, size, frame_rate)

    def write(self, tracked: TrackedFrame) -> None:
        """Draw and encode one frame."""
        from av.video.frame import VideoFrame

        image = self._painter.paint(tracked)
        frame = VideoFrame.from_ndarray(fitted(image, self._size), format="bgr24")
        frame.pts, frame.time_base = self._tick(tracked.frame.pts_s), TIME_BASE
        with writing(self.target):
            self._container.mux(self._stream.encode(frame))

    def close(self) -> None:
        """Write what the encoder still holds, and the index. A file without a frame is removed."""
        if self._first_pts is None:
            with suppress(OSError):
                self._container.close()
            Path(self.target).unlink(missing_ok=True)
            return
        try:
            with writing(self.target):
                self._container.mux(self._stream.encode(None))
        finally:
            with writing(self.target):
                self._container.close()

    def _tick(self, pts: float) -> int:
        if self._first_pts is None:
            self._first_pts = pts
        self._last_tick = max(self._last_tick + 1, round((pts - self._first_pts) / float(TIME_BASE)))
        return self._last_tick


def check_video_target(target: str) -> None:
    """Refuse early what cannot become a video.

    Raises:
        OutputError: no such folder, a suffix that names no container, or PyAV is missing.
    """
    check_target(target)
    if Path(target).suffix.lower() not in SUFFIXES:
        raise OutputError(f"cannot write {target}: a video's name ends in {', '.join(SUFFIXES)}")
    try:
        import av  # noqa: F401  the question is only whether it is there
    except ImportError:
        raise OutputError(
            f"cannot write {target}: writing videos needs PyAV: install trackd with its extra, trackd[video]"
        ) from None


def fitted(image: Image, size: tuple[int, int]) -> Image:
    """The image scaled to `size` (width, height) where it has another, with odd sides grown by repeating the edge."""
    if (image.shape[1], image.shape[0]) != size:
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    right, bottom = size[0] % 2, size[1] % 2
    if right or bottom:
        image = np.asarray(cv2.copyMakeBorder(image, 0, bottom, 0, right, cv2.BORDER_REPLICATE), np.uint8)
    return image


def _create(target: str) -> "OutputContainer":
    import av

    options = {} if target.lower().endswith(".mkv") else MP4_OPTIONS
    return av.open(str(Path(target).absolute()), mode="w", container_options=options)


def _add_stream(container: "OutputContainer", size: tuple[int, int], frame_rate: float) -> "VideoStream":
    from av import codecs_available

    rate = Fraction(frame_rate).limit_denominator(1001)
    name, options = ("libx264", X264_OPTIONS) if "libx264" in codecs_available else ("mpeg4", {"q": "4"})
    stream: Any = container.add_stream(name, rate=rate, options=options)
    stream.width, stream.height = size[0] + size[0] % 2, size[1] + size[1] % 2
    stream.pix_fmt = "yuv420p"
    stream.time_base = stream.codec_context.time_base = TIME_BASE
    stream.codec_context.gop_size = max(1, round(frame_rate * KEY_FRAME_EVERY_S))
    result: VideoStream = stream
    return result
