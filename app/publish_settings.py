"""Where the service sends tracks and events by itself. Only the operator says so: no call adds an address."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from app.counting_settings import NAME_PATTERN

Name = Annotated[str, Field(pattern=NAME_PATTERN)]
Names = tuple[str, ...] | None


class Selection(BaseModel):
    """Which messages are meant. What is null lets everything pass; what is given must all hold."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    streams: Names = Field(default=None, description="ids of streams; null: all")
    events: Names = Field(default=None, description="kinds of events, as zone_enter; null: all")
    classes: Names = Field(default=None, description="class names or ids; null: all")
    zones: Names = Field(default=None, description="names of zones and lines; null: all, and events without one")


class _Target(Selection):
    messages: tuple[Literal["events", "tracks"], ...] = Field(
        default=("events",), min_length=1, description="events, the tracks of every frame, or both"
    )
    queue: int = Field(default=1000, ge=1, le=100_000, description="messages that wait; beyond it the oldest go")


class WebhookSettings(_Target):
    """Messages as signed POST requests, each tried again until it is taken or too old."""

    url: str = Field(pattern=r"^https?://", max_length=2048, description="where to")
    secret: SecretStr = Field(
        min_length=16, description="key of the signature (HMAC-SHA256, headers of Standard Webhooks)"
    )
    timeout_s: float = Field(default=5.0, gt=0, le=60, description="seconds one attempt may take")
    retry_s: float = Field(default=600.0, ge=0, le=86_400, description="seconds after which a message is given up")


class MqttSettings(_Target):
    """Messages to an MQTT broker, under `topic/STREAM/events` and `topic/STREAM/tracks`."""

    url: str = Field(
        pattern=r"^mqtts?://", max_length=2048, description="mqtt://host:1883, or mqtts:// with TLS; no credentials"
    )
    username: str | None = Field(default=None, description="of the broker")
    password: SecretStr | None = Field(default=None, description="of the broker")
    topic: str = Field(default="trackd", pattern=r"^[^+#]+$", max_length=256, description="what topics begin with")
    qos: Literal[0, 1, 2] = Field(default=1, description="0 at most once, 1 at least once, 2 exactly once")
    retain_state: bool = Field(
        default=True, description="keep `topic/status` at the broker: online, or offline when the service is gone"
    )


class RedisSettings(_Target):
    """Messages to Redis Streams, one entry each, under `key:STREAM:events` and `key:STREAM:tracks`."""

    url: str = Field(pattern=r"^rediss?://", max_length=2048, description="redis://host:6379/0, or rediss:// with TLS")
    username: str | None = Field(default=None, description="of the server")
    password: SecretStr | None = Field(default=None, description="of the server")
    key: str = Field(default="trackd", min_length=1, max_length=256, description="what keys begin with")
    max_entries: int = Field(default=10_000, ge=1, description="entries kept in a Redis stream, about")


class PublishSettings(BaseModel):
    """Targets by name, each a table: `[publish.webhooks.NAME]`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    webhooks: dict[Name, WebhookSettings] = Field(default={}, description="addresses that get POST requests")
    mqtt: dict[Name, MqttSettings] = Field(default={}, description="MQTT brokers; needs the extra mqtt")
    redis: dict[Name, RedisSettings] = Field(default={}, description="Redis servers; needs the extra redis")
