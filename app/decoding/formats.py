"""What counts as a video, and how fast one is whose own word cannot be taken for it."""

from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from av.video.stream import VideoStream

# A video is data, never a list of further addresses: no playlists, no concat scripts, nothing but this very source.
FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,m4v,flv,ogg,asf,h264,hevc,obu,ivf,mjpeg,gif,"
    "mxf,nut,yuv4mpegpipe,rm,dv"
)
SANE_FRAME_RATES = (0.1, 480.0)
FALLBACK_FRAME_RATE = 30.0


def frame_rate_of(stream: "VideoStream") -> float:
    """The first sane rate that a stream names, else `FALLBACK_FRAME_RATE`."""
    low, high = SANE_FRAME_RATES
    candidates: tuple[Fraction | None, ...] = (stream.average_rate, stream.guessed_rate, stream.base_rate)
    return next((float(rate) for rate in candidates if rate and low <= rate <= high), FALLBACK_FRAME_RATE)
