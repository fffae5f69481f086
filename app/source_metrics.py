"""What Prometheus reads of the sources that the server reads by itself."""

from collections.abc import Callable, Iterator, Mapping
from typing import get_args

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from app.engine.source_status import State
from app.engine.views import SourceView


class SourceMetrics(Collector):
    """Reads the state of every source when it is asked. No address is in it, only names of streams."""

    def __init__(self, sources: Callable[[], Mapping[str, SourceView]]) -> None:
        self._sources = sources

    def describe(self) -> list[Metric]:
        """Nothing to tell before the first scrape."""
        return []

    def collect(self) -> Iterator[Metric]:
        """For each stream with a source one sample per state, and its counts."""
        state = GaugeMetricFamily("trackd_source_state", "1 for the state of a source", labels=["stream", "state"])
        connects = CounterMetricFamily(
            "trackd_source_connects", "Connections to a source that came to a frame", labels=["stream"]
        )
        frames = CounterMetricFamily("trackd_source_frames", "Frames read from a source", labels=["stream"])
        skipped = CounterMetricFamily(
            "trackd_source_skipped", "Frames of a source that were not read, or not decoded", labels=["stream"]
        )
        for stream, view in self._sources().items():
            for name in get_args(State):
                state.add_metric([stream, name], float(view.state == name))
            connects.add_metric([stream], view.connects)
            frames.add_metric([stream], view.frames)
            skipped.add_metric([stream], view.skipped)
        yield from (state, connects, frames, skipped)
