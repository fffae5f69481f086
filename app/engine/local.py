"""The engine of one process: sessions by stream id, the models, one pool that decodes."""

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import structlog

from app.call_metrics import CallMetrics
from app.count_metrics import CountMetrics
from app.engine.asking import PageAsked, PictureAsked
from app.engine.assembling import assemble
from app.engine.broadcast import Broadcast
from app.engine.events import EventLog, EventPage
from app.engine.path_reading import PathReading
from app.engine.perception import Admitted, Perception
from app.engine.pictures import Pictures
from app.engine.port import Answer, DetectionsIn, FrameIn
from app.engine.reader import Reader
from app.engine.readers import Readers
from app.engine.selecting import Chosen
from app.engine.session import Session
from app.engine.showing import view_of
from app.engine.sources import Sources
from app.engine.stream_settings import merged, parse_settings
from app.engine.subscription import Subscription
from app.engine.views import Health, ModelState, StreamView
from app.engine.writing import SessionWriter, Writers
from app.errors import NothingYet, Overloaded, ShuttingDown, StreamNotFound
from app.inference_settings import ModelSettings
from app.metrics import Metrics
from app.path_messages import PathsPage, TrackStory
from app.publish_settings import Selection
from app.settings import Settings, StreamSettings
from app.source_metrics import SourceMetrics
from app.sources.addresses import Addresses
from app.vital_metrics import VitalMetrics
from app.wire import EventMessage, StreamCounts, TracksMessage
from models import Detector, available_cores

_log = structlog.get_logger(__name__)


