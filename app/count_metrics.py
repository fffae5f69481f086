"""What Prometheus reads of zones and lines: from the streams' counts, at scrape time."""

from collections.abc import Callable, Iterable, Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from app.wire import StreamCounts

_WAYS = {
    "entered": "Tracks that walked into a zone",
    "exited": "Tracks that walked out of a zone",
    "appeared": "Tracks that were seen in a zone first",
    "vanished": "Tracks that were seen in a zone last",
}


class CountMetrics(Collector):
    """Reads every stream's counts when it is asked. Settings bound how many zones and lines there are."""

    def __init__(self, counts: Callable[[], Iterable[StreamCounts]]) -> None:
        self._counts = counts

    def describe(self) -> list[Metric]:
        """Nothing to tell before the first scrape."""
        return []

    def collect(self) -> Iterator[Metric]:
        """One sample per stream and zone, or line and direction."""
        labels = ["stream", "zone"]
        occupancy = GaugeMetricFamily("trackd_zone_occupancy", "Tracks in a zone", labels=labels)
        ways = {way: CounterMetricFamily(f"trackd_zone_{way}", told, labels=labels) for way, told in _WAYS.items()}
        crossings = CounterMetricFamily(
            "trackd_line_crossings", "Tracks that crossed a line", labels=["stream", "line", "direction"]
        )
        for counts in self._counts():
            for name, zone in counts.zones.items():
                occupancy.add_metric([counts.stream, name], zone.occupancy)
                for way, family in ways.items():
                    family.add_metric([counts.stream, name], getattr(zone, way))
            for name, line in counts.lines.items():
                crossings.add_metric([counts.stream, name, "forward"], line.forward)
                crossings.add_metric([counts.stream, name, "backward"], line.backward)
        yield from (occupancy, *ways.values(), crossings)
