"""The bytes of a snapshot.

Layout, little-endian: magic `TRKDSTAT`; version u16; length of the header u32; number of tracks u32; number of rows of
memory u32; the header, UTF-8 JSON (floats are written so that they read back exactly); the fields of `table.TRACK` one
after another, each as the raw values of all rows; those of `table.MEMORY` in the same way; SHA-256 of all that.
"""

import hashlib
import json
import struct
from typing import Any

import numpy as np

from tracker.errors import StateError
from tracker.table import MEMORY, TRACK, Records

MAGIC = b"TRKDSTAT"
VERSION = 2

_PREFIX = struct.Struct("<8sHIII")
_DIGEST_SIZE = hashlib.sha256().digest_size


def pack(header: dict[str, Any], table: Records, memory: Records) -> bytes:
    """The bytes of a header of JSON values, the tracks and their memory."""
    text = json.dumps(header, allow_nan=False, separators=(",", ":")).encode()
    body = b"".join(rows[name].tobytes() for rows in (table, memory) for name in rows.dtype.names or ())
    content = _PREFIX.pack(MAGIC, VERSION, len(text), len(table), len(memory)) + text + body
    return content + hashlib.sha256(content).digest()


def unpack(data: bytes) -> tuple[dict[str, Any], Records, Records]:
    """The header, the tracks and the memory that `pack` wrote; the meaning of the values is not checked here.

    Raises:
        StateError: the bytes are not what `pack` writes in this version.
    """
    content = memoryview(data)
    if len(content) < _PREFIX.size + _DIGEST_SIZE:
        raise StateError(f"not a tracker state: {len(content)} bytes are too few")
    magic, version, header_size, rows, remembered = _PREFIX.unpack_from(content)
    if magic != MAGIC:
        raise StateError(f"not a tracker state: it starts with {bytes(magic)!r} instead of {MAGIC!r}")
    if version != VERSION:
        raise StateError(f"this is a tracker state of version {version}, and version {VERSION} is understood here")
    start = _PREFIX.size + header_size
    middle = start + rows * _row_size(TRACK)
    size = middle + remembered * _row_size(MEMORY) + _DIGEST_SIZE
    if len(content) != size:
        raise StateError(f"damaged tracker state: {len(content)} bytes where {size} were announced")
    if hashlib.sha256(content[:-_DIGEST_SIZE]).digest() != content[-_DIGEST_SIZE:]:
        raise StateError("damaged tracker state: the checksum does not match")
    header = _header(bytes(content[_PREFIX.size : start]))
    return header, _rows(content[start:middle], TRACK, rows), _rows(content[middle:], MEMORY, remembered)


def _row_size(kind: np.dtype[np.void]) -> int:
    return sum(kind[name].itemsize for name in kind.names or ())


def _header(text: bytes) -> dict[str, Any]:
    try:
        header = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise StateError(f"not a tracker state: the header is not JSON: {error}") from error
    if not isinstance(header, dict):
        raise StateError("not a tracker state: the header is not a JSON object")
    return header


def _rows(body: memoryview, kind: np.dtype[np.void], count: int) -> Records:
    rows, offset = np.zeros(count, kind), 0
    for name in kind.names or ():
        raw = np.frombuffer(body, kind[name], count, offset)
        offset += raw.nbytes
        if raw.dtype == np.bool_ and (raw.view(np.uint8) > 1).any():
            raise StateError(f"not a tracker state: {name} holds bytes other than 0 and 1")
        rows[name] = raw
    return rows
