import os
import struct
import subprocess
import sys
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest
import simplejpeg
from hypothesis import given, settings
from hypothesis import strategies as st

from app.imaging import jpeg
from app.imaging.decode import decode, reduction, upright
from app.imaging.errors import BrokenImage, ImageError
from app.imaging.header import ImageHeader
from app.imaging.raw import raw_frame
from app.imaging.sniff import check_limits, sniff

REPOSITORY = Path(__file__).resolve().parents[2]


def read(data, cover=None):
    header = sniff(data)
    check_limits(header)
    return decode(data, header, cover)


def difference(one, other):
    return np.abs(one.astype(float) - other.astype(float)).mean()


@pytest.mark.parametrize("orientation", [None, *range(1, 9)])
@pytest.mark.parametrize(("codec", "tolerance"), [("jpeg", 2.0), ("png", 0.0), ("webp", 0.0)])
def test_every_orientation_is_applied_the_same_way_to_every_format(files, turned, codec, tolerance, orientation):
    scene = files.scene(96, 64)
    data = getattr(files, codec)(scene, orientation)
    image = read(data)
    assert image.flags.c_contiguous
    assert image.dtype == np.uint8
    assert (image.shape[1], image.shape[0]) == (sniff(data).width, sniff(data).height)
    assert difference(image, turned(scene, orientation or 1)) <= tolerance


