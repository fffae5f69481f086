"""What Prometheus reads of the detectors' calls: sizes, outcomes, and whether any are made at present."""

from collections.abc import Callable, Iterator, Mapping
from typing import get_args

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from app.engine.batching import Batcher
from app.engine.breaker import State
from app.engine.tally import Outcome, Tally

_IMAGES = (1, 2, 4, 8, 16, 32, 64, 128, 256)


class CallMetrics(Collector):
    """Reads the batchers' tallies when it is asked. They begin again at zero with a new version of a model."""

    def __init__(self, batchers: Callable[[], Mapping[str, Batcher]]) -> None:
        """`batchers` gives those that serve, by the name of their model."""
        self._batchers = batchers

    def describe(self) -> list[Metric]:
        """Nothing to tell before the first scrape."""
        return []

    def collect(self) -> Iterator[Metric]:
        """One group of samples per model."""
        images = HistogramMetricFamily("trackd_batch_images", "Images of one call of the detector", labels=["model"])
        calls = CounterMetricFamily("trackd_detector_calls", "Calls by what came of them", labels=["model", "outcome"])
        breaker = GaugeMetricFamily("trackd_breaker", "1 for the breaker's state", labels=["model", "state"])
        for model, batcher in self._batchers().items():
            _add_images(images, model, batcher.tally)
            for outcome in get_args(Outcome):
                calls.add_metric([model, outcome], batcher.tally.outcomes[outcome])
            for state in get_args(State):
                breaker.add_metric([model, state], batcher.breaker == state)
        yield from (images, calls, breaker)


def _add_images(family: HistogramMetricFamily, model: str, tally: Tally) -> None:
    """Buckets are cumulative: each counts the calls of at most so many images."""
    sizes = tally.sizes
    buckets = [(str(limit), float(sum(n for size, n in sizes.items() if size <= limit))) for limit in _IMAGES]
    total = float(sum(size * n for size, n in sizes.items()))
    family.add_metric([model], [*buckets, ("+Inf", float(sum(sizes.values())))], total)
