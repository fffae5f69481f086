"""Histograms that one thread fills say what those of the Prometheus library would."""

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.exposition import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from app.span_metrics import BUCKETS_S, SpanMetrics


def samples(registry):
    """Every sample but the time at which the library made its histogram."""
    families = text_string_to_metric_families(generate_latest(registry).decode())
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
        if not sample.name.endswith("_created")
    }


@given(st.lists(st.tuples(st.sampled_from(["one", "two"]), st.floats(0, 100) | st.sampled_from(BUCKETS_S))))
def test_a_histogram_with_a_label_is_that_of_the_library(observed):
    ours, theirs = CollectorRegistry(), CollectorRegistry()
    spans = SpanMetrics("spent_seconds", "Seconds", "stage", ("one", "two"))
    ours.register(spans)
    histogram = Histogram("spent_seconds", "Seconds", ["stage"], registry=theirs, buckets=BUCKETS_S)
    for stage in ("one", "two"):
        histogram.labels(stage)
    for stage, seconds in observed:
        spans.of(stage).observe(seconds)
        histogram.labels(stage).observe(seconds)
    assert samples(ours) == samples(theirs)


def test_a_histogram_without_a_label_is_that_of_the_library():
    ours, theirs = CollectorRegistry(), CollectorRegistry()
    spans = SpanMetrics("spent_seconds", "Seconds")
    ours.register(spans)
    histogram = Histogram("spent_seconds", "Seconds", registry=theirs, buckets=BUCKETS_S)
    for seconds in (0.0, 0.001, 0.0011, 10.0, 10.1):
        spans.of().observe(seconds)
        histogram.observe(seconds)
    assert samples(ours) == samples(theirs)
