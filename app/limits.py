"""Every limit of the service in one table: the defaults, the documentation and the tests are made from it."""

from pydantic import BaseModel, ConfigDict, Field

KIB = 1024
MIB = 1024 * KIB


class Limits(BaseModel):
    """What the service accepts at most. Each field is one row of the table in the README."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    json_body_bytes: int = Field(default=1 * MIB, ge=1, description="body of a JSON request")
    image_bytes: int = Field(default=10 * MIB, ge=1, description="one encoded image")
    raw_frame_bytes: int = Field(default=32 * MIB, ge=3, description="one raw BGR frame")
    image_pixels: int = Field(default=16_800_000, ge=1, description="pixels of one image, width times height")
    image_side: int = Field(default=8192, ge=1, description="width or height of one image, in pixels")
    detections: int = Field(default=1000, ge=1, description="detections of one frame")
    class_id: int = Field(default=65_535, ge=0, description="largest class_id of a detection")
    streams: int = Field(default=256, ge=1, description="streams open at once")
    models: int = Field(default=8, ge=1, description="models loaded at once")
    idle_s: float = Field(default=300.0, gt=0, description="seconds without a frame after which a stream is closed")
    sockets: int = Field(default=1024, ge=1, description="WebSocket and SSE connections open at once")
    text_message_bytes: int = Field(default=256 * KIB, ge=1, description="one text message on a WebSocket")
    reader_messages: int = Field(default=64, ge=1, description="messages that wait for one reader, the newest ones")
    reader_bytes: int = Field(default=1 * MIB, ge=1, description="bytes that wait for one reader")
    waiting_latest: int = Field(default=1, ge=1, description="frames of one stream that wait, policy latest")
    waiting_lossless: int = Field(default=32, ge=1, description="frames of one stream that wait, policy lossless")
    reorder: int = Field(
        default=32, ge=1, description="frames of one stream held back for those before them, order reorder"
    )
    replays: int = Field(
        default=8,
        ge=1,
        description="newest answers of one stream given again to frames sent twice, order reorder",
    )
    history_messages: int = Field(default=300, ge=0, description="messages of one stream kept for readers that resume")
    history_bytes: int = Field(default=2 * MIB, ge=0, description="bytes of one stream kept for readers that resume")
    events: int = Field(default=10_000, ge=1, description="newest events of all streams that can be asked for")
    path_points: int = Field(default=100_000, ge=1, description="newest points of one stream's tracks that are kept")
    detector_s: float = Field(default=10.0, gt=0, description="seconds the detector may take for one batch")
    source_bytes: int = Field(
        default=1024 * MIB, ge=128 * MIB, description="memory that the decoder of one source may take"
    )
    source_s: float = Field(default=10.0, gt=0, description="seconds a source may take to open or to give a frame")
    list_items: int = Field(default=1000, ge=1, description="items of one page of a list")
    long_poll_s: float = Field(default=30.0, gt=0, description="seconds a long poll may wait")
