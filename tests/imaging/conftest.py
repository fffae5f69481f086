"""Images built by bytes: valid ones in every layout, and hostile ones that no encoder would write."""

import struct
import zlib
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import pytest
import simplejpeg


class Files:
    """Builders of encoded images."""

    def scene(self, width: int = 96, height: int = 64, seed: int = 0) -> np.ndarray:
        """A smooth picture without symmetry, BGR, so that every turn of it looks different."""
        coarse = np.random.default_rng(seed).integers(0, 256, (4, 5, 3), dtype=np.uint8)
        coarse[0, 0] = (255, 255, 255)
        return cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)

    def jpeg(self, image: np.ndarray, orientation: int | None = None, order: str = "<", quality: int = 95) -> bytes:
        data = simplejpeg.encode_jpeg(np.ascontiguousarray(image), quality, "BGR", "444")
        if orientation is None:
            return data
        return self.with_segment(data, 0xE1, b"Exif\0\0" + self.exif(orientation, order))

    def with_segment(self, jpeg: bytes, marker: int, payload: bytes) -> bytes:
        return jpeg[:2] + struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload + jpeg[2:]

    def progressive(self, image: np.ndarray) -> bytes:
        return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_PROGRESSIVE, 1])[1].tobytes()

    def png(self, image: np.ndarray, orientation: int | None = None, late: bool = False) -> bytes:
        data = cv2.imencode(".png", image)[1].tobytes()
        if orientation is None:
            return data
        chunk = self.chunk(b"eXIf", self.exif(orientation, ">"))
        at = len(data) - 12 if late else 33
        return data[:at] + chunk + data[at:]

    def chunk(self, kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    def png_of(self, width: int, height: int, raw: bytes, depth: int = 8, colour: int = 2, extra: bytes = b"") -> bytes:
        """A PNG around `raw`, the filtered rows before compression."""
        header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
        body = self.chunk(b"IDAT", zlib.compress(raw, 9))
        return b"\x89PNG\r\n\x1a\n" + self.chunk(b"IHDR", header) + extra + body + self.chunk(b"IEND", b"")

    def webp(self, image: np.ndarray, orientation: int | None = None, lossless: bool = True) -> bytes:
        data = cv2.imencode(".webp", image, [cv2.IMWRITE_WEBP_QUALITY, 101 if lossless else 95])[1].tobytes()
        if orientation is None:
            return data
        height, width = image.shape[:2]
        extended = struct.pack("<4sIB3x", b"VP8X", 10, 0x08) + (width - 1).to_bytes(3, "little")
        extended += (height - 1).to_bytes(3, "little")
        exif = self.exif(orientation, "<")
        body = b"WEBP" + extended + data[12:] + struct.pack("<4sI", b"EXIF", len(exif)) + exif
        return b"RIFF" + struct.pack("<I", len(body)) + body

    def exif(self, orientation: int, order: str = "<") -> bytes:
        """A TIFF block with one other entry before the orientation."""
        magic = b"II*\0" if order == "<" else b"MM\0*"
        entries = struct.pack(f"{order}HHIHH", 0x0100, 3, 1, 7, 0)
        entries += struct.pack(f"{order}HHIHH", 0x0112, 3, 1, orientation, 0)
        return magic + struct.pack(f"{order}IH", 8, 2) + entries + struct.pack(f"{order}I", 0)

    def jpeg_claiming(self, width: int, height: int) -> bytes:
        """A JPEG of a few hundred bytes: every table, one block of data, and a size that it cannot have."""
        data = bytearray(self.jpeg(np.full((8, 8, 3), 128, np.uint8)))
        at = data.index(b"\xff\xc0") + 5
        data[at : at + 4] = struct.pack(">HH", height, width)
        return bytes(data)

    def webp_claiming(self, width: int, height: int) -> bytes:
        """A lossless WebP of 34 bytes."""
        bits = (width - 1) | (height - 1) << 14
        body = b"WEBPVP8L" + struct.pack("<IBI", 14, 0x2F, bits) + bytes(9)
        return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.fixture(scope="session")
def files() -> Files:
    """Builders of encoded images."""
    return Files()


@pytest.fixture(scope="session")
def turned() -> Callable[[Any, int], Any]:
    """What an EXIF orientation shows, written out in plain NumPy from the table of CIPA DC-008, section 4.6.4."""

    def turn(image: Any, orientation: int) -> Any:
        return {
            1: image,
            2: image[:, ::-1],
            3: image[::-1, ::-1],
            4: image[::-1],
            5: image.transpose(1, 0, 2),
            6: image.transpose(1, 0, 2)[:, ::-1],
            7: image.transpose(1, 0, 2)[::-1, ::-1],
            8: image.transpose(1, 0, 2)[::-1],
        }[orientation]

    return turn
