"""What the first bytes of an image say about it."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Codec: TypeAlias = Literal["jpeg", "png", "webp"]
Buffer: TypeAlias = bytes | bytearray | memoryview


@dataclass(frozen=True, slots=True)
class ImageHeader:
    """Format and size of an image, in pixels.

    `width` and `height` are those that a viewer sees, after the EXIF orientation (1 to 8) has been applied;
    `stored_width` and `stored_height` are those of the pixels in the file.
    """

    codec: Codec
    width: int
    height: int
    orientation: int = 1

    @classmethod
    def from_stored(cls, codec: Codec, stored_width: int, stored_height: int, orientation: int) -> "ImageHeader":
        """The header of an image stored as `stored_width` x `stored_height` and shown at `orientation`."""
        if orientation >= 5:
            return cls(codec, stored_height, stored_width, orientation)
        return cls(codec, stored_width, stored_height, orientation)

    @property
    def swapped(self) -> bool:
        """Whether the orientation exchanges width and height (5 to 8 turn the image by a quarter)."""
        return self.orientation >= 5

    @property
    def stored_width(self) -> int:
        """Width of the pixels in the file, before the orientation."""
        return self.height if self.swapped else self.width

    @property
    def stored_height(self) -> int:
        """Height of the pixels in the file, before the orientation."""
        return self.width if self.swapped else self.height