class LocalEngine:
    """Owns the sessions. Implements `app.engine.port.Engine`; every call comes from the event loop."""

    def __init__(
        self,
        settings: Settings,
        detector: Detector,
        others: Mapping[str, Detector] | None = None,
        addresses: Addresses | None = None,
    ) -> None:
        """`detector` is the default model's, `others` are those of `settings.models` beside it; all are closed here.

        `addresses` judges the sources, by default as `settings.sources` says.
        """
        self.settings = settings
        self._addresses = addresses or Addresses(settings.sources)
        self._metrics = Metrics(self.streams, self.models)
        self._decoders = ThreadPoolExecutor(available_cores(), "decode")
        self._painters = ThreadPoolExecutor(1, "paint")
        self._sessions: dict[str, Session] = {}
        self._events = EventLog(settings.limits.events)
        self._fleet = assemble(settings, detector, others or {}, self._sessions, self._metrics.model_changed)
        self._metrics.add(CallMetrics(lambda: {loaded.name: loaded.batcher for loaded in self._fleet}))
        self._metrics.add(CountMetrics(lambda: [session.counts() for session in self._sessions.values()]))
        self._metrics.add(
            VitalMetrics(lambda: {name: session.scene.checking for name, session in self._sessions.items()})
        )
        self._perception = Perception(self._fleet, self._decoders, settings.limits)
        self._pictures = Pictures(self._painters)
        self._path_painters = ThreadPoolExecutor(1, "paths")  # a long way takes a second: live pictures must not wait
        self._path_reading = PathReading(self._path_painters)
        self._sources = Sources(settings.limits, self._addresses)
        self._metrics.add(SourceMetrics(self._sources.views))
        self._writers = Writers()
        self._readers = Readers(settings.limits)
        self._sweeper: asyncio.Task[None] | None = None
        self._state = "new"

    # -- life ------------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Open the configured streams and begin to take frames."""
        self._fleet.start()
        self._sweeper = asyncio.create_task(self._sweep(), name="sweeper")
        self._state = "running"
        for stream_id, settings in self.settings.streams.items():
            self.put_stream(stream_id, settings)

    async def drain(self) -> None:
        """Refuse new work, finish what is in flight within `settings.drain_s`, end every reader. Idempotent."""
        if self._state != "running":
            return
        self._state = "draining"
        self._fleet.end()
        await self._sources.pause()
        waits = asyncio.gather(*(session.drained() for session in self._sessions.values()))
        try:
            async with asyncio.timeout(self.settings.drain_s):
                await waits
        except TimeoutError:
            _log.warning(
                "drain_incomplete", in_flight=sum(s.outcomes.accounts.in_flight for s in self._sessions.values())
            )
        for session in self._sessions.values():
            session.outcomes.announce()
        await self._readers.end()

    async def close(self) -> None:
        """Free threads and models. Idempotent."""
        if self._state == "closed":
            return
        await self.drain()
        self._state = "closed"
        if self._sweeper:
            self._sweeper.cancel()
            await asyncio.gather(self._sweeper, return_exceptions=True)
        for stream_id in list(self._sessions):
            await self._close_session(stream_id)
        await self._fleet.close()
        for pool in (self._decoders, self._painters, self._path_painters):
            pool.shutdown(wait=False, cancel_futures=True)

    def health(self) -> Health:
        """Whether the service is ready."""
        checks = {"engine": "ok" if self._state == "running" else f"the service is {self._state}"}
        for loaded in self._fleet:
            batcher, provider = loaded.batcher.trouble or "ok", loaded.provider_trouble or "ok"
            if loaded.name == self._fleet.default:
                checks |= {"batcher": batcher, "provider": provider}
            else:
                checks[f"model:{loaded.name}"] = batcher if batcher != "ok" else provider
        devices = {loaded.name: loaded.runs_on for loaded in self._fleet}
        return Health(ready=all(value == "ok" for value in checks.values()), checks=checks, devices=devices)

    def metrics(self) -> bytes:
        """The Prometheus text of this engine."""
        return self._metrics.render()

    # -- models ----------------------------------------------------------------------------------------------------

    def models(self) -> Sequence[ModelState]:
        """The models that serve, the default first, then those that do not yet, or could not be loaded."""
        return self._fleet.states()

    async def put_model(self, name: str, spec: ModelSettings) -> tuple[ModelState, bool]:
        """Load a model, or put a new version in its place; True when the name is new."""
        return await self._fleet.put(name, spec)

    async def delete_model(self, name: str) -> None:
        """Free a model that no stream needs."""
        await self._fleet.remove(name)

    # -- streams ---------------------------------------------------------------------------------------------------

    def put_stream(self, stream_id: str, settings: StreamSettings) -> tuple[StreamView, bool]:
        """Open a stream, or give an open one these settings; True when it was made."""
        session = self._sessions.get(stream_id)
        before = session.settings if session else None
        settings = parse_settings(settings.model_dump(exclude_unset=True), self._addresses, before)
        made = session is None
        if session is None:
            session = self._open(stream_id, settings)
        else:
            self._configure(session, settings)
        return self._view(session), made

    def patch_stream(self, stream_id: str, change: Mapping[str, Any]) -> StreamView:
        """Merge `change` into a stream's settings (RFC 7396). Tracks live on."""
        session = self._session(stream_id)
        given = session.settings.model_dump(exclude_unset=True)
        self._configure(session, parse_settings(merged(given, change), self._addresses, session.settings))
        return self._view(session)

    def stream(self, stream_id: str) -> StreamView:
        """One stream. Raises StreamNotFound."""
        return self._view(self._session(stream_id))

    def streams(self) -> list[StreamView]:
        """All streams, by id."""
        return [self._view(self._sessions[stream_id]) for stream_id in sorted(self._sessions)]

    async def delete_stream(self, stream_id: str) -> None:
        """Close a stream: its waiting frames are dropped, its readers told."""
        self._session(stream_id)
        await self._close_session(stream_id)

    async def reset_stream(self, stream_id: str) -> StreamView:
        """Start a new epoch after what is in flight: no track lives on, sequence numbers start again."""
        session = self._session(stream_id)
        await session.reset()
        return self._view(session)

    def counts(self, stream_id: str) -> StreamCounts:
        """What a stream's zones and lines came to. Raises StreamNotFound."""
        return self._session(stream_id).counts()

    def reset_counts(self, stream_id: str) -> StreamCounts:
        """Begin the counts of a stream anew; tracks stay in their zones. Raises StreamNotFound."""
        session = self._session(stream_id)
        session.scene.begin_counts()
        return session.counts()

    # -- frames ----------------------------------------------------------------------------------------------------

    async def submit(self, stream_id: str, frame: FrameIn | DetectionsIn) -> Answer:
        """Track one frame and return its answer; opens the stream on its first frame. Raises WriterConflict."""
        session = self._session_for(stream_id)
        self._writers.refuse_posts(session)
        return await asyncio.shield(session.submit(frame))

    def attach_writer(self, stream_id: str) -> SessionWriter:
        """Become the one socket that writes to a stream. Raises WriterConflict."""
        return self._writers.attach(self._session_for(stream_id), self._view)

    def newest(self, stream_id: str) -> Answer:
        """The last tracked frame. Raises StreamNotFound, NothingYet."""
        return self._newest(stream_id)[0]

    async def newer(self, stream_id: str, since: int, timeout_s: float) -> Answer | None:
        """The first answer whose seq is beyond `since`, waiting at most `timeout_s`; None when none came."""
        session = self._session(stream_id)
        outcomes = session.outcomes
        try:
            async with asyncio.timeout(timeout_s):
                while outcomes.newest is None or outcomes.newest[0].message.seq <= since:
                    if session.closed or self._state != "running":
                        return None
                    await outcomes.changed()
        except TimeoutError:
            return None
        return outcomes.newest[0]

    async def picture(self, stream_id: str, *, annotate: bool, width: int | None) -> tuple[bytes, TracksMessage]:
        """The newest frame as JPEG, at most `width` pixels wide, and the message that belongs to it."""
        newest = self._newest(stream_id)
        return await self._pictures.picture(newest, annotate=annotate, width=width), newest[0].message

    def track(self, stream_id: str, track_id: int, points: int) -> TrackStory:
        """One track, with so many points at most. Raises StreamNotFound, NothingYet, TrackUnknown."""
        session, (answer, _) = self._session(stream_id), self._newest(stream_id)
        return session.scene.following.story(track_id, answer, points, alive=session.scene.has(track_id))

    async def paths(self, stream_id: str, asked: PageAsked) -> PathsPage:
        """Where tracks were. Raises StreamNotFound, NothingYet, InvalidInput, Overloaded."""
        session, (answer, _) = self._session(stream_id), self._newest(stream_id)
        return await self._path_reading.page(session.scene.following, answer, asked)

    async def path_picture(self, stream_id: str, asked: PictureAsked) -> bytes:
        """Where tracks were, as PNG. Raises what `paths` does."""
        session, newest = self._session(stream_id), self._newest(stream_id)
        return await self._path_reading.picture(session.scene.following, newest, session.settings.counting, asked)

    def subscribe(self, wanted: Subscription) -> Reader:
        """Read messages of some streams, or of all that are and will be open."""
        broadcasts = self._broadcasts(wanted)
        self._refuse_when_ending()
        return self._readers.open(broadcasts, wanted)

    def choose(self, reader: Reader, wanted: Subscription) -> None:
        """Have an open reader read something else."""
        self._readers.choose(reader, self._broadcasts(wanted), wanted)

    def events(self, chosen: Selection, since: int | None, most: int) -> EventPage:
        """At most so many kept events of all streams."""
        return self._events.page(Chosen(chosen), since, most)

    # -- inside ----------------------------------------------------------------------------------------------------

    def _session(self, stream_id: str) -> Session:
        session = self._sessions.get(stream_id)
        if session is None:
            raise StreamNotFound(f"no stream {stream_id!r}", stream=stream_id)
        return session

    def _broadcasts(self, wanted: Subscription) -> list[Broadcast]:
        """Those of the streams that are wanted and open."""
        named = wanted.selection.streams
        if named is None:
            return [session.outcomes.broadcast for session in self._sessions.values()]
        names = [name for name in dict.fromkeys(named) if name in self._sessions or not wanted.wait]
        return [self._session(name).outcomes.broadcast for name in names]

    def _newest(self, stream_id: str) -> tuple[Answer, Admitted]:
        newest = self._session(stream_id).outcomes.newest
        if newest is None:
            raise NothingYet(f"stream {stream_id!r} has no tracked frame yet", stream=stream_id)
        return newest

    def _session_for(self, stream_id: str) -> Session:
        self._refuse_when_ending()
        return self._sessions.get(stream_id) or self._open(stream_id, self.settings.stream)

    def _open(self, stream_id: str, settings: StreamSettings) -> Session:
        self._refuse_when_ending()
        limit = self.settings.limits.streams
        if len(self._sessions) >= limit:
            raise Overloaded(f"{len(self._sessions)} streams are open", limit=limit, retry_after_s=10)
        metrics, limits = self._metrics, self.settings.limits
        session = Session(
            stream_id, settings, self._perception, limits, self._events, metrics.observe, metrics.frame_dropped
        )
        self._sessions[stream_id] = session
        self._readers.joined_by(session.outcomes.broadcast)
        session.outcomes.tell(EventMessage("opened", stream_id, session.epoch))
        self._sources.follow(session)
        return session

    def _configure(self, session: Session, settings: StreamSettings) -> None:
        self._writers.refuse_source(session, settings)
        session.configure(settings)
        self._sources.follow(session)

    async def _close_session(self, stream_id: str) -> None:
        session = self._sessions.pop(stream_id)
        session.stop()  # it takes nothing more from here on, and its model may go
        self._writers.forget(stream_id)
        await self._sources.close(stream_id)
        await session.close()
        session.outcomes.tell(EventMessage("closed", stream_id, session.epoch))
        self._readers.left_by(session.outcomes.broadcast)
        self._pictures.forget(stream_id)

    async def _sweep(self) -> None:
        """Close streams that nobody sends to."""
        loop, idle_s = asyncio.get_running_loop(), self.settings.limits.idle_s
        while True:
            await asyncio.sleep(min(idle_s / 4, 10.0))
            for stream_id, session in list(self._sessions.items()):
                busy = stream_id in self._writers or self._sources.active(stream_id)
                open_still = self._sessions.get(stream_id) is session  # while another one was being closed
                if open_still and not busy and loop.time() - session.touched_at > idle_s:
                    _log.info("stream_expired", stream=stream_id, idle_s=idle_s)
                    await self._close_session(stream_id)

    def _view(self, session: Session) -> StreamView:
        return view_of(session, self._sources.view(session.stream_id), asyncio.get_running_loop().time())

    def _refuse_when_ending(self) -> None:
        if self._state != "running":
            raise ShuttingDown("the service is shutting down", retry_after_s=5)
