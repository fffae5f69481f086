"""What Prometheus reads of the targets that the service publishes to."""

from collections.abc import Callable, Iterator, Sequence
from typing import get_args

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from app.publishing.standing import TargetState, TargetView


class PublishMetrics(Collector):
    """Reads the books of every target when it is asked. No address is in it, only names of targets."""

    def __init__(self, targets: Callable[[], Sequence[TargetView]]) -> None:
        self._targets = targets
        self._registry = CollectorRegistry()
        self._registry.register(self)

    def describe(self) -> list[Metric]:
        """Nothing to tell before the first scrape."""
        return []

    def collect(self) -> Iterator[Metric]:
        """For each target its counts, and one sample per state."""
        published = CounterMetricFamily(
            "trackd_published", "Messages to a target by what became of them", labels=["target", "outcome"]
        )
        waiting = GaugeMetricFamily("trackd_publish_waiting", "Messages that wait for a target", labels=["target"])
        state = GaugeMetricFamily("trackd_target_state", "1 for the state of a target", labels=["target", "state"])
        for view in self._targets():
            for outcome in ("sent", "failed", "dropped"):
                published.add_metric([view.name, outcome], getattr(view, outcome))
            waiting.add_metric([view.name], view.waiting)
            for name in get_args(TargetState):
                state.add_metric([view.name, name], float(view.state == name))
        yield from (published, waiting, state)

    def render(self) -> bytes:
        """The text format, UTF-8."""
        return generate_latest(self._registry)
