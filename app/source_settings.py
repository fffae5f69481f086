"""What the server reads by itself for a stream, and what the operator lets it read."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

SourceScheme = Literal["demo", "file", "rtsp", "rtsps", "http", "https"]


class SourceSettings(BaseModel):
    """A picture source that the server reads by itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = Field(
        min_length=1,
        max_length=2048,
        description="for example rtsp://user:secret@10.0.0.7/stream1, https://host/live.mjpeg, file:street.mp4 below "
        "the operator's folder, or demo:?seed=1",
    )
    pace: Literal["realtime", "fast"] = Field(
        default="realtime", description="as the camera would, or as fast as frames are tracked; of files and demo only"
    )
    loop: bool = Field(default=False, description="begin a file or a folder again at its end; tracks begin anew")
    transport: Literal["tcp", "udp"] = Field(default="tcp", description="how RTSP carries its packets")
    hardware: bool = Field(
        default=False, description="decode on the graphics device where there is one; else on the processor"
    )


class SourcePolicy(BaseModel):
    """What the operator lets the server read. Cameras and files are off until `schemes` names them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schemes: tuple[SourceScheme, ...] = Field(default=("demo",), description="kinds of sources a stream may name")
    folder: Path | None = Field(
        default=None, description="folder below which `file:` sources lie; none may be read without it"
    )
    networks: tuple[str, ...] = Field(
        default=(),
        description="private networks in which sources may lie, as 10.0.0.0/8; without any only public addresses",
    )
    verify_certificates: bool = Field(
        default=True, description="check who answers at rtsps and https; off for cameras with certificates of their own"
    )
