"""Images that no encoder would write, and files that are no images."""

import struct
import zlib

import cv2
import numpy as np

from tests.api.live_service import jpeg, png


def jpeg_claiming(width: int, height: int) -> bytes:
    """A JPEG of a few hundred bytes with a size that it cannot have."""
    data = bytearray(jpeg((8, 8)))
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(data)


def webp_claiming(width: int, height: int) -> bytes:
    """A lossless WebP of 34 bytes."""
    body = b"WEBPVP8L" + struct.pack("<IBI", 14, 0x2F, (width - 1) | (height - 1) << 14) + bytes(9)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def png_claiming(width: int, height: int) -> bytes:
    """A PNG whose rows are zeros, all of them there: small on the wire, large in memory."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((1 + -(-width // 8)) * height), 9)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


def animated_png() -> bytes:
    data = png()
    return data[:33] + _chunk(b"acTL", struct.pack(">II", 2, 0)) + data[33:]


def turned_jpeg(size: tuple[int, int], orientation: int) -> bytes:
    """A JPEG with an EXIF orientation."""
    data = jpeg(size)
    tiff = b"II*\0" + struct.pack("<IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)
    exif = b"Exif\0\0" + tiff
    return data[:2] + struct.pack(">BBH", 0xFF, 0xE1, len(exif) + 2) + exif + data[2:]


def encoded(extension: str, image: np.ndarray) -> bytes:
    return cv2.imencode(extension, image)[1].tobytes()


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


TOO_LARGE = {
    "a JPEG that claims 30000 x 30000": jpeg_claiming(30_000, 30_000),
    "a WebP that claims 16383 x 16383": webp_claiming(16_383, 16_383),
    "a PNG of 20000 x 20000": png_claiming(20_000, 20_000),
    "a side one above the limit": png_claiming(8193, 1),
    "one column too many pixels": png_claiming(4200, 4001),
}

BROKEN = {
    "nothing": b"",
    "a JPEG that claims 4000 x 4000 with no data": jpeg_claiming(4000, 4000),
    "half a JPEG": jpeg((640, 480))[:600],
    "half a PNG": png()[:50],
    "half a signature": b"\x89PN",
    "a WebP without pixels": webp_claiming(64, 64)[:26],
}

UNSUPPORTED = {
    "an SVG": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
    "a PDF": b"%PDF-1.7\n",
    "a zip": b"PK\x03\x04" + bytes(40),
    "HTML": b"<!doctype html><html></html>",
    "a GIF": b"GIF89a\x01\0\x01\0\x80\0\0" + bytes(20),
    "an animated PNG": animated_png(),
    "text": b"hello there, this is no image",
}

_GREY = np.full((48, 64), 90, np.uint8)
_LAYOUTS = {
    "grey JPEG": encoded(".jpg", _GREY),
    "grey PNG": encoded(".png", _GREY),
    "16-bit PNG": encoded(".png", np.full((48, 64, 3), 40_000, np.uint16)),
    "PNG with alpha": encoded(".png", np.full((48, 64, 4), 90, np.uint8)),
    "WebP": encoded(".webp", np.full((48, 64, 3), 90, np.uint8)),
    "progressive JPEG": cv2.imencode(".jpg", _GREY, [cv2.IMWRITE_JPEG_PROGRESSIVE, 1])[1].tobytes(),
}

LEGAL = {
    **{name: (data, (64, 48)) for name, data in _LAYOUTS.items()},
    "one pixel": (encoded(".png", np.zeros((1, 1, 3), np.uint8)), (1, 1)),
    "8192 x 1": (encoded(".png", np.zeros((1, 8192, 3), np.uint8)), (8192, 1)),
    "the most pixels": (png_claiming(4200, 4000), (4200, 4000)),
    "a JPEG on its side": (turned_jpeg((64, 48), 6), (48, 64)),
    "a JPEG on its head": (turned_jpeg((64, 48), 3), (64, 48)),
}
