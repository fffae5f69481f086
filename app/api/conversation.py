"""One client that sends frames: its messages in order of arrival, its answers as they come."""

import asyncio
from typing import Any

import msgspec
from msgspec import UNSET

from app.api.body import decode_json
from app.api.detections import detections_in
from app.api.outbox import Outbox
from app.api.problem import invalid, problem_of
from app.api.sockets import ClientAck, Socket
from app.engine.port import Answer, DetectionsIn, Engine, FrameIn, Writer
from app.errors import FrameDropped, InvalidInput, TrackdError
from app.framing import Codec, FrameHeader, FramingError, unpack
from app.imaging.raw import raw_frame
from app.wire import (
    AckMessage,
    ByeMessage,
    ClientMessage,
    ConfigMessage,
    DetectionsMessage,
    DropMessage,
    Encoded,
    ResetMessage,
)

_WORDS: Any = ClientMessage | ClientAck


class Conversation:
    """Reads, submits and answers.

    A frame is placed in its stream before the next message is read, so that the order of arrival is the order of
    frames; nobody waits for an answer before the next frame. What is wrong with one message is answered with an `error`
    and costs that message only.
    """

    def __init__(self, socket: Socket, engine: Engine, writer: Writer, stream_id: str) -> None:
        limits = engine.settings.limits
        self._socket = socket
        self._engine = engine
        self._writer = writer
        self._stream_id = stream_id
        self._limits = limits
        self._outbox = Outbox(limits.reader_messages, limits.reader_bytes)
        self._raw_size: tuple[int, int] | None = None
        self._detections = False
        self._unanswered: set[asyncio.Future[Answer]] = set()
        self._idle = asyncio.Event()
        self._idle.set()

    async def read(self) -> None:
        """Handle messages until the client says goodbye, then answer what is in flight."""
        while True:
            await self._make_room()
            message = await self._socket.receive()
            try:
                if isinstance(message, bytes):
                    self._take_frame(message)
                elif await self._obey(message):
                    break
            except TrackdError as error:
                self._refuse(error)
        await self.finish()

    async def write(self) -> None:
        """Send answers as they come."""
        while True:
            await self._socket.send(await self._outbox.take())

    def tell(self, message: Encoded) -> None:
        """Queue a message."""
        self._outbox.put(message)

    async def finish(self) -> None:
        """Return when every frame is answered and every answer is sent."""
        await self._idle.wait()
        await self._outbox.empty()

    def end(self) -> None:
        """The client has gone: frames in flight go their way, their answers are forgotten."""
        self._outbox.end()

    # -- frames ----------------------------------------------------------------------------------------------------

    def _take_frame(self, message: bytes) -> None:
        try:
            header, image = unpack(message)
        except FramingError as error:
            raise InvalidInput(str(error)) from None
        if header.again and self._tell_again(header.seq):
            return
        try:
            self._submit(self._frame(header, image), header.detections or self._detections)
        except TrackdError as error:
            self._refuse(error, header.seq)

    def _frame(self, header: FrameHeader, image: bytes) -> FrameIn:
        if header.codec is not Codec.RAW:
            return FrameIn(data=image, seq=header.seq, capture_ts=header.capture_ts)
        if self._raw_size is None:
            raise InvalidInput("a raw frame needs its size: send a config message with raw_width and raw_height first")
        pixels = raw_frame(image, *self._raw_size, self._limits.image_side, self._limits.image_pixels)
        return FrameIn(image=pixels, seq=header.seq, capture_ts=header.capture_ts)

    def _submit(self, frame: FrameIn | DetectionsIn, detections: bool) -> None:
        future = asyncio.ensure_future(self._writer.submit(frame))
        self._unanswered.add(future)
        self._idle.clear()
        future.add_done_callback(lambda done: self._answer(done, frame.seq, detections))

    def _tell_again(self, seq: int | None) -> bool:
        """Whether a frame's answer was known from before its client was cut off."""
        known = self._writer.told(seq)
        if known is not None:
            self._outbox.put(known)
        return known is not None

    def _answer(self, done: asyncio.Future[Answer], seq: int | None, detections: bool) -> None:
        self._unanswered.discard(done)
        if not self._unanswered:
            self._idle.set()
        if done.cancelled():
            return
        error = done.exception()
        if isinstance(error, TrackdError):
            self._refuse(error, seq)
        elif error is not None:
            self._refuse(TrackdError("the frame could not be handled"), seq)
        else:
            self._outbox.put(_message(done.result(), detections))

    def _refuse(self, error: TrackdError, seq: int | None = None) -> None:
        number = error.members.get("seq", seq)
        if isinstance(error, FrameDropped) and isinstance(number, int):
            epoch = error.members.get("epoch")
            known = epoch if isinstance(epoch, int) else self._writer.epoch
            self._outbox.put(Encoded(DropMessage(self._stream_id, known, number, error.reason)))
        else:
            self._outbox.put(Encoded(problem_of(error, stream=self._stream_id, seq=seq)))

    async def _make_room(self) -> None:
        """A client that reads too slowly: policy latest forgets old answers, policy lossless stops reading from it."""
        if self._outbox.full and self._writer.view().settings.overload == "latest":
            self._outbox.conflate()
        await self._outbox.room()

    # -- words -----------------------------------------------------------------------------------------------------

    async def _obey(self, text: str) -> bool:
        """Do what a text message says; True for a goodbye."""
        message = decode_json(text, _WORDS)
        if isinstance(message, ByeMessage):
            return True
        if isinstance(message, DetectionsMessage):
            self._take_detections(message)
        elif isinstance(message, ConfigMessage):
            await self._configure(message)
        elif isinstance(message, ResetMessage):
            view = await self._engine.reset_stream(self._stream_id)
            self._outbox.put(Encoded(AckMessage("reset", self._stream_id, view.epoch, self._writer.credit)))
        return False

    def _take_detections(self, message: DetectionsMessage) -> None:
        if message.again and self._tell_again(message.seq):
            return
        try:
            self._submit(detections_in(message, self._limits), self._detections)
        except TrackdError as error:
            self._refuse(error, message.seq)

    async def _configure(self, message: ConfigMessage) -> None:
        """Settings hold for the frames that follow: those before are answered first."""
        if (message.raw_width is UNSET) != (message.raw_height is UNSET):
            raise invalid("/raw_width", "raw_width and raw_height go together")
        view = self._writer.view()
        if message.settings is not UNSET:
            await self._idle.wait()
            view = self._engine.patch_stream(self._stream_id, decode_json(bytes(message.settings), dict[str, object]))
        if message.raw_width is not UNSET and message.raw_height is not UNSET:
            self._raw_size = (message.raw_width, message.raw_height)
        if message.detections is not UNSET:
            self._detections = message.detections
        self._outbox.put(Encoded(AckMessage("config", self._stream_id, view.epoch, self._writer.credit)))


def _message(answer: Answer, detections: bool) -> Encoded:
    if not detections:
        return answer.encoded
    return Encoded(msgspec.structs.replace(answer.message, detections=answer.detection_rows()))
