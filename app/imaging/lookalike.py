"""Names for what is not an image that trackd reads, so that the refusal says what was sent."""

import re

_MAGIC: tuple[tuple[re.Pattern[bytes], str], ...] = tuple(
    (re.compile(pattern, re.DOTALL | re.IGNORECASE), name)
    for pattern, name in (
        (rb"GIF8[79]a", "a GIF"),
        (rb"BM.{4}\0\0\0\0", "a BMP"),
        (rb"II[*+]\0|MM\0[*+]", "a TIFF"),
        (rb".{4}ftyp(avif|avis)", "an AVIF image"),
        (rb".{4}ftyp(hei[cfmsx]|hev[cmsx]|mif1|msf1)", "a HEIC image"),
        (rb".{4}ftyp", "an MP4 or QuickTime film"),
        (rb"\0\0\0\x0cjP  |\xff\x4f\xff\x51", "a JPEG 2000 image"),
        (rb"\0\0\0\x0cJXL |\xff\x0a", "a JPEG XL image"),
        (rb"8BPS", "a Photoshop document"),
        (rb"\0\0[\x01\x02]\0", "an icon"),
        (rb"RIFF.{4}AVI ", "an AVI film"),
        (rb"RIFF.{4}WAVE", "a WAVE sound"),
        (rb"\x1aE\xdf\xa3", "a Matroska or WebM film"),
        (rb"%PDF", "a PDF"),
        (rb"PK[\x03\x05\x07][\x04\x06\x08]", "a zip archive"),
        (rb"\x1f\x8b", "gzip-compressed data"),
        (rb"P[1-7]\s", "a PNM image"),
        (rb"(\xef\xbb\xbf)?\s*<(svg|(\?xml|!--|!doctype svg).*<svg)", "an SVG"),
        (rb"(\xef\xbb\xbf)?\s*<(!doctype html|html|head|body)", "an HTML page"),
        (rb"(\xef\xbb\xbf)?\s*<\?xml", "an XML document"),
        (rb"data:image/", "a data: URL"),
        (rb"\s*[{\[]", "JSON"),
        (rb"-----?-*[\w.]+\r?\nContent-", "a multipart body"),
    )
)
WINDOW_BYTES = 1024


def name_of(view: memoryview) -> str:
    """What the bytes look like, with its article: `a GIF`; where nobody knows, their first bytes in hexadecimal."""
    head = bytes(view[:WINDOW_BYTES])
    for pattern, name in _MAGIC:
        if pattern.match(head):
            return name
    return f"unknown data that starts with {head[:8].hex(' ')}"