@given(st.integers(1, 8), st.integers(1, 9), st.integers(1, 9))
def test_upright_agrees_with_the_table_of_the_standard(turned, orientation, width, height):
    image = np.arange(height * width * 3, dtype=np.uint8).reshape(height, width, 3)
    assert np.array_equal(upright(image, orientation), turned(image, orientation))


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
@pytest.mark.parametrize("cover", [(30, 20), (400, 225), (401, 100), (640, 360), (10_000, 1), (5, 5)])
def test_a_reduced_jpeg_still_covers_and_looks_like_the_full_one_made_smaller(files, orientation, cover):
    data = files.jpeg(files.scene(803, 449), orientation)
    header = sniff(data)
    if header.swapped:
        cover = cover[::-1]
    full, reduced = read(data), read(data, cover)
    height, width = reduced.shape[:2]
    factor = reduction(header, cover)
    assert (width, height) == (-(-header.width // factor), -(-header.height // factor))
    assert factor == 1 or (width >= cover[0] and height >= cover[1])
    if factor < 8 and factor * 2 <= 8:
        next_smaller = -(-header.width // (2 * factor)), -(-header.height // (2 * factor))
        assert next_smaller[0] < cover[0] or next_smaller[1] < cover[1], "a smaller scale would have covered"
    assert difference(reduced, cv2.resize(full, (width, height), interpolation=cv2.INTER_AREA)) < 3.0


@given(st.integers(1, 8192), st.integers(1, 2000), st.integers(1, 8), st.integers(1, 2000), st.integers(1, 2000))
def test_the_reduction_covers_whenever_the_image_does(width, height, orientation, cover_width, cover_height):
    header = ImageHeader.from_stored("jpeg", width, height, orientation)
    factor = reduction(header, (cover_width, cover_height))
    if factor > 1:
        assert -(-header.width // factor) >= cover_width
        assert -(-header.height // factor) >= cover_height


@pytest.mark.parametrize("size", [(1, 1), (7, 3), (8, 8), (17, 9), (8192, 1), (1, 8192), (2049, 5)])
@pytest.mark.parametrize("cover", [None, (1, 1), (100, 1), (1024, 1)])
def test_jpeg_of_any_legal_size_decodes_at_any_scale(files, size, cover):
    image = read(files.jpeg(files.scene(*size)), cover)
    assert image.shape[1] >= min(size[0], (cover or size)[0])


def test_png_and_webp_come_at_full_size_whatever_must_be_covered(files):
    for codec in ("png", "webp"):
        assert read(getattr(files, codec)(files.scene(96, 64)), (10, 10)).shape == (64, 96, 3)


@pytest.mark.parametrize("codec", ["jpeg", "png", "webp"])
@pytest.mark.parametrize("size", [(1, 1), (8192, 1), (1, 8192)])
def test_one_pixel_and_one_row_are_images(files, codec, size):
    scene = files.scene(*size)
    assert difference(read(getattr(files, codec)(scene)), scene) < 3


def test_grey_becomes_three_equal_channels(files):
    grey = files.scene()[:, :, 0].copy()
    for data in (
        simplejpeg.encode_jpeg(grey[:, :, None], 95, "GRAY", "Gray"),
        cv2.imencode(".png", grey)[1].tobytes(),
        cv2.imencode(".png", grey.astype(np.uint16) * 257)[1].tobytes(),
    ):
        assert difference(read(data), np.dstack([grey] * 3)) < 2


def test_16_bit_keeps_the_upper_byte(files):
    scene = files.scene()
    assert difference(read(files.png(scene.astype(np.uint16) * 257)), scene) == 0


def test_a_palette_is_looked_up(files):
    palette = files.chunk(b"PLTE", bytes([10, 20, 30, 200, 100, 50]))
    data = files.png_of(2, 1, b"\0\x40", depth=1, colour=3, extra=palette + files.chunk(b"tRNS", b"\x80\x00"))
    assert read(data).tolist() == [[[30, 20, 10], [50, 100, 200]]]


def test_alpha_is_dropped_and_the_stored_colour_stays(files):
    scene = files.scene()
    transparent = np.dstack([scene, np.zeros_like(scene[:, :, 0])])
    assert difference(read(files.png(transparent)), scene) == 0
    half = np.dstack([scene, np.full_like(scene[:, :, 0], 128)])
    assert difference(read(files.webp(half, lossless=False)), scene) < 6


@pytest.mark.parametrize("cover", [None, (40, 30)])
def test_cmyk_is_converted_the_adobe_way(files, cover):
    scene = files.scene()
    black = scene.max(axis=2)
    inks = np.round(scene / np.maximum(black, 1)[:, :, None] * 255)[:, :, ::-1]
    cmyk = np.dstack([inks, black]).astype(np.uint8)
    image = read(simplejpeg.encode_jpeg(cmyk, 98, "CMYK"), cover)
    assert difference(image, cv2.resize(scene, image.shape[1::-1], interpolation=cv2.INTER_AREA)) < 4


def unusual_sampling(data):
    """The same data under sampling factors that no encoder of today writes: chroma finer than luma."""
    changed = bytearray(data)
    frame = changed.index(b"\xff\xc0")
    for component, factors in enumerate((0x21, 0x12, 0x11)):
        changed[frame + 11 + 3 * component] = factors
    return changed


def test_a_jpeg_of_unusual_sampling_is_decoded_and_its_truncation_noticed(files):
    grey = np.full((64, 64, 3), 90, np.uint8)
    data = bytes(unusual_sampling(files.jpeg(grey)))
    with pytest.raises(ValueError, match="subsampling"):
        simplejpeg.decode_jpeg(data)
    assert read(data).shape == (64, 64, 3)
    with pytest.raises(BrokenImage):
        read(data[:-2])
    with pytest.raises(BrokenImage, match="bytes of data for 4000 x 4000"):
        read(bytes(unusual_sampling(files.jpeg_claiming(4000, 4000))))


def test_a_jpeg_that_claims_4000_x_4000_without_data_is_broken_and_not_grey(files):
    with pytest.raises(BrokenImage) as caught:
        read(files.jpeg_claiming(4000, 4000))
    assert caught.value.status == 422


def test_a_progressive_jpeg_of_scans_without_end_is_broken_before_it_is_decoded(files):
    data = files.progressive(files.scene(64, 64))
    last_scan = data[data.rindex(b"\xff\xda") : -2]
    assert read(data).shape == (64, 64, 3)
    with pytest.raises(BrokenImage, match=f"more than {jpeg.MAX_SCANS} scans"):
        read(data[:-2] + last_scan * 40 + b"\xff\xd9")


def test_what_only_looks_like_scans_does_not_count(files):
    data = files.jpeg(files.scene())
    film = b"\xff\xda\0\x08" * 1000
    assert difference(read(data + film), read(data)) == 0
    assert difference(read(files.with_segment(data, 0xE2, film)), read(data)) == 0


def test_a_second_frame_header_of_another_size_is_broken(files):
    data = files.jpeg(files.scene())
    frame = data.index(b"\xff\xc0")
    other = bytearray(data[frame : frame + 19])
    other[5:9] = struct.pack(">HH", 4000, 4000)
    with pytest.raises(BrokenImage):
        read(data[:frame] + bytes(other) + data[frame:])


@pytest.mark.parametrize("build", ["jpeg", "progressive", "png", "webp"])
def test_an_image_cut_off_anywhere_is_broken(files, build):
    data = getattr(files, build)(files.scene(33, 21))
    for length in range(len(data)):
        with pytest.raises(BrokenImage):
            read(data[:length])


def test_a_png_with_one_wrong_byte_anywhere_is_broken_or_unsupported(files):
    data = files.png(files.scene(16, 12))
    for at in range(len(data)):
        changed = bytearray(data)
        changed[at] ^= 0x10
        with pytest.raises(ImageError):
            read(bytes(changed))


def test_a_png_whose_pixels_end_early_inside_valid_chunks_is_broken(files, capfd):
    rows = bytes(33 * 97)
    with pytest.raises(BrokenImage, match="PNG cannot be decoded"):
        read(files.png_of(32, 64, rows[: len(rows) // 2]))
    assert read(files.png_of(32, 33, rows)).shape == (33, 32, 3)
    capfd.readouterr()  # libpng names the damage on stderr


@pytest.mark.parametrize("codec", ["jpeg", "png", "webp"])
def test_bytes_after_the_end_do_no_harm(files, codec):
    data = getattr(files, codec)(files.scene())
    assert difference(read(data + b"appended by a phone" * 99), read(data)) == 0


def test_a_header_that_is_not_of_these_bytes_is_noticed(files):
    for codec in ("jpeg", "png", "webp"):
        with pytest.raises(BrokenImage, match="96 x 64"):
            decode(getattr(files, codec)(files.scene(96, 64)), ImageHeader(codec, 64, 96))


def test_threads_that_decode_at_once_do_not_disturb_each_other(files):
    data = [build(files.scene(96, 64, seed)) for seed in range(8) for build in (files.jpeg, files.png, files.webp)]
    alone = [read(one) for one in data]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(read, data * 4))
    assert all(np.array_equal(one, other) for one, other in zip(alone * 4, together, strict=True))


def test_opencv_refuses_a_bomb_by_itself_once_the_package_is_imported(files, tmp_path):
    (tmp_path / "bomb.png").write_bytes(files.png_of(20000, 20000, bytes(20000 * 2501), depth=1, colour=0))
    script = """
import sys
import app.imaging, cv2, numpy
try:
    image = cv2.imdecode(numpy.fromfile(sys.argv[1], numpy.uint8), cv2.IMREAD_COLOR)
except cv2.error as error:
    image = None
sys.exit(0 if image is None else 1)
"""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("OPENCV_")}
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "bomb.png")],
        cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_real_photograph_reads_the_same_at_every_scale(shared):
    for path in sorted((shared / "data/mot17/MOT17-04/mini_frames/img1").glob("*.jpg"))[:2]:
        data = path.read_bytes()
        full = read(data)
        assert full.shape == (1080, 1920, 3)
        for cover, shape in (((416, 234), (270, 480)), ((640, 360), (540, 960)), ((1280, 720), (1080, 1920))):
            reduced = read(data, cover)
            assert reduced.shape[:2] == shape
            assert difference(reduced, cv2.resize(full, shape[::-1], interpolation=cv2.INTER_AREA)) < 2.0


def test_a_raw_frame_is_a_view_of_its_bytes(files):
    scene = files.scene(96, 64)
    data = scene.tobytes()
    frame = raw_frame(data, 96, 64)
    assert np.array_equal(frame, scene)
    assert np.shares_memory(frame, np.frombuffer(data, np.uint8))


@pytest.mark.parametrize(("width", "height", "length"), [(4, 4, 47), (4, 4, 49), (0, 4, 0), (4, -4, 48), (4, 4, 0)])
def test_a_raw_frame_of_the_wrong_length_or_size_is_broken(width, height, length):
    with pytest.raises(BrokenImage) as caught:
        raw_frame(bytes(length), width, height)
    assert caught.value.status == 422


def test_a_raw_frame_over_the_limit_is_too_large_whatever_its_length():
    with pytest.raises(ImageError) as caught:
        raw_frame(b"", 8193, 1)
    assert caught.value.status == 413


def attempt(data, cover=None):
    """Read, or return how it failed; whatever is no ImageError escapes."""
    try:
        image = read(data, cover)
    except ImageError as error:
        return error
    assert image.ndim == 3
    assert image.flags.c_contiguous
    return None


STARTS = [
    b"",
    b"\xff\xd8\xff",
    b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR",
    b"RIFF\x40\0\0\0WEBPVP8 ",
    b"RIFF\x40\0\0\0WEBPVP8X",
]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(STARTS), st.binary(max_size=400))
def test_random_bytes_never_raise_anything_but_an_image_error(start, data):
    error = attempt(start + data)
    assert error is None or error.status in (413, 415, 422)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_mutated_images_never_raise_anything_but_an_image_error(files, data):
    codec = data.draw(st.sampled_from(["jpeg", "progressive", "png", "webp", "exif jpeg", "exif webp", "exif png"]))
    build = getattr(files, codec.split()[-1])
    image = bytearray(build(files.scene(24, 16), 6) if codec.startswith("exif") else build(files.scene(24, 16)))
    edits = st.tuples(st.integers(0, len(image) - 1), st.integers(0, 255), st.sampled_from(["set", "drop", "double"]))
    for at, value, how in data.draw(st.lists(edits, min_size=1, max_size=6)):
        at = min(at, len(image) - 1)
        image[at : at + 1] = {"set": bytes([value]), "drop": image[at : at + 1] if len(image) < 2 else b"",
                              "double": image[at : at + 1 + value]}[how]  # fmt: skip
    if data.draw(st.booleans()) and codec.endswith("png"):
        image = repaired(image)
    error = attempt(bytes(image), data.draw(st.sampled_from([None, (5, 5), (100, 100)])))
    assert error is None or error.status in (413, 415, 422)


def repaired(image):
    """The PNG with right checksums, so that the mutation reaches the decoder behind them."""
    at = 8
    while at + 12 <= len(image):
        end = at + 8 + int.from_bytes(image[at : at + 4])
        if end + 4 > len(image):
            break
        image[end : end + 4] = zlib.crc32(image[at + 4 : end]).to_bytes(4)
        at = end + 4
    return image
