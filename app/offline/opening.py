"""Opening outputs, and turning what the operating system says into one clear line."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from app.offline.sink import OutputError

STANDARD_OUTPUT = "-"


@contextmanager
def writing(target: str) -> Iterator[None]:
    """Raises OutputError, with the target's name, for what the operating system refuses inside the block."""
    try:
        yield
    except OSError as error:
        name = "standard output" if target == STANDARD_OUTPUT else target
        raise OutputError(f"cannot write {name}: {error.strerror or error}") from error


def open_lines(target: str) -> BinaryIO:
    """A file for writing, or a second handle on standard output where the target is `-`. An older file is replaced.

    Raises:
        OutputError: the file cannot be created.
    """
    if target == STANDARD_OUTPUT:
        return os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    check_target(target)
    with writing(target):
        return Path(target).open("wb")


def check_target(target: str) -> None:
    """Refuse early what cannot become a file.

    Raises:
        OutputError: the target is a folder, or the folder it should lie in does not exist.
    """
    path = Path(target)
    if path.is_dir():
        raise OutputError(f"cannot write {target}: it is a folder; name a file in it")
    if not path.parent.is_dir():
        raise OutputError(f"cannot write {target}: there is no folder {path.parent}")
