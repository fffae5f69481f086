"""Format and size of an image, read from its header before any decoder runs.

A decoder believes the header: 631 bytes that claim 30000 x 30000 pixels cost seconds and gigabytes. Nothing here
allocates by what a header claims, and every walk over hostile bytes is bounded.
"""

from app.imaging import jpeg, png, webp
from app.imaging.errors import BrokenImage, ImageTooLarge, UnsupportedImage
from app.imaging.header import Buffer, ImageHeader
from app.imaging.lookalike import name_of
from app.limits import Limits

MAX_SIDE: int = Limits.model_fields["image_side"].default
MAX_PIXELS: int = Limits.model_fields["image_pixels"].default


def sniff(data: Buffer) -> ImageHeader:
    """Format, size and orientation of an encoded image. Magic bytes decide, not names or content types.

    Raises:
        UnsupportedImage: neither JPEG, PNG nor WebP, or an animation; the message names what it looks like.
        BrokenImage: empty, or a header that is cut off or makes no sense.
    """
    view = memoryview(data).cast("B")
    if bytes(view[:3]) == jpeg.SIGNATURE:
        return jpeg.read_header(view)
    if bytes(view[:8]) == png.SIGNATURE:
        return png.read_header(view)
    if webp.looks_like_webp(view):
        return webp.read_header(view)
    raise _refusal(view)


def check_limits(header: ImageHeader, max_side: int = MAX_SIDE, max_pixels: int = MAX_PIXELS) -> None:
    """Refuse an image with a side above `max_side` or more than `max_pixels` pixels.

    Raises:
        ImageTooLarge: with the limit that it passes.
    """
    check_size(header.width, header.height, max_side, max_pixels)


def check_size(width: int, height: int, max_side: int = MAX_SIDE, max_pixels: int = MAX_PIXELS) -> None:
    """Refuse a size, in pixels, with a side above `max_side` or an area above `max_pixels`.

    Raises:
        ImageTooLarge: with the limit that it passes.
    """
    if max(width, height) > max_side:
        raise ImageTooLarge(f"the image is {width} x {height} pixels; a side may have {max_side}", limit=max_side)
    if width * height > max_pixels:
        raise ImageTooLarge(
            f"the image is {width} x {height} = {width * height} pixels; {max_pixels} are allowed", limit=max_pixels
        )


def _refusal(view: memoryview) -> BrokenImage | UnsupportedImage:
    if not len(view):
        return BrokenImage("the image is empty (0 bytes); send a JPEG, PNG or WebP")
    head = bytes(view[:12])
    if any(signature.startswith(head) for signature in (jpeg.SIGNATURE, png.SIGNATURE, b"RIFF")) or (
        head[:4] == b"RIFF" and len(head) < 12
    ):
        return BrokenImage(f"the image ends after {len(view)} bytes, inside its signature")
    return UnsupportedImage(f"this is {name_of(view)}; send a JPEG, PNG or WebP")
