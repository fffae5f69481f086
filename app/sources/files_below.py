"""Files and folders of pictures below the one folder that the operator opened."""

import os
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from app.sources.sequence import find_sequence
from app.sources.source import SourceError


def path_of(url: str, folder: Path | None) -> PurePosixPath:
    """The path that a `file:` address spells, judged by its text: relative, or absolute.

    Raises:
        SourceError: no folder is open, the address names another machine, or holds `..` or a control character.
    """
    if folder is None:
        raise SourceError("files are not read here: sources.folder names no folder")
    rest = url.partition(":")[2]
    if rest.startswith("//"):
        host, slash, rest = rest[2:].partition("/")
        if host not in ("", "localhost"):
            raise SourceError("the address names a file of another machine; write file:street.mp4")
        rest = slash + rest
    if "?" in rest or "#" in rest:
        raise SourceError("? and # in the name of a file must be percent-encoded")
    text = unquote(rest, errors="surrogateescape")
    if any(letter < " " or letter == "\x7f" for letter in text):
        raise SourceError("the path holds a control character")
    path = PurePosixPath(text)
    if not path.name or ".." in path.parts:
        raise SourceError("the path must name a file or a folder below sources.folder, without '..'")
    return path


def file_below(url: str, folder: Path | None) -> Path:
    """The real path of a regular file, or of a folder that takes its pictures from below the operator's. Blocks.

    Raises:
        SourceError: as `path_of`, or there is nothing, or something else, or a link or a `seqinfo.ini` leads out.
    """
    path = path_of(url, folder)
    assert folder is not None, "`path_of` refuses without a folder"
    try:
        root = folder.resolve(strict=True)
        found = (folder / path).resolve(strict=True)
    except (OSError, RuntimeError):
        raise SourceError(f"there is no {path} below sources.folder") from None
    if not found.is_relative_to(root):
        raise SourceError(f"{path} leads out of sources.folder")
    if found.is_dir():
        _refuse_links_out(found, root)
        _refuse_pictures_outside(found, root)
    elif not found.is_file():
        raise SourceError(f"{path} is neither a file nor a folder")
    return found


def _refuse_pictures_outside(found: Path, root: Path) -> None:
    """The pictures of a sequence lie in another folder, which a file in this one may name."""
    pictures = find_sequence(found).pictures.resolve()
    if not pictures.is_relative_to(root):
        raise SourceError(f"the folder of pictures that {found.name} names leads out of sources.folder")
    if pictures != found and pictures.is_dir():
        _refuse_links_out(pictures, root)


def _refuse_links_out(found: Path, root: Path) -> None:
    with os.scandir(found) as entries:
        for entry in entries:
            if entry.is_symlink() and not Path(entry.path).resolve().is_relative_to(root):
                raise SourceError(f"{entry.name} in that folder leads out of sources.folder")
