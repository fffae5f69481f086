"""A stream's settings as they come in: merged, checked, allowed."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from app.engine.class_filter import ClassFilter
from app.errors import InvalidInput
from app.mistakes import told
from app.settings import Settings, SettingsError, StreamSettings, model_name

_S = TypeVar("_S", bound=BaseModel)


def parse_settings(values: Mapping[str, Any], service: Settings) -> StreamSettings:
    """Settings of one stream from plain values.

    Raises:
        InvalidInput: an unknown key, a value out of range, or a kind of source that the operator has not allowed.
    """
    settings = validated(StreamSettings, values)
    if settings.source is not None:
        scheme = settings.source.url.split(":", 1)[0]
        if scheme not in service.sources.schemes:
            allowed = ", ".join(service.sources.schemes) or "none"
            detail = f"sources of kind {scheme!r} are not allowed here; allowed are {allowed}"
            raise InvalidInput(detail, errors=[{"pointer": "/source/url", "detail": detail}])
    return settings


def check_configured(settings: Settings, labels: Mapping[str, Sequence[str]]) -> None:
    """Pass where the streams of the settings can be opened. `labels` are those of each model by its name.

    Raises:
        SettingsError: a class that the stream's model does not know, a source of a kind that is not allowed, or more
            streams than the limit.
    """
    most = settings.limits.streams
    if len(settings.streams) > most:
        raise SettingsError(f"streams: there are {len(settings.streams)}, and limits.streams is {most}")
    for name, given in settings.streams.items():
        try:
            stream = parse_settings(given.model_dump(exclude_unset=True), settings)
            ClassFilter(stream).check(labels[stream.model or model_name(settings.model)])
        except InvalidInput as error:
            raise SettingsError(f"streams.{name}: {error}") from None


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
