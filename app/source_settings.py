"""What the server reads by itself for a stream, and what the operator lets it read."""

from ipaddress import ip_network
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

SourceScheme = Literal["demo", "file", "rtsp", "rtsps", "http", "https"]


class SourceSettings(BaseModel):
    """A picture source that the server reads by itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = Field(
        min_length=1,
        max_length=2048,
        repr=False,  # it may hold a password
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

    @field_validator("networks")
    @classmethod
    def _are_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for network in value:
            try:
                ip_network(network)
            except ValueError:
                raise ValueError(_instead_of(network)) from None
        return value

    @field_validator("folder")
    @classmethod
    def _is_there(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_dir():
            raise ValueError(f"there is no folder at {value}")
        return value

    @model_validator(mode="after")
    def _files_lie_somewhere(self) -> Self:
        if "file" in self.schemes and self.folder is None:
            raise ValueError("schemes holds file, so folder must name the folder below which files may be read")
        return self


def _instead_of(network: str) -> str:
    try:
        right = ip_network(network, strict=False)
    except ValueError:
        return f"{network!r} is no network; one looks like 10.0.0.0/8, fd00::/8 or 192.168.1.7"
    return f"{network} names an address inside its network; write {right}"
