"""A session as the API shows it."""

from app.engine.port import FrameIn, SourceView, StreamView
from app.engine.session import Session


def view_of(session: Session, source: SourceView | None, now_s: float) -> StreamView:
    """The stream as it stands at `now_s` on the loop's clock."""
    message = session.newest[0].message if session.newest else None
    return StreamView(
        stream=session.stream_id,
        epoch=session.epoch,
        next_seq=session.next_seq,
        seq=message.seq if message else None,
        capture_ts=message.capture_ts if message else None,
        width=message.width if message else None,
        height=message.height if message else None,
        tracks=len(message.tracks) if message else 0,
        ids=session.ids,
        fps=round(session.pace.fps(now_s), 2),
        latency_ms=session.pace.latency_ms,
        age_s=round(now_s - session.opened_at, 3),
        readers=len(session.broadcast),
        pictures=session.newest is not None and isinstance(session.newest[1].frame, FrameIn),
        accounts=session.accounts.view(),
        source=source,
        settings=session.settings,
    )
