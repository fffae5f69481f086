"""Puts the fleet of one engine together."""

from collections.abc import Callable, Mapping

from app.engine.fleet import Fleet, Outcome
from app.engine.loaded import Loaded
from app.engine.model_users import ModelUsers
from app.engine.session import Session
from app.settings import Settings, model_name
from models import Detector


def assemble(
    settings: Settings,
    detector: Detector,
    others: Mapping[str, Detector],
    sessions: Mapping[str, Session],
    on_change: Callable[[Outcome], None],
) -> Fleet:
    """The fleet of `detector`, the default model, and `others` by their names in `settings.models`.

    The default is called as in `settings.models` if it is one of them, else as it was loaded.
    """
    name = settings.model if settings.model in settings.models else model_name(detector.info.name)
    serving = [Loaded(name, detector, settings.default_model, settings)]
    serving += [Loaded(other, found, settings.models[other], settings) for other, found in others.items()]
    return Fleet(serving, settings, ModelUsers(sessions, settings.stream, name), on_change)
