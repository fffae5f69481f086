"""What Prometheus reads of the health of tracking: from the streams' vitals, at scrape time."""

from collections.abc import Callable, Iterator, Mapping
from itertools import accumulate
from typing import get_args

from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from app.engine.checking import Checking
from app.vitals import ConcernKind

_GAUGES = {
    "churn": ("trackd_track_churn", "New identities per second and object in view, over the last minute of media time"),
    "mean_length_s": ("trackd_track_length_seconds", "Mean life of the tracks that ended in the last minute"),
    "fragments": ("trackd_track_fragmentation", "Share of tracks that were lost and found again"),
    "margin": ("trackd_association_margin", "Median share of its cost limit that an association left unused"),
    "jitter": ("trackd_frame_jitter", "Mean distance of the intervals between frames from their median, over it"),
    "score_drift": ("trackd_score_drift", "Mean score of what is tracked, less what it was in the minutes before"),
}
_BOUNDS = ("0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9", "+Inf")


class VitalMetrics(Collector):
    """Reads every stream's vitals when it is asked. What there is too little to tell of has no sample."""

    def __init__(self, streams: Callable[[], Mapping[str, Checking]]) -> None:
        self._streams = streams

    def describe(self) -> list[Metric]:
        """Nothing to tell before the first scrape."""
        return []

    def collect(self) -> Iterator[Metric]:
        """One sample per stream and figure, and one per stream and concern."""
        gauges = {name: GaugeMetricFamily(*told, labels=["stream"]) for name, told in _GAUGES.items()}
        scores = HistogramMetricFamily(
            "trackd_detection_score", "Scores of the detections that tracks took", labels=["stream"]
        )
        concerns = GaugeMetricFamily(
            "trackd_concerns", "1 for what looks wrong with a stream's tracking", labels=["stream", "concern"]
        )
        for stream, checking in self._streams().items():
            checkup = checking.checkup
            figures, standing = checkup.vitals.figures(), {each.kind for each in checkup.concerns}
            for name, gauge in gauges.items():
                if figures is not None and (value := getattr(figures, name)) is not None:
                    gauge.add_metric([stream], value)
            for kind in get_args(ConcernKind):
                concerns.add_metric([stream, kind], float(kind in standing))
            counts = accumulate(checkup.vitals.scores.reshape(len(_BOUNDS), -1).sum(axis=1).tolist())
            scores.add_metric(
                [stream], buckets=list(zip(_BOUNDS, counts, strict=True)), sum_value=checkup.vitals.score_sum
            )
        yield from (*gauges.values(), scores, concerns)
