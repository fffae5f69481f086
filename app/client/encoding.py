"""Pictures as bytes that the service takes."""

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Picture: TypeAlias = "bytes | bytearray | memoryview | NDArray[np.uint8]"
else:  # numpy is of no use to a client that sends bytes
    Picture = Any

QUALITY = 90


def encoded(picture: "Picture", quality: int = QUALITY) -> bytes:
    """Bytes as they are, a BGR array (H, W, 3) of uint8 as JPEG.

    Raises:
        TypeError, ValueError: it is neither.
    """
    if isinstance(picture, bytes):
        return picture
    if isinstance(picture, bytearray | memoryview):
        return bytes(picture)
    shape, kind = getattr(picture, "shape", None), str(getattr(picture, "dtype", ""))
    if shape is None:
        raise TypeError(f"a picture is encoded bytes or a BGR array, not {type(picture).__name__}")
    if len(shape) != 3 or shape[2] != 3 or kind != "uint8" or 0 in shape:
        raise ValueError(f"a picture is (H, W, 3) uint8 in BGR, not {tuple(shape)} {kind}")
    return _jpeg(picture, quality)


def _jpeg(image: "NDArray[np.uint8]", quality: int) -> bytes:
    import numpy as np

    image = np.ascontiguousarray(image)
    try:
        import simplejpeg
    except ImportError:
        import cv2

        return cv2.imencode(".jpg", image, (cv2.IMWRITE_JPEG_QUALITY, quality))[1].tobytes()
    data: bytes = simplejpeg.encode_jpeg(image, quality=quality, colorspace="BGR", colorsubsampling="420")
    return data
