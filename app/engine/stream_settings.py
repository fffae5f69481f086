"""A stream's settings as they come in: merged, checked, allowed."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from app.engine.class_filter import ClassFilter
from app.errors import InvalidInput
from app.mistakes import told
from app.settings import Settings, SettingsError, StreamSettings, model_name
from app.sources import SourceError
from app.sources.addresses import Addresses, shown
from app.sources.special_networks import never

_S = TypeVar("_S", bound=BaseModel)


def parse_settings(
    values: Mapping[str, Any], addresses: Addresses, before: StreamSettings | None = None
) -> StreamSettings:
    """Settings of one stream from plain values. `before` are those it has.

    Raises:
        InvalidInput: an unknown key, a value out of range, or a source that the operator has not allowed.
    """
    settings = validated(StreamSettings, values)
    if settings.source is None:
        return settings
    settings = _with_credentials(settings, before)
    assert settings.source is not None, "the address was completed, not taken away"
    try:
        addresses.parse(settings.source.url)
    except SourceError as error:
        raise InvalidInput(error.detail, errors=[{"pointer": "/source/url", "detail": error.detail}]) from None
    return settings


def _with_credentials(settings: StreamSettings, before: StreamSettings | None) -> StreamSettings:
    """Who sends back the address as it was shown means the one that was shown."""
    assert settings.source is not None, "asked only where there is an address"
    if before is None or before.source is None or settings.source.url != shown(before.source.url):
        return settings
    source = settings.source.model_copy(update={"url": before.source.url})
    return settings.model_copy(update={"source": source})


def check_configured(settings: Settings, labels: Mapping[str, Sequence[str]]) -> None:
    """Pass where the streams of the settings can be opened. `labels` are those of each model by its name.

    Raises:
        SettingsError: a class that the stream's model does not know, a source that is not allowed, a network in which
            no source can lie, or more streams than the limit.
    """
    most = settings.limits.streams
    if len(settings.streams) > most:
        raise SettingsError(f"streams: there are {len(settings.streams)}, and limits.streams is {most}")
    for network in settings.sources.networks:
        if purpose := never(network):
            raise SettingsError(f"sources.networks: {network} is {purpose}, and no source is read from there")
    addresses = Addresses(settings.sources)
    named = {f"streams.{name}": stream for name, stream in settings.streams.items()}
    for name, given in {"stream": settings.stream, **named}.items():
        try:
            stream = parse_settings(given.model_dump(exclude_unset=True), addresses)
            if name in named:
                ClassFilter(stream).check(labels[stream.model or model_name(settings.model)])
        except InvalidInput as error:
            raise SettingsError(f"{name}: {error}") from None


def validated(kind: type[_S], values: Mapping[str, Any]) -> _S:
    """Settings of one kind from plain values.

    Raises:
        InvalidInput: an unknown key or a value out of range; `errors` points to each.
    """
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        found = [{"pointer": "/" + "/".join(str(p) for p in e["loc"]), "detail": told(e)} for e in error.errors()]
        raise InvalidInput(f"{found[0]['pointer']}: {found[0]['detail']}", errors=found) from None


def merged(values: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """JSON merge patch (RFC 7396): null removes, objects merge, everything else replaces."""
    result = dict(values)
    for key, value in change.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, Mapping):
            below = result.get(key)
            result[key] = merged(below if isinstance(below, Mapping) else {}, value)
        else:
            result[key] = value
    return result
