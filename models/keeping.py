"""Writes files that other processes may read at any time: each is whole or not there at all."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path


def keep(path: Path, content: bytes) -> None:
    """Make `content` what the file holds, in a folder that is made where there is none.

    For what only saves work next time: where it cannot be written, nothing is kept and nothing is raised.
    """
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        number, part = tempfile.mkstemp(prefix=".part-", dir=path.parent)
        try:
            with os.fdopen(number, "wb") as file:
                file.write(content)
            os.replace(part, path)
        finally:
            with suppress(FileNotFoundError):
                os.unlink(part)
