import struct
import sys
import tracemalloc

import cv2
import numpy as np
import pytest

from app.imaging import jpeg, png
from app.imaging.errors import BrokenImage, ImageTooLarge, UnsupportedImage
from app.imaging.header import ImageHeader
from app.imaging.sniff import check_limits, sniff


def lines_run(call):
    """How many lines of Python a call executes: a measure of its work that no busy machine can disturb."""
    count = 0

    def trace(frame, event, _):
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("codec", ["jpeg", "png", "webp"])
@pytest.mark.parametrize(("width", "height"), [(1, 1), (96, 64), (17, 301), (8192, 1)])
def test_the_header_says_the_format_and_the_size(files, codec, width, height):
    image = files.scene(width, height)
    assert sniff(getattr(files, codec)(image)) == ImageHeader(codec, width, height)


def test_lossy_and_transparent_webp_and_progressive_jpeg_are_read(files):
    image = files.scene(50, 40)
    assert sniff(files.webp(image, lossless=False)) == ImageHeader("webp", 50, 40)
    assert sniff(files.webp(np.dstack([image, image[:, :, 0]]), lossless=False)) == ImageHeader("webp", 50, 40)
    assert sniff(files.progressive(image)) == ImageHeader("jpeg", 50, 40)


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_any_buffer_of_bytes_is_taken(files, kind):
    assert sniff(kind(files.png(files.scene()))).width == 96


