"""Fetches one file of known size and hash, resumes what broke off, and never leaves half of it under its name."""

import errno
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import file_digest
from io import BufferedReader, FileIO
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from models.detector import ChecksumMismatch, DownloadFailed

if sys.platform != "win32":
    import fcntl

Progress = Callable[[int, int], None]
"""Called with (bytes that are there, bytes in all)."""

ATTEMPTS = 3
"""Each goes on where the last one broke off."""
LOOPBACK = ("127.0.0.1", "::1", "localhost")
TIMEOUT = httpx.Timeout(30, connect=10)


def fetch(url: str, path: Path, size_bytes: int, sha256: str, progress: Progress) -> None:
    """Makes `path` the file with this size and hash; returns at once where it is that already.

    Bytes gather in `<path>.part`, which stays for the next try when the line breaks and is renamed when the hash holds.

    Raises:
        DownloadFailed: offline, refused, disk full, not https, or another process is fetching the same file.
        ChecksumMismatch: the bytes are not the promised ones; they were deleted.
    """
    _require_https(httpx.URL(url))
    if _is_whole(path, size_bytes, sha256):
        progress(size_bytes, size_bytes)
        return
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _exclusive(part) as file:
            resumed = file.seek(0, os.SEEK_END) > 0
            _fill(file, url, size_bytes, progress)
            if resumed and not _holds(file, sha256):
                # What was there belonged to something else: once more, from nothing.
                file.truncate(0)
                _fill(file, url, size_bytes, progress)
            if not _holds(file, sha256):
                file.truncate(0)
                raise ChecksumMismatch(f"{url} does not have the sha256 {sha256}; what came was deleted")
            os.fsync(file.fileno())
            os.replace(part, path)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        reason = f"disk full, {size_bytes} bytes needed" if full else error.strerror or str(error)
        raise DownloadFailed(f"cannot write {part}: {reason}") from error


def _fill(file: FileIO, url: str, size_bytes: int, progress: Progress) -> None:
    """Appends to the file until it has its size, in a few attempts."""
    for attempt in range(1, ATTEMPTS + 1):
        have = file.seek(0, os.SEEK_END)
        if have > size_bytes:
            have = file.truncate(0)
        if have == size_bytes:
            return
        try:
            _attempt(file, url, size_bytes, progress)
        except httpx.TransportError as error:
            if attempt == ATTEMPTS:
                raise DownloadFailed(_unreachable(url, error, file.seek(0, os.SEEK_END), size_bytes)) from error
    if (have := file.seek(0, os.SEEK_END)) != size_bytes:
        raise DownloadFailed(f"{url} gave {have} of {size_bytes} bytes; pull again to go on")


def _attempt(file: FileIO, url: str, size_bytes: int, progress: Progress) -> None:
    """One request for what is missing; a server that ignores ranges sends everything, and the file starts over."""
    have = file.seek(0, os.SEEK_END)
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    # A proxy from the environment has no business between a process and its own machine.
    client = httpx.Client(
        follow_redirects=True,
        timeout=TIMEOUT,
        trust_env=urlsplit(url).hostname not in LOOPBACK,
        event_hooks={"request": [lambda request: _require_https(request.url)]},
    )
    with client, client.stream("GET", url, headers=headers) as response:
        if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            file.truncate(0)
            return
        resumes = response.status_code == httpx.codes.PARTIAL_CONTENT
        if resumes and not response.headers.get("Content-Range", "").startswith(f"bytes {have}-"):
            file.truncate(0)
            return
        if not resumes and response.status_code != httpx.codes.OK:
            raise DownloadFailed(f"{url} answered {response.status_code} {response.reason_phrase}")
        if have and not resumes:
            file.truncate(0)
        _copy(response, file, url, size_bytes, progress)


def _copy(response: httpx.Response, file: FileIO, url: str, size_bytes: int, progress: Progress) -> None:
    done = file.seek(0, os.SEEK_END)
    length = response.headers.get("Content-Length", "")
    if length.isdecimal() and done + int(length) != size_bytes:
        file.truncate(0)
        raise ChecksumMismatch(f"{url} has {done + int(length)} bytes, not the {size_bytes} that were promised")
    progress(done, size_bytes)
    # Unbuffered: what arrived before the line breaks is kept.
    for chunk in response.iter_raw():
        done += len(chunk)
        if done > size_bytes:
            file.truncate(0)
            raise ChecksumMismatch(f"{url} is longer than the {size_bytes} bytes it should have; what came was deleted")
        file.write(chunk)
        progress(done, size_bytes)


def _require_https(url: httpx.URL) -> None:
    """Refuses what could be changed on its way, redirects included; a test server on this machine may speak http."""
    if url.scheme != "https" and not (url.scheme == "http" and url.host in LOOPBACK):
        raise DownloadFailed(f"refused to fetch {url}: only https is allowed")


def _is_whole(path: Path, size_bytes: int, sha256: str) -> bool:
    try:
        with path.open("rb") as file:
            return os.fstat(file.fileno()).st_size == size_bytes and _holds(file, sha256)
    except OSError:
        return False


def _holds(file: FileIO | BufferedReader, sha256: str) -> bool:
    file.seek(0)
    return file_digest(file, "sha256").hexdigest() == sha256


@contextmanager
def _exclusive(part: Path) -> Iterator[FileIO]:
    """The part file, opened for reading and appending without a buffer, by this process alone; empty it goes."""
    with part.open("ab+", buffering=0) as file:
        if sys.platform != "win32":
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise DownloadFailed(f"another process is fetching {part}") from error
        try:
            yield file
        finally:
            if os.fstat(file.fileno()).st_size == 0:
                part.unlink(missing_ok=True)


def _unreachable(url: str, error: httpx.TransportError, have: int, size_bytes: int) -> str:
    reason = str(error) or type(error).__name__
    return f"cannot reach {url}: {reason} ({have} of {size_bytes} bytes are here; pull again to go on)"
