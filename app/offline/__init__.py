"""Tracking without a service: a source is read ahead, detected, tracked and written, as fast as the machine allows."""

from app.offline.pipeline import Plan, Summary, track_source
from app.offline.sink import OutputError, Sink, TrackedFrame

__all__ = ["OutputError", "Plan", "Sink", "Summary", "TrackedFrame", "track_source"]
