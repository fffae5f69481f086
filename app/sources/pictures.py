"""Pictures as a source: one file, a folder in natural order, or a MOT Challenge sequence.

They are decoded by `app.imaging`, the way the service decodes what it is sent: the same bytes give the same pixels.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from app.imaging import jpeg, png
from app.imaging.decode import decode
from app.imaging.errors import ImageError
from app.imaging.sniff import check_limits, sniff
from app.imaging.webp import looks_like_webp
from app.sources.sequence import find_sequence
from app.sources.source import FALLBACK_FRAME_RATE, Skipped, SourceError, SourceFrame

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp"})
SIGNATURE_BYTES = 12
# The user's own files: photographs are welcome that a service would not take from strangers, up to what OpenCV decodes.
MAX_SIDE = 65_535
MAX_PIXELS = 8192 * 8192

Cover = Callable[[int, int], tuple[int, int]]
"""From the full (width, height) of a picture to the smallest (width, height) that its user needs."""


class PictureSource:
    """Frames from picture files. `seq` is the picture's place in the row, so a picture that is skipped leaves a gap.

    Raises:
        SourceError: there is no picture, or none that can be read.
    """

    def __init__(self, name: str, files: Sequence[Path], frame_rate: float, cover: Cover | None) -> None:
        self.name = name
        self.frame_rate = frame_rate
        self.frame_count: int | None = len(files)
        self.skipped = Skipped()
        self._files = files
        self._cover = cover
        self._frames = self._read()
        self._first = self._first_frame()
        self.width, self.height = self._first.width, self._first.height

    @classmethod
    def of_folder(cls, folder: Path, frame_rate: float | None, cover: Cover | None) -> Self:
        """The pictures of a folder, or of the sequence that it is."""
        sequence = find_sequence(folder)
        files = pictures_in(sequence.pictures)
        return cls(sequence.name, files, frame_rate or sequence.frame_rate or FALLBACK_FRAME_RATE, cover)

    @classmethod
    def of_file(cls, path: Path, frame_rate: float | None, cover: Cover | None) -> Self:
        """A single picture: one frame."""
        return cls(path.stem, [path], frame_rate or FALLBACK_FRAME_RATE, cover)

    def __iter__(self) -> Iterator[SourceFrame]:
        yield self._first
        yield from self._frames

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Nothing stays open between pictures."""

    def _first_frame(self) -> SourceFrame:
        try:
            return next(self._frames)
        except StopIteration:
            raise SourceError(f"no picture of {self.name} can be read; {self.skipped.reasons[0]}") from None

    def _read(self) -> Iterator[SourceFrame]:
        for index, path in enumerate(self._files):
            try:
                frame = read_picture(path, index + 1, index / self.frame_rate, self._cover)
            except (ImageError, OSError) as error:
                self.skipped.add(f"{path}: {error.strerror if isinstance(error, OSError) else error}")
            else:
                yield frame


def read_picture(path: Path, seq: int, pts_s: float, cover: Cover | None) -> SourceFrame:
    """One picture file as a frame.

    Raises:
        ImageError: no picture, or a broken one.
        OSError: the file cannot be read.
    """
    encoded = path.read_bytes()
    header = sniff(encoded)
    check_limits(header, max_side=MAX_SIDE, max_pixels=MAX_PIXELS)
    image = decode(encoded, header, None if cover is None else cover(header.width, header.height))
    return SourceFrame(seq, pts_s, image, header.width, header.height, encoded)


def pictures_in(folder: Path) -> list[Path]:
    """The picture files of a folder in natural order: 2.jpg before 10.jpg. Hidden files are none.

    Raises:
        SourceError: the folder cannot be listed or holds no picture.
    """
    try:
        found = [
            path
            for path in folder.iterdir()
            if path.suffix.lower() in SUFFIXES and not path.name.startswith(".") and path.is_file()
        ]
    except OSError as error:
        raise SourceError(f"{folder} cannot be listed: {error.strerror}") from None
    if not found:
        raise SourceError(f"{folder} holds no picture; pictures end in {', '.join(sorted(SUFFIXES))}")
    return sorted(found, key=lambda path: natural_key(path.name))


def natural_key(name: str) -> tuple[list[tuple[int, int | str]], str]:
    """A sort key in which runs of digits count as numbers and letter case does not count."""
    parts = re.split(r"([0-9]+)", name.casefold())
    return [(0, int(part)) if part.isdecimal() else (1, part) for part in parts if part], name


def is_picture(path: Path) -> bool:
    """Whether a file starts like a JPEG, PNG or WebP; its name does not count.

    Raises:
        SourceError: the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            head = file.read(SIGNATURE_BYTES)
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}") from None
    return head.startswith((jpeg.SIGNATURE, png.SIGNATURE)) or looks_like_webp(memoryview(head))
