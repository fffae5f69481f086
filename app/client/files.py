"""Frames of files: a video, a picture, a folder of pictures, the synthetic camera. Needs what reads them installed."""

import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.client.errors import ClientError

_TAKEN = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")  # what the service decodes itself


def frames_of(path: str | Path, frame_rate: float | None = None) -> Iterator[tuple[Any, float]]:
    """The frames with their media time in seconds: the bytes of pictures as they are, else BGR arrays (H, W, 3).

    Frames that cannot be decoded are left out.

    Raises:
        ClientError: nothing there, nothing readable, or PyAV is missing for a video; the message says which.
    """
    try:
        from app.sources import SourceError, open_source
    except ImportError as error:
        raise ClientError(f"reading files needs the whole of trackd here: {error}") from None
    try:
        with open_source(path, frame_rate=frame_rate) as source:
            for frame in source:
                whole = frame.encoded is not None and frame.encoded.startswith(_TAKEN)
                yield (frame.encoded if whole else frame.image), frame.pts_s
    except SourceError as error:
        raise ClientError(error.detail) from None


def stream_name(path: str | Path) -> str:
    """A stream for a file, that nobody else has."""
    stem = re.sub(r"[^A-Za-z0-9._-]", "-", Path(str(path).partition("?")[0]).stem)[:40]
    return f"{stem or 'file'}-{secrets.token_hex(4)}"
