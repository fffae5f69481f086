"""What Prometheus reads: counts from the streams' books at scrape time, stage times as histograms."""

from collections.abc import Callable, Iterator, Sequence

from msgspec import UNSET
from prometheus_client import CollectorRegistry, Counter
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from app.engine.port import Answer
from app.engine.views import ModelState, StreamView
from app.span_metrics import SpanMetrics
from app.wire import TracksMessage

_STAGES = ("decode", "queue", "detect", "motion", "track", "total")
_LOOKED = ("decode", "queue", "detect")  # not of a frame that nobody looks at: zeros would hide what looking costs
_ALWAYS = ("track", "total")
_WALL_CLOCK_S = 3600.0  # a capture time that is farther from now is media time, or a clock that tells no latency


class _Books(Collector):
    """Reads every stream's accounts when it is asked, so that no count is kept twice."""

    def __init__(self, streams: Callable[[], Sequence[StreamView]]) -> None:
        self._streams = streams

    def describe(self) -> list[Metric]:
        """Nothing to tell before the first scrape."""
        return []

    def collect(self) -> Iterator[Metric]:
        """One sample per stream and outcome."""
        frames = CounterMetricFamily("trackd_frames", "Frames by what became of them", labels=["stream", "outcome"])
        in_flight = GaugeMetricFamily("trackd_frames_in_flight", "Frames not yet answered", labels=["stream"])
        tracks = GaugeMetricFamily("trackd_tracks", "Tracks of the newest frame", labels=["stream"])
        ids = GaugeMetricFamily("trackd_ids", "Identities given out in this epoch", labels=["stream"])
        readers = GaugeMetricFamily("trackd_readers", "Connected readers", labels=["stream"])
        views = self._streams()
        for view in views:
            books = view.accounts
            for outcome in ("received", "tracked", "dropped", "rejected", "replayed"):
                frames.add_metric([view.stream, outcome], getattr(books, outcome))
            in_flight.add_metric([view.stream], books.in_flight)
            tracks.add_metric([view.stream], view.tracks)
            ids.add_metric([view.stream], view.ids)
            readers.add_metric([view.stream], view.readers)
        yield from (frames, in_flight, tracks, ids, readers)
        yield GaugeMetricFamily("trackd_streams", "Open streams", value=len(views))


class _Models(Collector):
    """Reads what is loaded when it is asked."""

    def __init__(self, models: Callable[[], Sequence[ModelState]]) -> None:
        self._models = models

    def describe(self) -> list[Metric]:
        """Nothing to tell before the first scrape."""
        return []

    def collect(self) -> Iterator[Metric]:
        """The version under each name that serves, and one sample for each provider that runs a part of it."""
        ready = [state for state in self._models() if state.info is not None]
        versions = GaugeMetricFamily("trackd_model_version", "Versions that served under a name", labels=["model"])
        runs_on = GaugeMetricFamily(
            "trackd_detector_info",
            "1 for each active execution provider of a model; device is what was asked for",
            labels=["model", "device", "provider"],
        )
        for state in ready:
            versions.add_metric([state.name], state.version or 0)
            if state.info is not None:
                for provider in state.info.providers or (state.info.provider,):
                    runs_on.add_metric([state.name, state.info.device, provider], 1)
        yield from (versions, runs_on)
        yield GaugeMetricFamily("trackd_models", "Models that serve", value=len(ready))


class Metrics:
    """The registry of one engine."""

    def __init__(self, streams: Callable[[], Sequence[StreamView]], models: Callable[[], Sequence[ModelState]]) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_Books(streams))
        self._registry.register(_Models(models))
        self._model_changes = Counter(
            "trackd_model_changes", "Attempts to change a model, by outcome", ["outcome"], registry=self._registry
        )
        stages = SpanMetrics("trackd_stage_seconds", "Seconds a frame spent by stage", "stage", _STAGES)
        latency = SpanMetrics(
            "trackd_capture_to_answer_seconds",
            "Seconds from a frame's capture to its answer, of frames whose capture time is seconds since 1970",
        )
        self._registry.register(stages)
        self._registry.register(latency)
        self._stages = {stage: stages.of(stage) for stage in _STAGES}
        self._latency = latency.of()
        self._dropped = Counter(
            "trackd_frames_dropped", "Frames given up, by the reason", ["reason"], registry=self._registry
        )
        self._camera_motion = Counter(
            "trackd_camera_motion",
            "Frames in which the camera's motion was looked for, by what was found",
            ["finding"],
            registry=self._registry,
        )

    def observe(self, answer: Answer) -> None:
        """One frame was tracked."""
        timing = answer.message.timing_ms
        if answer.message.predicted is not True:
            for stage in _LOOKED:
                self._stages[stage].observe(getattr(timing, stage) / 1e3)
        for stage in _ALWAYS:
            self._stages[stage].observe(getattr(timing, stage) / 1e3)
        if timing.motion is not UNSET:
            self._stages["motion"].observe(timing.motion / 1e3)
        self._observe_latency(answer.message)
        if answer.camera is not None:
            self._camera_motion.labels(answer.camera.name.lower()).inc()

    def _observe_latency(self, message: TracksMessage) -> None:
        if message.capture_ts is None or message.sent_at is UNSET:
            return
        age_s = message.sent_at - message.capture_ts
        if abs(age_s) < _WALL_CLOCK_S:
            self._latency.observe(max(age_s, 0.0))  # a client's clock may be ahead

    def model_changed(self, outcome: str) -> None:
        """A model was loaded, replaced or removed, was the same already, or could not be loaded."""
        self._model_changes.labels(outcome).inc()

    def frame_dropped(self, reason: str) -> None:
        """One frame was given up."""
        self._dropped.labels(reason).inc()

    def add(self, collector: Collector) -> None:
        """Ask another collector too."""
        self._registry.register(collector)

    def render(self) -> bytes:
        """The text format, UTF-8."""
        return generate_latest(self._registry)
