"""Streams and what runs them: sessions, micro-batches, fan-out to readers."""
