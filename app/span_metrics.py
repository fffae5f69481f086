"""Histograms of seconds that are observed many times a second by one thread: no lock, one search per value."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from math import inf

from prometheus_client.core import HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Spans:
    """How many values were up to each bound and no smaller one, and what they come to."""

    __slots__ = ("_counts", "_sum_s")

    def __init__(self) -> None:
        self._counts = [0] * (len(BUCKETS_S) + 1)
        self._sum_s = 0.0

    def observe(self, seconds: float) -> None:
        """Count one value."""
        self._counts[bisect_left(BUCKETS_S, seconds)] += 1
        self._sum_s += seconds

    @property
    def sum_s(self) -> float:
        """All values together."""
        return self._sum_s

    def buckets(self) -> list[tuple[str, float]]:
        """How many values were up to each bound, as Prometheus writes it."""
        found, total = [], 0
        for bound, count in zip((*BUCKETS_S, inf), self._counts, strict=True):
            total += count
            found.append(("+Inf" if bound == inf else repr(bound), float(total)))
        return found


class SpanMetrics(Collector):
    """One histogram with a label, or without one."""

    def __init__(self, name: str, documentation: str, label: str | None = None, values: Sequence[str] = ("",)) -> None:
        """`values` are those of the label."""
        self._name, self._documentation = name, documentation
        self._labels = [] if label is None else [label]
        self._spans = {value: Spans() for value in values}

    def of(self, value: str = "") -> Spans:
        """What is observed under one value of the label."""
        return self._spans[value]

    def collect(self) -> Iterator[Metric]:
        """One histogram for each value of the label."""
        family = HistogramMetricFamily(self._name, self._documentation, labels=self._labels)
        for value, spans in self._spans.items():
            family.add_metric([value] if self._labels else [], buckets=spans.buckets(), sum_value=spans.sum_s)
        yield family
