"""Reads files whose names come from outside: only regular ones, and never more than was asked for."""

import errno
import os
import stat
from pathlib import Path


def read_regular(path: Path, most_bytes: int) -> bytes:
    """The content of a file of at most so many bytes.

    Raises:
        FileNotFoundError: there is none, or none can have this name.
        OSError: it cannot be read, is no regular file, or is larger; `strerror` says which.
    """
    try:
        # Looked at before it is opened, because opening a pipe waits and opening a device may do something; and again
        # after it was opened, because it may be another file by then.
        _require_regular(os.stat(path))
    except ValueError:
        raise FileNotFoundError(errno.ENOENT, "no file can have this name") from None
    # O_NONBLOCK: a pipe that took its place in between does not wait. O_BINARY: Windows would end at a byte 26.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with open(path, "rb", opener=lambda name, _: os.open(name, flags)) as file:
        found = os.fstat(file.fileno())
        _require_regular(found)
        if found.st_size > most_bytes:
            raise OSError(errno.EFBIG, f"it has {found.st_size} bytes, and {most_bytes} are the most")
        return file.read(found.st_size)


def _require_regular(found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "it is not a regular file")
