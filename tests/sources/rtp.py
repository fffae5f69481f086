"""RTP as a camera sends it: RFC 3550, H.264 as in RFC 6184, JPEG as in RFC 2435."""

import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass

from tests.sources.clips import Clip

CLOCK = 90_000
MOST = 1200
NTP_EPOCH = 2_208_988_800
H264, JPEG = 96, 26


@dataclass
class RtpStream:
    """Numbers the packets of one stream. `base` is the RTP time of the first picture, modulo 2**32."""

    base: int = 0
    seq: int = 0
    ssrc: int = 0x7AC4D001
    packets: int = 0
    octets: int = 0

    def picture(self, clip: Clip, index: int, at_s: float) -> Iterator[bytes]:
        """The packets of one picture, taken `at_s` seconds after the first."""
        units = clip.pictures[index % len(clip.pictures)]
        kind = JPEG if clip.codec == "mjpeg" else H264
        loads = list(jpeg_payloads(units[0], clip.size)) if kind == JPEG else list(h264_payloads(units))
        for position, load in enumerate(loads):
            last = position == len(loads) - 1
            yield self._packet(kind | (0x80 if last else 0), self.time(at_s), load)

    def time(self, at_s: float) -> int:
        """Seconds of the stream as RTP time."""
        return (self.base + round(at_s * CLOCK)) % 2**32

    def _packet(self, kind: int, timestamp: int, load: bytes) -> bytes:
        header = struct.pack("!BBHII", 0x80, kind, self.seq, timestamp, self.ssrc)
        self.seq = (self.seq + 1) % 2**16
        self.packets += 1
        self.octets += len(load)
        return header + load

    def report(self, at_s: float) -> bytes:
        """An RTCP sender report: what the wall clock says at a time of the stream."""
        now = time.time() + NTP_EPOCH
        seconds, fraction = int(now), int(now % 1 * 2**32)
        words = (0x80, 200, 6, self.ssrc, seconds, fraction, self.time(at_s), self.packets, self.octets % 2**32)
        return struct.pack("!BBHIIIIII", *words)


def h264_payloads(units: tuple[bytes, ...]) -> Iterator[bytes]:
    """Units as they are where they fit, else in fragments (FU-A, section 5.8)."""
    for unit in units:
        if len(unit) <= MOST:
            yield unit
            continue
        indicator, kind = unit[0] & 0xE0 | 28, unit[0] & 31
        pieces = [unit[start : start + MOST] for start in range(1, len(unit), MOST)]
        for position, piece in enumerate(pieces):
            start, end = 0x80 * (position == 0), 0x40 * (position == len(pieces) - 1)
            yield bytes((indicator, start | end | kind)) + piece


def jpeg_payloads(picture: bytes, size: tuple[int, int]) -> Iterator[bytes]:
    """A baseline 4:2:0 picture with its quantisation tables in the first packet (section 3.1, Q = 255)."""
    tables, scan = _jpeg_parts(picture)
    quantisation = struct.pack("!BBH", 0, 0, len(tables)) + tables
    for start in range(0, len(scan), MOST):
        header = struct.pack("!B3sBBBB", 0, start.to_bytes(3, "big"), 1, 255, size[0] // 8, size[1] // 8)
        yield header + (quantisation if start == 0 else b"") + scan[start : start + MOST]


def _jpeg_parts(picture: bytes) -> tuple[bytes, bytes]:
    tables, at = b"", 2
    while True:
        marker, length = picture[at + 1], int.from_bytes(picture[at + 2 : at + 4], "big")
        body = picture[at + 4 : at + 2 + length]
        if marker == 0xDB:
            tables += b"".join(body[start + 1 : start + 65] for start in range(0, len(body), 65))
        at += 2 + length
        if marker == 0xDA:
            return tables, picture[at:-2]
