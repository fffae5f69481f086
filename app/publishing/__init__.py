"""Sends what streams bring to others: webhooks, MQTT, Redis Streams. A reader of the engine, as the API is."""

from app.publishing.publisher import Publisher, check_targets
from app.publishing.standing import TargetView

__all__ = ["Publisher", "TargetView", "check_targets"]
