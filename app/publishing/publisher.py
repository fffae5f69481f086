"""All targets of one service."""

import asyncio
import re
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from random import random
from typing import Any

import structlog

from app.engine.port import Engine
from app.publish_settings import MqttSettings, PublishSettings, RedisSettings, TargetSettings, WebhookSettings
from app.publishing.inbox import Inbox
from app.publishing.link import Carrier
from app.publishing.metrics import PublishMetrics
from app.publishing.standing import Standing, TargetKind, TargetView
from app.publishing.target import Target, Waits
from app.publishing.trust import trusting
from app.publishing.webhook import Webhook
from app.settings import STREAM_ID_PATTERN, SettingsError
from app.sources.backoff import Backoff

_log = structlog.get_logger(__name__)


class Publisher:
    """Starts the targets of the settings and ends them. It reads the engine as a client does, and slows nobody."""

    def __init__(
        self, settings: PublishSettings, engine: Engine, *, backoff: Callable[[], Waits] = lambda: Backoff(random)
    ) -> None:
        """`backoff` makes what says how long to wait after a failure, one for each target."""
        self._settings = settings
        self._engine = engine
        self._backoff = backoff
        self._targets: list[Target] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._metrics = PublishMetrics(self.views)

    def start(self) -> None:
        """Begin to read a running engine, with the events that it has had so far.

        Raises:
            SettingsError: an extra is missing, or a file of certificates cannot be used.
        """
        for name, kind, settings in _each(self._settings):
            carrier = _carrier_of(name, settings)()
            inbox = Inbox(self._engine, settings)
            target = Target(Standing(name, kind, settings.shown), carrier, inbox, self._backoff())
            self._targets.append(target)
            self._tasks.append(asyncio.create_task(target.run(), name=f"publish {name}"))

    async def close(self, drain_s: float) -> None:
        """Send what waits within so many seconds, and drop the rest. The engine must have drained. Idempotent."""
        tasks, targets = self._tasks, list(self._targets)
        self._tasks = []
        for target in targets:
            target.hurry()
        if waiting := {view.name: view.waiting for view in self.views() if view.waiting}:
            _log.info("publishing_what_waits", at_most_s=drain_s, waiting=waiting)
        if tasks:
            await asyncio.wait(tasks, timeout=drain_s)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for target in targets:
            view = target.view()
            if view.waiting:
                _log.warning("publish_incomplete", target=view.name, dropped=view.waiting)
            await target.close()

    def views(self) -> Sequence[TargetView]:
        """How each target stands, in the order of the settings."""
        return [target.view() for target in self._targets]

    def metrics(self) -> bytes:
        """The Prometheus text of the targets; nothing where there are none."""
        return self._metrics.render() if self._targets else b""


def check_targets(settings: PublishSettings) -> Sequence[str]:
    """What the service will publish to, one text for each target, when all that they need is there.

    Raises:
        SettingsError: an extra is missing, a file of certificates cannot be used, or a name is none of a stream.
    """
    told = []
    for name, kind, target in _each(settings):
        for stream in target.streams or ():
            if not re.fullmatch(STREAM_ID_PATTERN, stream):
                raise SettingsError(f"{_where(name, kind)}.streams: no stream can be called {stream!r}")
        _carrier_of(name, target)
        try:
            trusting(target)
        except SettingsError as error:
            raise SettingsError(f"{_where(name, kind)}.{error}") from None
        told.append(f"{name} ({kind} {target.shown})")
    return told


def _where(name: str, kind: TargetKind) -> str:
    return f"publish.{'webhooks' if kind == 'webhook' else kind}.{name}"


def _each(settings: PublishSettings) -> Iterator[tuple[str, TargetKind, TargetSettings]]:
    for name, webhook in settings.webhooks.items():
        yield name, "webhook", webhook
    for name, mqtt in settings.mqtt.items():
        yield name, "mqtt", mqtt
    for name, redis in settings.redis.items():
        yield name, "redis", redis


def _carrier_of(name: str, settings: TargetSettings) -> Callable[[], Carrier]:
    """What makes the carrier; brokers need packages that not everybody has."""
    if isinstance(settings, MqttSettings):
        mqtt = _extra("mqtt", name).Mqtt
        return lambda: mqtt(settings)
    if isinstance(settings, RedisSettings):
        redis = _extra("redis", name).RedisStreams
        return lambda: redis(settings)
    assert isinstance(settings, WebhookSettings), "there are three kinds"
    return lambda: Webhook(settings)


def _extra(name: str, target: str) -> Any:
    try:
        return import_module(f"app.publishing.{name}")
    except ModuleNotFoundError:
        raise SettingsError(f"publish.{name}.{target}: this needs pip install 'trackd[{name}]'") from None
