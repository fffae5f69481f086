"""From what a user names to the source that reads it."""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from app.sources.demo_url import is_demo, parse_demo
from app.sources.pictures import Cover, PictureSource, is_picture
from app.sources.source import Source, SourceError
from app.sources.synthetic import DemoSource
from app.sources.video import VideoSource

# Two letters at least: one letter and a colon is a drive.
SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]+):")


def open_source(url: str | Path, *, frame_rate: float | None = None, cover: Cover | None = None) -> Source:
    """Open a video file, a picture, a folder of pictures, a MOT Challenge sequence or the demo camera.

    Args:
        url: a path, a `file:` address, or `demo:?seed=1&frames=300&width=960&height=540&fps=30`.
        frame_rate: frames per second to assume instead of what the source states; the demo camera has its key `fps`.
        cover: given the full width and height of a picture, the smallest width and height that the caller needs.
            Pictures are then decoded at the cheapest scale that covers it. None decodes at full size.

    Raises:
        SourceError: nothing there, nothing readable, or an address of a kind that is not read; the message says which.
    """
    text = str(url)
    if is_demo(text):
        if frame_rate is not None:
            raise SourceError("demo: the frame rate is part of the address, as in demo:?fps=25")
        return DemoSource(parse_demo(text))
    path = _local_path(text)
    if path.is_dir():
        return PictureSource.of_folder(path, frame_rate, cover)
    if is_picture(path):
        return PictureSource.of_file(path, frame_rate, cover)
    return VideoSource(path, frame_rate)


def _local_path(text: str) -> Path:
    path = Path(text)
    if not text:
        raise SourceError("the source is empty; name a video file, a folder of pictures or demo:?seed=1")
    scheme = SCHEME.match(text)
    if scheme and not path.exists():
        path = _path_of_address(text, scheme[1].lower())
    if not path.exists():
        raise SourceError(f"no file or folder at {path}")
    if not (path.is_dir() or path.is_file()):
        raise SourceError(f"{path} is neither a file nor a folder")
    return path


def _path_of_address(text: str, scheme: str) -> Path:
    if scheme != "file":
        raise SourceError(
            f"sources of kind {scheme}: are not read; name a local file, a folder of pictures or demo:?seed=1"
        )
    parts = urlsplit(text)
    if parts.netloc not in ("", "localhost"):
        raise SourceError(f"{text} names a file of another machine; only local files are read")
    return Path(unquote(parts.path))
