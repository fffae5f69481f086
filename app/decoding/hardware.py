"""The graphics device that decodes, where there is one."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from av.codec.hwaccel import HWAccel
    from av.video.stream import VideoStream

# A decoder that nearly every device has; which ones it has beside shows when a video is opened.
PROBE = "h264"


@dataclass(frozen=True, slots=True)
class Device:
    """What was found. Without `accelerator` the processor decodes, and `reason` says why, if somebody asked."""

    name: str = ""
    reason: str = ""
    accelerator: "HWAccel | None" = None

    def told(self, stream: "VideoStream") -> str:
        """What decodes a stream, in words."""
        decoder = stream.codec_context.codec.name
        if self.accelerator is None:
            return f"{decoder} on the processor{self.reason and ': ' + self.reason}"
        if stream.codec_context.is_hwaccel:
            return f"{decoder} on {self.name}"
        return f"{decoder} on the processor: {self.name} does not decode {stream.codec_context.name}"


def find_device() -> Device:
    """The first graphics device that can be opened."""
    from av.codec import Codec
    from av.codec.hwaccel import HWAccel, hwdevices_available

    names = hwdevices_available()
    for name in names:
        try:
            HWAccel(name).create(Codec(PROBE, "r"))
        except Exception:  # noqa: BLE001  # whatever a driver says, it is not there
            continue
        return Device(name, "", HWAccel(name, allow_software_fallback=True))
    tried = f", tried {', '.join(names)}" if names else ""
    return Device(reason=f"no graphics device was found{tried}")