@pytest.mark.parametrize("codec", ["jpeg", "png", "webp"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_size_is_the_one_after_the_orientation(files, codec, orientation):
    header = sniff(getattr(files, codec)(files.scene(96, 64), orientation))
    assert header.orientation == orientation
    assert (header.stored_width, header.stored_height) == (96, 64)
    assert (header.width, header.height) == ((64, 96) if orientation >= 5 else (96, 64))


def test_an_orientation_is_read_in_both_byte_orders_and_after_the_pixels_of_a_png(files):
    assert sniff(files.jpeg(files.scene(), 6, ">")).orientation == 6
    assert sniff(files.jpeg(files.scene(), 6, "<")).orientation == 6
    assert sniff(files.png(files.scene(), 6, late=True)).orientation == 6


@pytest.mark.parametrize(
    "block",
    [
        b"",
        b"II*\0",
        b"XX*\0\x08\0\0\0",
        b"II*\0" + struct.pack("<I", 2**32 - 1),
        b"II*\0" + struct.pack("<IH", 8, 65535),
        b"II*\0" + struct.pack("<IHHHIHH", 8, 1, 0x0112, 3, 1, 9, 0),
        b"II*\0" + struct.pack("<IHHHIHH", 8, 1, 0x0112, 3, 1, 0, 0),
        b"II*\0" + struct.pack("<IHHHIHH", 8, 1, 0x0112, 2, 1, 6, 0),
        b"II*\0" + struct.pack("<IHHHIHH", 8, 1, 0x0112, 3, 2**31, 6, 0),
    ],
)
def test_an_exif_block_without_sense_leaves_the_image_as_it_is_stored(files, block):
    data = files.with_segment(files.jpeg(files.scene()), 0xE1, b"Exif\0\0" + block)
    assert sniff(data) == ImageHeader("jpeg", 96, 64, 1)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"GIF89a\x10\0\x10\0", "GIF"),
        (b"BM\x36\0\0\0\0\0\0\0\x36\0\0\0", "BMP"),
        (b"II*\0\x08\0\0\0", "TIFF"),
        (b"MM\0*\0\0\0\x08", "TIFF"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
        (b'<?xml version="1.0"?>\n<!-- drawn by hand -->\n<svg/>', "SVG"),
        (b"%PDF-1.7\n", "PDF"),
        (b"PK\x03\x04\x14\0", "zip"),
        (b"<!DOCTYPE html><html></html>", "HTML"),
        (b"\n <html><body>502 Bad Gateway</body>", "HTML"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC"),
        (b"\0\0\0\x1cftypavif\0\0\0\0", "AVIF"),
        (b"\0\0\0\x20ftypisom\0\0\2\0", "MP4"),
        (b"RIFF\0\0\0\0AVI LIST", "AVI"),
        (b"\xff\x0a\xfa\x1f", "JPEG XL"),
        (b'{"seq": 1}', "JSON"),
        (b"\x12\x34\x56\x78\x9a", "12 34 56 78 9a"),
    ],
)
def test_what_is_no_image_of_ours_is_refused_by_its_name(data, name):
    with pytest.raises(UnsupportedImage, match=name) as caught:
        sniff(data)
    assert caught.value.status == 415


def test_animated_png_and_webp_are_refused(files):
    image = files.scene(8, 8)
    frames = files.chunk(b"acTL", struct.pack(">II", 2, 0))
    for chunks in (frames, files.chunk(b"eXIf", files.exif(6)) + frames):
        with pytest.raises(UnsupportedImage, match="animated PNG"):
            sniff(files.png_of(8, 8, bytes(8 * 25), extra=chunks))
    animation = cv2.Animation()
    animation.frames = [np.dstack([image, image[:, :, :1]]), np.dstack([image[::-1], image[:, :, :1]])]
    animation.durations = np.array([100, 100], np.int32)
    done, data = cv2.imencodeanimation(".webp", animation)
    assert done
    with pytest.raises(UnsupportedImage, match="animated WebP"):
        sniff(data.tobytes())


@pytest.mark.parametrize("frame", [0xC3, 0xC5, 0xCF])
def test_lossless_and_hierarchical_jpeg_are_refused(files, frame):
    data = files.jpeg(files.scene()).replace(b"\xff\xc0", bytes([0xFF, frame]), 1)
    with pytest.raises(UnsupportedImage, match="lossless or hierarchical"):
        sniff(data)


def test_a_12_bit_jpeg_is_refused(files):
    data = bytearray(files.jpeg(files.scene()))
    data[data.index(b"\xff\xc0") + 4] = 12
    with pytest.raises(UnsupportedImage, match="12 bits"):
        sniff(data)


@pytest.mark.parametrize("data", [b"", b"\xff", b"\xff\xd8", b"\x89PN", b"RIFF\x10\0\0", b"\xff\xd8\xff\xe0\0\x10JF"])
def test_nothing_and_the_start_of_an_image_are_broken(data):
    with pytest.raises(BrokenImage) as caught:
        sniff(data)
    assert caught.value.status == 422


def test_every_header_cut_short_is_broken_and_not_something_else(files):
    jpeg_file = files.jpeg(files.scene())
    headers = (
        (jpeg_file, jpeg_file.index(b"\xff\xc0")),
        (files.png(files.scene()), 33),
        (files.webp(files.scene()), 25),
    )
    for data, header in headers:
        for length in range(header):
            with pytest.raises(BrokenImage):
                sniff(data[:length])


@pytest.mark.parametrize("codec", ["jpeg", "png", "webp"])
def test_a_size_of_zero_is_broken(files, codec):
    data = bytearray(getattr(files, codec)(files.scene(), **({"lossless": False} if codec == "webp" else {})))
    at, length = {"jpeg": (data.find(b"\xff\xc0") + 5, 2), "png": (16, 4), "webp": (26, 2)}[codec]
    data[at : at + length] = bytes(length)
    with pytest.raises(BrokenImage, match="0"):
        sniff(data)


def test_a_webp_whose_canvas_and_image_differ_is_broken(files):
    data = bytearray(files.webp(files.scene(), 1))
    data[24] += 1  # the canvas' width
    with pytest.raises(BrokenImage, match="97 x 64 pixels but its image 96 x 64"):
        sniff(data)


def test_files_that_claim_more_than_they_hold_are_too_large_without_costing_anything(files):
    bombs = {
        (30000, 30000): files.jpeg_claiming(30000, 30000),
        (16383, 16383): files.webp_claiming(16383, 16383),
        (20000, 20000): files.png_of(20000, 20000, bytes(20000 * 2501), depth=1, colour=0),
    }
    assert [len(data) < 50_000 for data in bombs.values()] == [True] * 3
    assert len(bombs[16383, 16383]) == 34
    for (width, height), data in bombs.items():
        tracemalloc.start()
        try:
            header = sniff(data)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert (header.width, header.height) == (width, height)
        assert peak < 20_000
        with pytest.raises(ImageTooLarge) as caught:
            check_limits(header)
        assert caught.value.status == 413
        assert caught.value.limit == caught.value.members["limit"] == 8192


def test_the_limits_hold_at_the_limit_and_refuse_one_above():
    check_limits(ImageHeader("png", 8192, 1))
    check_limits(ImageHeader("png", 4000, 4200))
    for header, limit in ((ImageHeader("png", 8193, 1), 8192), (ImageHeader("png", 4001, 4200), 16_800_000)):
        with pytest.raises(ImageTooLarge) as caught:
            check_limits(header)
        assert caught.value.limit == limit
    check_limits(ImageHeader("png", 20, 10), max_side=20, max_pixels=200)
    with pytest.raises(ImageTooLarge, match="a side may have 19"):
        check_limits(ImageHeader("png", 20, 10), max_side=19, max_pixels=200)
    with pytest.raises(ImageTooLarge, match="199 are allowed"):
        check_limits(ImageHeader("png", 20, 10), max_side=20, max_pixels=199)


TEN_MIB = 10 * 1024 * 1024


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\xff\xd8\xff" + b"\xff" * TEN_MIB, id="fill bytes without end"),
        pytest.param(b"\xff\xd8" + b"\xff\xfe\0\2" * (TEN_MIB // 4), id="empty comments without end"),
        pytest.param(b"\xff\xd8" + b"\xff\xd0" * (TEN_MIB // 2), id="restart markers without end"),
        pytest.param(b"\xff\xd8\xff" + bytes(TEN_MIB), id="a JPEG of zeros"),
        pytest.param(b"RIFF\0\0\0\0WEBP" + b"JUNK\0\0\0\0" * (TEN_MIB // 8), id="empty WebP chunks without end"),
    ],
)
def test_ten_mebibytes_of_malice_are_broken_after_bounded_work(data):
    def attempt():
        with pytest.raises(BrokenImage):
            sniff(data)

    assert lines_run(attempt) < 40 * jpeg.MAX_SEGMENTS


def test_a_png_of_empty_chunks_without_end_is_broken_after_bounded_work(files):
    start = files.png(files.scene())[:33]
    data = start + files.chunk(b"tEXt", b"") * (TEN_MIB // 12)

    def attempt():
        with pytest.raises(BrokenImage, match="chunks"):
            sniff(data)

    assert lines_run(attempt) < 20 * png.MAX_CHUNKS


def test_a_png_in_the_4_kib_chunks_of_ffmpeg_is_legal_up_to_ten_mebibytes(files):
    start = files.png(files.scene())[:33]
    assert sniff(start + files.chunk(b"IDAT", bytes(4096)) * (TEN_MIB // 4108)).width == 96
