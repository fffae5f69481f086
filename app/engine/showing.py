"""A session as the API shows it."""

from pydantic import BaseModel

from app.engine.port import FrameIn
from app.engine.session import Session
from app.engine.views import SourceView, StreamView
from app.settings import StreamSettings
from app.sources.addresses import shown


def view_of(session: Session, source: SourceView | None, now_s: float) -> StreamView:
    """The stream as it stands at `now_s` on the loop's clock."""
    outcomes = session.outcomes
    message = outcomes.newest[0].message if outcomes.newest else None
    return StreamView(
        stream=session.stream_id,
        epoch=session.epoch,
        next_seq=session.next_seq,
        seq=message.seq if message else None,
        capture_ts=message.capture_ts if message else None,
        width=message.width if message else None,
        height=message.height if message else None,
        tracks=len(message.tracks) if message else 0,
        ids=session.scene.ids,
        fps=round(outcomes.pace.fps(now_s), 2),
        latency_ms=outcomes.pace.latency_ms,
        age_s=round(now_s - session.opened_at, 3),
        readers=len(outcomes.broadcast),
        pictures=outcomes.newest is not None and isinstance(outcomes.newest[1].frame, FrameIn),
        accounts=outcomes.accounts.view(),
        drops=dict(outcomes.accounts.drops),
        vitals=session.scene.checking.view(),
        source=source,
        settings=without_credentials(session.settings),
        given=given(session.settings),
    )


def without_credentials(settings: StreamSettings) -> StreamSettings:
    """The settings with the source's address as it may be shown."""
    if settings.source is None:
        return settings
    source = settings.source.model_copy(update={"url": shown(settings.source.url)})
    return settings.model_copy(update={"source": source})


def given(settings: BaseModel) -> tuple[str, ...]:
    """The names of the settings that were said, those of tables as `tracker.track_thresh`, in order."""
    names: list[str] = []
    for name in type(settings).model_fields:
        if name not in settings.model_fields_set:
            continue
        value = getattr(settings, name)
        below = [f"{name}.{inner}" for inner in given(value)] if isinstance(value, BaseModel) else [name]
        names += below
    return tuple(names)
