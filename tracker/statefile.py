"""The bytes of a snapshot.

Layout, little-endian: magic `TRKDSTAT`; version u16; length of the header u32; number of rows u32; the header, UTF-8
JSON (floats are written so that they read back exactly); the fields of `table.TRACK` one after another, each as the raw
values of all rows; SHA-256 of all that.
"""

import hashlib
import json
import struct
from typing import Any

import numpy as np

from tracker.errors import StateError
from tracker.table import TRACK, Records

MAGIC = b"TRKDSTAT"
VERSION = 2

_PREFIX = struct.Struct("<8sHII")
_DIGEST_SIZE = hashlib.sha256().digest_size


def pack(header: dict[str, Any], table: Records) -> bytes:
    """The bytes of a header of JSON values and a table."""
    text = json.dumps(header, allow_nan=False, separators=(",", ":")).encode()
    body = b"".join(table[name].astype(TRACK[name].base, copy=False).tobytes() for name in TRACK.names or ())
    content = _PREFIX.pack(MAGIC, VERSION, len(text), len(table)) + text + body
    return content + hashlib.sha256(content).digest()


def unpack(data: bytes) -> tuple[dict[str, Any], Records]:
    """The header and the table that `pack` wrote; the meaning of the values is not checked here.

    Raises:
        StateError: the bytes are not what `pack` writes in this version.
    """
    content = memoryview(data)
    if len(content) < _PREFIX.size + _DIGEST_SIZE:
        raise StateError(f"not a tracker state: {len(content)} bytes are too few")
    magic, version, header_size, rows = _PREFIX.unpack_from(content)
    if magic != MAGIC:
        raise StateError(f"not a tracker state: it starts with {bytes(magic)!r} instead of {MAGIC!r}")
    if version != VERSION:
        raise StateError(f"this is a tracker state of version {version}, and version {VERSION} is understood here")
    size = _PREFIX.size + header_size + rows * _row_size() + _DIGEST_SIZE
    if len(content) != size:
        raise StateError(f"damaged tracker state: {len(content)} bytes where {size} were announced")
    if hashlib.sha256(content[:-_DIGEST_SIZE]).digest() != content[-_DIGEST_SIZE:]:
        raise StateError("damaged tracker state: the checksum does not match")
    start = _PREFIX.size + header_size
    return _header(bytes(content[_PREFIX.size : start])), _table(content[start:-_DIGEST_SIZE], rows)


def _row_size() -> int:
    return sum(TRACK[name].itemsize for name in TRACK.names or ())


def _header(text: bytes) -> dict[str, Any]:
    try:
        header = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise StateError(f"not a tracker state: the header is not JSON: {error}") from error
    if not isinstance(header, dict):
        raise StateError("not a tracker state: the header is not a JSON object")
    return header


def _table(body: memoryview, rows: int) -> Records:
    table, offset = np.empty(rows, TRACK), 0
    for name in TRACK.names or ():
        raw = np.frombuffer(body, TRACK[name], rows, offset)
        offset += raw.nbytes
        if raw.dtype == np.bool_ and (raw.view(np.uint8) > 1).any():
            raise StateError(f"not a tracker state: {name} holds bytes other than 0 and 1")
        table[name] = raw
    return table
