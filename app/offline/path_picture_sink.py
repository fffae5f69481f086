"""One picture of where tracks were in the whole run, drawn at its end over the last frame."""

from collections.abc import Sequence
from pathlib import Path

from app.imaging.path_picture import Kind, PathScene, draw_paths, fitting
from app.imaging.shapes import Shape
from app.offline.opening import check_target, writing
from app.offline.painter import full_picture
from app.offline.sink import OutputError, TrackedFrame
from app.paths import Paths, TrackedRows
from tracker import ByteTrackConfig

MOST_POINTS = 2_000_000  # 110 MB: 20 tracks in view for nearly three hours
WIDEST = 3840


class PathPictureSink:
    """Draws a heat map or trajectories with `shapes`. Without a frame no picture is written, and an old one stays."""

    def __init__(self, target: str, kind: Kind, shapes: Sequence[Shape] = ()) -> None:
        self.target = target
        self._kind = kind
        self._shapes = list(shapes)
        self._paths = Paths(MOST_POINTS)
        self._config = ByteTrackConfig()
        self._last: TrackedFrame | None = None

    def write(self, tracked: TrackedFrame) -> None:
        """Take one frame; its picture is held until the next one comes."""
        frame = tracked.frame
        size = frame.width, frame.height
        looked = not tracked.predicted
        # Nobody asks here why a track was born.
        self._paths.add(TrackedRows(frame.seq, frame.pts_s, size, tracked.tracks, None, self._config, looked))
        self._last = tracked

    def close(self) -> None:
        """Draw the picture and write it. Raises OutputError."""
        span = self._paths.span()
        if self._last is None or span is None:
            return
        frame = self._last.frame
        size = frame.width, frame.height
        scene = PathScene(points=self._paths.between(span), span=span, size=size, shapes=self._shapes)
        drawn = draw_paths(self._kind, scene, fitting(size, None, WIDEST), full_picture(self._last), annotate=True)
        with writing(self.target):
            Path(self.target).write_bytes(drawn)


def check_picture_target(target: str) -> None:
    """Refuse early what cannot become a picture.

    Raises:
        OutputError: no such folder, or a suffix that is not that of PNG.
    """
    check_target(target)
    if Path(target).suffix.lower() != ".png":
        raise OutputError(f"cannot write {target}: a picture's name ends in .png")
