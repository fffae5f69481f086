"""Training frames keep their boxes on their objects, however they are varied."""

import numpy as np

from training.scenes import INPUT_SIZE, Sample, render, vary


def marked():
    """A grey picture with one bright rectangle and its box."""
    image = np.full((*INPUT_SIZE, 3), 60, dtype=np.uint8)
    image[100:180, 200:260] = 250
    box = np.array(((200.0, 100.0, 260.0, 180.0),))
    return Sample(image, box, np.zeros(1, dtype=np.int64), np.zeros(1, dtype=bool))


def test_the_box_moves_with_the_picture():
    sample, seen = marked(), 0
    for seed in range(60):
        varied = vary(sample, np.random.default_rng(seed))
        bright = varied.image.min(axis=2) > 170
        if not len(varied.xyxy) or bright.sum() < 200:
            continue
        rows, columns = np.flatnonzero(bright.any(axis=1)), np.flatnonzero(bright.any(axis=0))
        extent = (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)
        np.testing.assert_allclose(varied.xyxy[0], extent, atol=2.5)
        seen += 1
    assert seen > 30


def test_what_is_cut_off_almost_wholly_is_ignored_or_gone():
    sample = marked()
    for seed in range(80):
        varied = vary(sample, np.random.default_rng(seed))
        for box, ignore in zip(varied.xyxy, varied.ignore, strict=True):
            if not ignore:
                assert (box[2] - box[0]) * (box[3] - box[1]) > 0.1 * 60 * 80 * 0.45


def test_rendered_frames_fit_the_input_and_know_their_hidden_objects():
    samples = render(seed=31, count=6)
    assert all(sample.image.shape == (*INPUT_SIZE, 3) for sample in samples)
    assert sum(len(sample.xyxy) for sample in samples) > 15
    assert all((sample.xyxy <= (512.01, 288.01, 512.01, 288.01)).all() for sample in samples)


def test_the_same_seed_renders_the_same_frames():
    one, other = render(seed=8, count=2), render(seed=8, count=2)
    for a, b in zip(one, other, strict=True):
        np.testing.assert_array_equal(a.image, b.image)
        np.testing.assert_array_equal(a.xyxy, b.xyxy)
