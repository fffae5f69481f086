"""How each tracker is called, by name."""

from collections.abc import Callable
from functools import partial
from importlib.metadata import version

from benchmarks.tracker_peers import compiled, in_python
from benchmarks.tracker_peers.adapter import Adapter, Prepare, Update


def trackd(preset: str = "") -> Adapter:
    """Ourselves."""
    from tracker import ByteTrackConfig, ByteTracker, Detections

    def start() -> tuple[Prepare, Update]:
        config = ByteTrackConfig.preset(preset) if preset else ByteTrackConfig()
        return Detections, ByteTracker(config).update

    return Adapter(version("trackd"), start, lambda tracks: tracks.track_id.tolist(), lambda tracks: tracks.detection)


ADAPTERS: dict[str, Callable[[], Adapter]] = {
    "trackd": trackd,
    "accurate": partial(trackd, "accurate"),
    "authors": in_python.authors,
    "supervision": in_python.supervision,
    "trackers": in_python.trackers,
    "ultralytics": in_python.ultralytics,
    "boxmot": partial(in_python.boxmot, "python"),
    "boxmot-cpp": partial(in_python.boxmot, "cpp"),
    "norfair": in_python.norfair,
    "trackforge": compiled.trackforge,
    "ioutrack": compiled.ioutrack,
    "edgefirst": compiled.edgefirst,
    "visiontrack": compiled.visiontrack,
}
