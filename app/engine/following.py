"""Where the tracks of one stream were, followed frame by frame and told to who asks."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.answers import class_name
from app.engine.asking import PageAsked, SpanAsked
from app.engine.job import FrameJob
from app.engine.port import Answer
from app.engine.telling_paths import birth_message, class_ids, last_row, rounded, rows_of
from app.errors import InvalidInput, NothingYet, TrackUnknown
from app.path_messages import PathsPage, TrackPath, TrackState, TrackStory
from app.paths import PathPoints, Paths, Span, TrackedRows, points_within
from tracker import ByteTrackConfig


class Following:
    """Owns the paths of a stream's newest epoch."""

    def __init__(self, most: int) -> None:
        """`most` points are kept, the newest ones."""
        self._most = most
        self.paths = Paths(most)

    def follow(self, job: FrameJob, answer: Answer, config: ByteTrackConfig) -> None:
        """Take a tracked frame; `config` is what its tracker went by."""
        looked = not answer.message.predicted
        place, size = job.place, job.admitted.size
        self.paths.add(TrackedRows(place.seq, place.pts, size, answer.tracks, answer.detections, config, looked))

    def restart(self) -> None:
        """Forget everything: an epoch begins."""
        self.paths = Paths(self._most)

    def span(self, asked: SpanAsked) -> Span:
        """The span of media time that is asked for.

        Raises:
            NothingYet: nothing was tracked yet.
            InvalidInput: it ends before it begins.
        """
        begins = asked.begins
        if asked.last_s is not None and self.paths.newest_pts is not None:
            begins = self.paths.newest_pts - asked.last_s
        span = self.paths.span(begins, asked.ends)
        if span is None:
            raise NothingYet("nothing was tracked yet")
        if span.ends < span.begins:
            known = self.paths.span()
            where = "/query/to" if asked.ends is not None else "/query/from"
            detail = f"the span from {span.begins:g} to {span.ends:g} s ends before it begins"
            if known is not None:
                detail += f"; tracks are known from {known.begins:g} to {known.ends:g} s"
            raise InvalidInput(f"{where}: {detail}", errors=[{"pointer": where, "detail": detail}])
        return span

    def chosen(self, asked: SpanAsked, labels: Sequence[str]) -> "Chosen":
        """What a span is made of, for any thread.

        Raises:
            NothingYet, InvalidInput: as `span`, and for a class that has no such label.
        """
        wanted = None if asked.classes is None else class_ids(asked.classes, labels)
        return Chosen(self.span(asked), self.paths.records(), wanted)

    def story(self, track_id: int, answer: Answer, most_points: int, *, alive: bool) -> TrackStory:
        """One track; `answer` is the newest, and `alive` says whether the tracker still has it.

        Raises:
            TrackUnknown: there is none of that number, or no longer.
        """
        told = self.paths.track(track_id)
        span = self.paths.span()
        message = answer.message
        if told is None or span is None:
            raise TrackUnknown(
                f"stream {message.stream!r} has no track {track_id} in epoch {message.epoch}, or it was too long ago",
                stream=message.stream,
            )
        state: TrackState = "tracked" if told.shown else "lost" if alive else "removed"
        zones = next((row.zones for row in message.tracks if row.track_id == track_id), None)
        began = told.born.pts if told.born else told.first_pts
        points = self.paths.between(span, track_id=track_id)
        last = last_row(told, points)
        return TrackStory(
            stream=message.stream,
            epoch=message.epoch,
            track_id=track_id,
            uid=f"{message.stream}/{message.epoch}/{track_id}",
            class_id=told.class_id,
            class_name=class_name(told.class_id, answer.labels),
            state=state,
            score=round(told.score, 4),
            bbox=rounded(told.bbox),
            zones=zones or [],
            first_seq=told.first_seq,
            first_pts=round(told.first_pts, 6),
            last_seq=told.last_seq,
            last_pts=round(told.last_pts, 6),
            age_s=round(told.last_pts - began, 3),
            frames=told.frames,
            gaps=told.gaps,
            born=birth_message(told),
            points=[*rows_of(points.thinned(most_points - len(last))), *last],
        )


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """A span of media time, all points that are kept, and the classes that are wanted, None for all."""

    span: Span
    records: NDArray[np.void]
    class_ids: frozenset[int] | None

    def points(self) -> PathPoints:
        """The points of the span."""
        return points_within(self.records, self.span, self.class_ids)

    def page(self, asked: PageAsked, answer: Answer) -> PathsPage:
        """The paths of some tracks; `answer` is the newest."""
        message = answer.message
        points = self.points()
        points = points.take((points.track_id > asked.after) & (points.pts >= self.span.begins))
        ways = points.by_track()
        items = [_path(way, asked.points, answer) for way in ways[: asked.items]]
        return PathsPage(
            stream=message.stream,
            epoch=message.epoch,
            begins=round(self.span.begins, 6),
            ends=round(self.span.ends, 6),
            width=message.width,
            height=message.height,
            items=items,
            next_cursor=str(items[-1].track_id) if len(ways) > len(items) else None,
        )


def _path(way: PathPoints, most: int, answer: Answer) -> TrackPath:
    track_id, class_id = int(way.track_id[-1]), int(way.class_id[-1])
    return TrackPath(
        track_id=track_id,
        uid=f"{answer.message.stream}/{answer.message.epoch}/{track_id}",
        class_id=class_id,
        class_name=class_name(class_id, answer.labels),
        present_s=round(float(way.held_s.sum()), 3),
        points=rows_of(way.thinned(most)),
    )
