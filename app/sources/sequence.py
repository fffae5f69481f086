"""Folders of the MOT Challenge: pictures in `img1/`, rate and name in `seqinfo.ini` beside it."""

import configparser
from dataclasses import dataclass
from pathlib import Path

from app.sources.source import SourceError

INFO_FILE = "seqinfo.ini"
PICTURE_FOLDER = "img1"


@dataclass(frozen=True, slots=True)
class Sequence:
    """Where the pictures of a folder lie. `frame_rate` and `length`, in frames, are None where nothing states them."""

    name: str
    pictures: Path
    frame_rate: float | None = None
    length: int | None = None


def find_sequence(folder: Path) -> Sequence:
    """What `folder` is: a MOT Challenge sequence, its picture folder, or a plain folder of pictures.

    Raises:
        SourceError: `seqinfo.ini` is there and cannot be used.
    """
    for root in (folder, folder.absolute().parent):
        info = root / INFO_FILE
        if info.is_file():
            sequence = read_info(info)
            if root == folder or sequence.pictures.absolute() == folder.absolute():
                return sequence
    inner = folder / PICTURE_FOLDER
    return Sequence(folder.absolute().name, inner if inner.is_dir() else folder)


def read_info(info: Path) -> Sequence:
    """What a `seqinfo.ini` says.

    Raises:
        SourceError: it cannot be used; the message names it.
    """
    parser = configparser.ConfigParser()
    try:
        parser.read_string(info.read_text(encoding="utf-8"), source=str(info))
        section = parser["Sequence"]
        rate = section.getfloat("frameRate")
        length = section.getint("seqLength")
    except (configparser.Error, KeyError, ValueError, OSError) as error:
        raise SourceError(f"{info} is no sequence description with a section [Sequence]: {error}") from None
    if rate is not None and not 0.1 <= rate <= 480:
        raise SourceError(f"{info}: frameRate must be from 0.1 to 480, not {rate}")
    if length is not None and length < 1:
        raise SourceError(f"{info}: seqLength must be at least 1, not {length}")
    pictures = info.parent / section.get("imDir", PICTURE_FOLDER)
    return Sequence(section.get("name", info.absolute().parent.name), pictures, rate, length)
