"""The pictures that are sent: a folder of JPEGs, or the demo camera."""

from pathlib import Path

from app.imaging.draw import encode_jpeg
from app.limits import Limits
from app.sources import SourceError
from app.sources.demo.camera import DemoCamera

DEMO_SIZE = (1920, 1080)
DEMO_PICTURES = 12
STEP = 5
"""Frames of the demo camera between two pictures: far enough apart that they differ."""

MOST_PICTURES = 200


def read_pictures(folder: Path | None) -> list[bytes]:
    """JPEGs of a folder in the order of their names, at most 200; without one, 1080p of the demo camera.

    Raises:
        SourceError: the folder is not there, or holds no JPEG that may be sent.
    """
    if folder is None:
        camera = DemoCamera(seed=1, width=DEMO_SIZE[0], height=DEMO_SIZE[1])
        return [encode_jpeg(camera.frame(index * STEP), quality=90) for index in range(DEMO_PICTURES)]
    if not folder.is_dir():
        raise SourceError(f"no folder of pictures at {folder}")
    try:
        paths = sorted(p for p in folder.iterdir() if p.suffix.lower() in (".jpg", ".jpeg"))[:MOST_PICTURES]
        pictures = [path.read_bytes() for path in paths]
    except OSError as error:
        raise SourceError(f"{folder} cannot be read: {error.strerror}") from None
    if not pictures:
        raise SourceError(f"{folder} holds no .jpg or .jpeg")
    largest = Limits().image_bytes
    for path, picture in zip(paths, pictures, strict=True):
        if len(picture) > largest:
            raise SourceError(f"{path} has {len(picture)} bytes; a picture may have {largest}")
    return pictures
