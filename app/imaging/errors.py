"""What can be wrong with an image, as a branch of the service's one error tree.

ImageError
 +- UnsupportedImage   415  a format that trackd does not read, named in the message
 +- ImageTooLarge      413  more pixels, a longer side or more bytes than the limit
 +- BrokenImage        422  a format that trackd reads, but truncated, damaged or at odds with itself
"""

from app.errors import InvalidInput, TooLarge, TrackdError, UnsupportedMedia


class ImageError(TrackdError):
    """The root of everything that reading an image raises."""


class UnsupportedImage(ImageError, UnsupportedMedia):
    """The bytes are of a format that trackd does not read; the message names what they look like."""


class ImageTooLarge(ImageError, TooLarge):
    """The image is over a limit; `limit` is that limit, in pixels of one side or of the whole image."""

    def __init__(self, detail: str, *, limit: int, **members: object) -> None:
        super().__init__(detail, limit=limit, **members)
        self.limit = limit


class BrokenImage(ImageError, InvalidInput):
    """The format is known, but the image is truncated, damaged or contradicts itself."""
