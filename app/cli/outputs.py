"""The outputs that `trackd track` was asked for."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from app.cli.errors import UsageFailure
from app.counting_settings import CountingSettings
from app.imaging.path_picture import Kind
from app.imaging.shapes import Shape
from app.offline import OutputError, Sink
from app.offline.events_sink import EventsSink
from app.offline.jsonl_sink import JsonLinesSink
from app.offline.mot_sink import MotSink
from app.offline.opening import STANDARD_OUTPUT, check_target
from app.offline.painter import Painter
from app.offline.path_picture_sink import PathPictureSink, check_picture_target
from app.offline.second_reading import SecondReading
from app.offline.trace_sink import TraceSink
from app.offline.video_sink import VideoSink, check_video_target
from app.sources import Source

PathPictures = Mapping[Kind, str]
"""The kinds of pictures of paths that are wanted, and where they go."""

NO_PICTURES: PathPictures = {}


def check_outputs(
    source: str,
    video: str | None,
    mot: str | None,
    json: str | None,
    trace: str | None = None,
    pictures: PathPictures = NO_PICTURES,
    events: str | None = None,
) -> None:
    """Refuse outputs that cannot be written, before any work is done and without touching a file.

    Raises:
        OutputError: no such folder, or the output would overwrite the source.
        UsageFailure: two outputs would go to one place.
    """
    targets = [target for target in (video, mot, json, trace, events, *pictures.values()) if target is not None]
    places = [target if target == STANDARD_OUTPUT else os.path.realpath(target) for target in targets]
    if len(set(places)) < len(places):
        raise UsageFailure(f"two outputs name the same file: {', '.join(targets)}")
    if video is not None:
        check_video_target(video)
    for picture in pictures.values():
        check_picture_target(picture)
    for target in (mot, json, trace, events):
        if target is not None and target != STANDARD_OUTPUT:
            check_target(target)
    for target in targets:
        if target != STANDARD_OUTPUT and _same_file(target, source):
            raise OutputError(f"cannot write {target}: it is the source")


def open_outputs(
    source: Source,
    labels: tuple[str, ...],
    video: str | None,
    mot: str | None,
    json: str | None,
    reopen: Callable[[], Source] | None = None,
    trace: str | None = None,
    pictures: PathPictures = NO_PICTURES,
    shapes: Sequence[Shape] = (),
    events: str | None = None,
    counting: CountingSettings | None = None,
) -> list[Sink]:
    """Create the outputs. Where one cannot be created the others are closed again.

    With `reopen`, frames may come without their pictures: video and pictures take them from the source that it opens.
    `pictures` are drawn at the end, with `shapes` on them; `counting` is drawn in the video.

    Raises:
        OutputError: a file cannot be created.
    """
    sinks: list[Sink] = []
    try:
        if mot is not None:
            sinks.append(MotSink(mot))
        if json is not None:
            sinks.append(JsonLinesSink(json, source.name, labels))
        if trace is not None:
            sinks.append(TraceSink(trace, labels))
        if events is not None:
            sinks.append(EventsSink(events))
        if video is not None:
            painted = VideoSink(video, (source.width, source.height), source.frame_rate, Painter(labels, counting))
            sinks.append(painted if reopen is None else SecondReading(painted, reopen))
        for kind, target in pictures.items():
            drawn = PathPictureSink(target, kind, shapes)
            sinks.append(drawn if reopen is None else SecondReading(drawn, reopen))
    except OutputError:
        for sink in sinks:
            sink.close()
        raise
    return sinks


def _same_file(target: str, source: str) -> bool:
    path = Path(source.removeprefix("file://"))
    return path.exists() and Path(target).exists() and path.samefile(target)
