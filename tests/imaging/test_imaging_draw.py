from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.imaging.draw import annotate, colour_of, encode_jpeg
from app.imaging.sniff import sniff


def tracks(*boxes, ids=None, class_id=0, score=0.91):
    count = len(boxes)
    return SimpleNamespace(
        track_id=np.array(ids if ids is not None else range(1, count + 1), np.int64),
        xyxy=np.array(boxes, np.float64).reshape(-1, 4),
        score=np.full(count, score),
        class_id=np.full(count, class_id, np.int64),
    )


def grey(width=640, height=480):
    return np.full((height, width, 3), 96, np.uint8)


def close(pixel, colour):
    return np.abs(pixel.astype(int) - colour).max() <= 24  # anti-aliasing leaves a little of what lies under a line


def from_css(hue_deg, saturation, lightness):
    """HSL to (b, g, r) as CSS Color 4, section 7.1, gives it: another way than the code's."""

    def channel(n):
        k = (n + hue_deg / 30) % 12
        return lightness - saturation * min(lightness, 1 - lightness) * max(-1, min(k - 3, 9 - k, 1))

    return tuple(round(255 * channel(n)) for n in (4, 8, 0))


@given(st.integers(0, 10**6))
def test_the_colour_of_an_identity_is_the_documented_css_formula(track_id):
    assert colour_of(track_id) == from_css((track_id * 137.508) % 360, 0.85, 0.60)


def test_sixteen_identities_in_a_row_look_different():
    colours = np.array([colour_of(i) for i in range(1, 17)], float)
    apart = np.linalg.norm(colours[:, None] - colours[None], axis=2)
    assert apart[~np.eye(16, dtype=bool)].min() > 20
    assert np.linalg.norm(np.diff(colours, axis=0), axis=1).min() > 120


def test_every_side_of_a_box_is_drawn_in_the_colour_of_its_identity():
    canvas = annotate(grey(), tracks([100, 120, 300, 400], ids=[17]), ["person"])
    for x, y in ((200, 400), (100, 260), (300, 260), (280, 120)):
        assert close(canvas[y, x], colour_of(17))
    assert tuple(canvas[260, 200]) == (96, 96, 96)


def test_a_turned_box_is_drawn_where_it_lies_and_not_as_its_upright_frame():
    turned = {17: np.array([200.0, 250.0, 120.0, 40.0, np.pi / 6])}
    canvas = annotate(grey(), tracks([138, 203, 262, 297], ids=[17]), ["person"], turned=turned)
    along, across = np.array([np.cos(np.pi / 6), np.sin(np.pi / 6)]), np.array([-np.sin(np.pi / 6), np.cos(np.pi / 6)])
    for middle in (60 * along, -60 * along, 20 * across, -20 * across):
        x, y = np.rint(np.array([200, 250]) + middle).astype(int)
        assert close(canvas[y, x], colour_of(17))
    assert tuple(canvas[250, 138]) == (96, 96, 96)


def test_the_image_is_left_as_it_is():
    image = grey()
    canvas = annotate(image, tracks([10, 10, 50, 90]), ["person"], {1: np.array([[1, 1], [50, 50], [60, 90]])})
    assert (image == 96).all()
    assert not np.shares_memory(image, canvas)
    assert canvas.shape == image.shape


def test_nothing_to_draw_gives_an_equal_copy():
    assert np.array_equal(annotate(grey(), tracks(), ["person"]), grey())


def test_boxes_of_the_full_image_are_drawn_at_the_scale_of_the_frame():
    canvas = annotate(grey(320, 240), tracks([200, 240, 600, 440], ids=[5]), [], scale=0.5)
    assert close(canvas[170, 100], colour_of(5))
    assert close(canvas[220, 200], colour_of(5))


def test_a_label_says_class_identity_and_score():
    def chip(**columns):
        return annotate(grey(), tracks([200, 200, 300, 300], **columns), ["person", "car"])[150:200]

    base = chip()
    for other in (chip(class_id=1), chip(ids=[2]), chip(score=0.5), chip(class_id=9)):
        assert not np.array_equal(base, other)
    assert (base == colour_of(1)).all(axis=2).sum() > 500


def test_the_ink_of_a_label_contrasts_with_its_chip():
    def luminance(colour):
        linear = [c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour]
        return 0.0722 * linear[0] + 0.7152 * linear[1] + 0.2126 * linear[2]

    for track_id in range(1, 60):
        canvas = annotate(grey(), tracks([300, 200, 400, 300], ids=[track_id]), ["person"])
        chip = canvas[170:200, 300:400].reshape(-1, 3).astype(int)
        paper = luminance(colour_of(track_id))
        ink = {luminance(c) for c in map(tuple, chip) if c in ((0, 0, 0), (255, 255, 255))}
        assert len(ink) == 1, "text is drawn in black or in white"
        lighter, darker = max(paper, *ink), min(paper, *ink)
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5


@pytest.mark.parametrize("box", [[-50, -50, 40, 60], [600, 460, 900, 900], [0, 0, 640, 480], [-9, 470, 5, 490]])
def test_a_label_stays_inside_the_picture(box):
    def chip_pixels(box):
        canvas = annotate(grey(), tracks(box, ids=[3]), ["person"])
        return (canvas == colour_of(3)).all(axis=2).sum()

    assert chip_pixels(box) >= chip_pixels([200, 200, 201, 201]) * 0.95


def test_a_trail_grows_fainter_towards_its_old_end():
    trail = np.stack([np.linspace(40, 600, 29), np.full(29, 240.0)], axis=1)
    canvas = annotate(grey(), tracks(), [], {7: trail}).astype(float)
    away = np.linalg.norm(canvas[240, [60, 200, 340, 580]] - 96, axis=1)
    assert (np.diff(away) > 10).all()


@pytest.mark.parametrize("points", [0, 1, 2, 3, 100])
def test_a_trail_of_any_length_is_drawn(points):
    trail = np.linspace([0, 0], [639, 479], points)
    canvas = annotate(grey(), tracks(), [], {7: trail})
    assert (canvas != 96).any() == (points >= 2)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(*[st.floats(-1e12, 1e12)] * 4), max_size=4),
    st.integers(1, 40),
    st.integers(1, 40),
    st.text(max_size=5),
)
def test_any_finite_box_can_be_drawn_on_any_image(boxes, width, height, label):
    trails = {1: np.array(boxes, float).reshape(-1, 2)}
    assert annotate(grey(width, height), tracks(*boxes), [label], trails).shape == (height, width, 3)


def test_a_jpeg_is_encoded_in_the_right_colours_and_smaller_at_lower_quality():
    image = cv2.resize(np.array([[[255, 0, 0], [0, 0, 255]]], np.uint8), (64, 32), interpolation=cv2.INTER_NEAREST)
    data = encode_jpeg(image[:, ::-1])
    assert (sniff(data).width, sniff(data).height) == (64, 32)
    decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert decoded[16, 60, 0] > 240
    assert decoded[16, 4, 2] > 240
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    assert len(encode_jpeg(noise, 30)) < len(encode_jpeg(noise, 80)) < len(encode_jpeg(noise, 95))
