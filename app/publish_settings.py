"""Where the service sends tracks and events by itself. Only the operator says so: no call adds an address."""

import base64
import binascii
import re
from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self, get_args
from urllib.parse import SplitResult, urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from app.counting_settings import NAME_PATTERN
from app.wire import EventKind

Name = Annotated[str, Field(pattern=NAME_PATTERN)]
Names = tuple[str, ...] | None

SECRET_PREFIX = "whsec_"  # what Standard Webhooks writes before a key in base64
_OWN_HEADERS = frozenset({"content-length", "content-type", "host", "transfer-encoding", "connection"})
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e]{0,4096}")


class Selection(BaseModel):
    """Which messages are meant. What is null lets everything pass; what is given must all hold."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    streams: Names = Field(default=None, description="ids of streams; null: all")
    events: Names = Field(default=None, description="kinds of events, as zone_enter; null: all")
    classes: Names = Field(default=None, description="class names or ids; null: all")
    zones: Names = Field(default=None, description="names of zones and lines; null: all, and events without one")


class TargetSettings(Selection):
    """What every kind of target has."""

    default_ports: ClassVar[dict[str, int]] = {}

    url: str = Field(max_length=2048, description="where to")
    messages: tuple[Literal["events", "tracks"], ...] = Field(
        default=("events",), min_length=1, description="events, the tracks of every frame, or both"
    )
    queue: int = Field(
        default=1000, ge=2, le=100_000, description="messages that wait; beyond it frames go first, then the oldest"
    )
    queue_bytes: int = Field(default=16 * 2**20, ge=65_536, description="bytes of messages that wait, about")
    timeout_s: float = Field(default=5.0, gt=0, le=60, description="seconds one attempt may take")
    ca_file: Path | None = Field(
        default=None, description="PEM file of the authorities that the target's certificate may be of; null: the usual"
    )

    @property
    def selection(self) -> Selection:
        """What is chosen, without the rest."""
        return Selection.model_validate({name: getattr(self, name) for name in Selection.model_fields})

    @property
    def parts(self) -> SplitResult:
        """The address, taken apart."""
        return urlsplit(self.url)

    @property
    def port(self) -> int:
        """The port of the address, or the usual one."""
        return self.parts.port or self.default_ports[self.parts.scheme]

    @property
    def shown(self) -> str:
        """The address as far as people may see it: a path may hold a token, as chat services want it."""
        parts = self.parts
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        return f"{parts.scheme}://{host}:{self.port}"

    @field_validator("events")
    @classmethod
    def _known(cls, value: Names) -> Names:
        for event in value or ():
            if event not in get_args(EventKind):
                raise ValueError(f"{event!r} is no kind of event; there are {', '.join(get_args(EventKind))}")
        return value

    @field_validator("url")
    @classmethod
    def _address(cls, value: str) -> str:
        kinds = " or ".join(f"{scheme}://" for scheme in cls.default_ports)
        if not re.fullmatch(r"[\x21-\x7e]+", value):
            raise ValueError("the address must be of ASCII characters without spaces; write others as %XX")
        try:
            parts = urlsplit(value)
            port = parts.port
        except ValueError:
            raise ValueError("the address has no port from 1 to 65535, or is none") from None
        if parts.scheme not in cls.default_ports or not parts.hostname or port == 0:
            raise ValueError(f"the address must begin with {kinds} and a host")
        if parts.fragment:
            raise ValueError("the address must not have a fragment, #...")
        return value


class _Broker(TargetSettings):
    username: str | None = Field(default=None, description="of the broker")
    password: SecretStr | None = Field(default=None, description="of the broker")

    @model_validator(mode="after")
    def _no_credentials(self) -> Self:
        if "@" in self.parts.netloc:
            raise ValueError("url: name and password do not belong here but into `username` and `password`")
        if self.parts.query:
            raise ValueError("url: the address must not have a query, ?...")
        return self


class WebhookSettings(TargetSettings):
    """Messages as signed POST requests, each tried again until it is taken or too old."""

    default_ports: ClassVar[dict[str, int]] = {"http": 80, "https": 443}

    secret: SecretStr = Field(
        min_length=16,
        description="key of the signature (HMAC-SHA256, headers of Standard Webhooks): `whsec_` and base64, or text",
    )
    old_secret: SecretStr | None = Field(
        default=None, min_length=16, description="a key that is signed with too, while receivers change to `secret`"
    )
    headers: dict[str, SecretStr] = Field(default={}, description="headers that are sent too, as Authorization")
    retry_s: float = Field(
        default=600.0, ge=0, le=86_400, description="age in seconds from which on a message is not tried again"
    )

    gather_s: float = Field(
        default=0.25,
        ge=0,
        le=60,
        description="where tracks are sent, seconds between requests, so that many go together; events wait too then",
    )

    @field_validator("secret", "old_secret")
    @classmethod
    def _a_key(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and value.get_secret_value().startswith(SECRET_PREFIX):
            try:
                key = base64.b64decode(value.get_secret_value().removeprefix(SECRET_PREFIX), validate=True)
            except binascii.Error:
                raise ValueError(f"after {SECRET_PREFIX} must follow base64") from None
            if len(key) < 16:
                raise ValueError("the key must have 16 bytes or more; 24 to 64 are usual")
        return value

    @field_validator("headers")
    @classmethod
    def _others(cls, value: dict[str, SecretStr]) -> dict[str, SecretStr]:
        for name, text in value.items():
            if not _HEADER_NAME.fullmatch(name):
                raise ValueError(f"{name[:64]!r} is no name of a header")
            if name.lower() in _OWN_HEADERS or name.lower().startswith("webhook-"):
                raise ValueError(f"{name} is set by the service")
            if not _HEADER_VALUE.fullmatch(text.get_secret_value()):
                raise ValueError(f"the value of {name} must be one line of ASCII, 4096 characters at most")
        return value


class MqttSettings(_Broker):
    """Messages to an MQTT broker, under `topic/STREAM/events/KIND` and `topic/STREAM/tracks`."""

    default_ports: ClassVar[dict[str, int]] = {"mqtt": 1883, "mqtts": 8883}

    topic: str = Field(
        default="trackd", pattern=r"^[^+#$\x00/][^+#\x00]*$", max_length=256, description="what topics begin with"
    )
    qos: Literal[0, 1, 2] = Field(default=1, description="0 at most once, 1 at least once, 2 once per connection")
    retain_state: bool = Field(
        default=True, description="keep `topic/status` at the broker: online, or offline when the service is gone"
    )

    @model_validator(mode="after")
    def _no_path(self) -> Self:
        if self.parts.path not in ("", "/"):
            raise ValueError("url: the address of a broker has no path; `topic` says where messages go")
        return self


class RedisSettings(_Broker):
    """Messages to Redis Streams, one entry each, under `key:STREAM:events` and `key:STREAM:tracks`."""

    default_ports: ClassVar[dict[str, int]] = {"redis": 6379, "rediss": 6379}

    key: str = Field(default="trackd", min_length=1, max_length=256, description="what keys begin with")
    max_entries: int = Field(default=10_000, ge=1, description="entries kept in a Redis stream, about")

    @property
    def database(self) -> int:
        """The number behind the address, 0 where there is none."""
        return int(self.parts.path.strip("/") or 0)

    @model_validator(mode="after")
    def _a_database(self) -> Self:
        if not re.fullmatch(r"(/[0-9]{0,5})?", self.parts.path):
            raise ValueError("url: behind the address may stand the number of a database, as redis://host:6379/0")
        return self


class PublishSettings(BaseModel):
    """Targets by name, each a table: `[publish.webhooks.NAME]`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    webhooks: dict[Name, WebhookSettings] = Field(default={}, description="addresses that get POST requests")
    mqtt: dict[Name, MqttSettings] = Field(default={}, description="MQTT brokers; needs the extra mqtt")
    redis: dict[Name, RedisSettings] = Field(default={}, description="Redis servers; needs the extra redis")

    @model_validator(mode="after")
    def _one_name_each(self) -> Self:
        names = [*self.webhooks, *self.mqtt, *self.redis]
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"{', '.join(sorted(twice))}: each target needs a name of its own, of whatever kind it is")
        return self
