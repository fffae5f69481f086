"""Short encoded videos for a camera of the tests: pictures of the demo camera or of one moving square."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import islice

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from app.sources.demo_url import DemoAddress
from app.sources.synthetic import DemoSource

Image = NDArray[np.uint8]


@dataclass(frozen=True)
class Clip:
    """Coded pictures of one size that can be shown in a circle: the first is coded for itself.

    `pictures` holds for each picture its NAL units without start codes (H.264), or one JPEG file (MJPEG).
    """

    codec: str
    size: tuple[int, int]
    pictures: tuple[tuple[bytes, ...], ...]

    @property
    def parameter_sets(self) -> tuple[bytes, bytes]:
        """The sequence and the picture parameter set."""
        units = {unit[0] & 31: unit for unit in self.pictures[0]}
        return units[7], units[8]


@cache
def square_clip(size: tuple[int, int] = (320, 180), frames: int = 50, codec: str = "h264") -> Clip:
    """A white square that goes to and fro on grey."""
    return encoded(list(_squares(size, frames)), codec)


@cache
def street_clip(size: tuple[int, int] = (640, 360), frames: int = 75, seed: int = 1) -> Clip:
    """The beginning of the demo camera."""
    with DemoSource(DemoAddress(seed=seed, frames=frames, width=size[0], height=size[1], fps=25.0)) as source:
        return encoded([frame.image for frame in islice(source, frames)])


def encoded(images: list[Image], codec: str = "h264") -> Clip:
    """The pictures coded by libx264 without delay, or as JPEG files."""
    size = images[0].shape[1], images[0].shape[0]
    if codec == "mjpeg":
        return Clip(codec, size, tuple((_jpeg(image),) for image in images))
    return Clip(codec, size, tuple(tuple(nal_units(coded)) for coded in _h264(images, size)))


def nal_units(stream: bytes) -> Iterator[bytes]:
    """The units of a byte stream (H.264, annex B) without start codes; delimiters are left out."""
    for unit in stream.split(b"\0\0\1"):
        if (bare := unit.rstrip(b"\0")) and bare[0] & 31 != 9:
            yield bare


def _squares(size: tuple[int, int], frames: int) -> Iterator[Image]:
    width, height = size
    for index in range(frames):
        image = np.full((height, width, 3), 90, np.uint8)
        x = 20 + abs(frames // 2 - index) * 3
        image[height // 3 : height // 3 + 60, x : x + 40] = 255
        yield image


def _h264(images: Iterable[Image], size: tuple[int, int]) -> Iterator[bytes]:
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height = size
    encoder.pix_fmt = "yuv420p"
    encoder.time_base = Fraction(1, 25)
    encoder.options = {"preset": "ultrafast", "tune": "zerolatency", "x264-params": "keyint=25:scenecut=0:threads=1"}
    for index, image in enumerate(images):
        picture = av.VideoFrame.from_ndarray(image, format="bgr24")
        picture.pts = index
        for packet in encoder.encode(picture):
            yield bytes(packet)
    for packet in encoder.encode(None):
        yield bytes(packet)


def _jpeg(image: Image) -> bytes:
    options = [cv2.IMWRITE_JPEG_QUALITY, 70, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420]
    return cv2.imencode(".jpg", image, options)[1].tobytes()
