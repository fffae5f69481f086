"""The whole way of an image through tiny models whose answers are known."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np
import pytest
from numpy.typing import NDArray

import models
from models import DetectorOptions
from models.onnx import OnnxDetector
from tests.models.graphs import rtdetr_model, table_model


def load(model: bytes, **options: object) -> OnnxDetector:
    return OnnxDetector(model, "tiny.onnx", "cpu", DetectorOptions(**options))


def grey(level: int, width: int = 128, height: int = 128) -> NDArray[np.uint8]:
    return np.full((height, width, 3), level, np.uint8)


def finished(*rows: list[float]) -> NDArray[np.float32]:
    table = np.zeros((300, 6), np.float32)
    table[: len(rows)] = np.reshape(rows, (-1, 6))
    return table


def brightness_model(**model: object) -> bytes:
    """One box whose score is the brightness of the image."""
    slope = np.zeros((300, 6), np.float32)
    slope[0, 4] = 1
    return table_model(finished([8, 16, 24, 48, 0, 2]), slope=slope, **model)


def scores(found: list[models.detector.Detections]) -> list[float]:
    return [round(float(d.score[0]), 3) for d in found]


def test_boxes_come_back_in_pixels_of_the_image() -> None:
    # 256 x 128 in 64 x 64: a quarter, with 16 grey lines above and below.
    [found] = load(table_model(finished([8, 16, 24, 48, 0.9, 2]))).detect([grey(9, 256, 128)])
    np.testing.assert_allclose(found.xyxy, [[32, 0, 96, 128]])
    assert found.class_id.tolist() == [2]
    np.testing.assert_allclose(found.score, [0.9])


def test_boxes_of_a_reduced_image_come_back_in_pixels_of_the_full_one() -> None:
    detector = load(table_model(finished([8, 16, 24, 48, 0.9, 2])))
    [full] = detector.detect([grey(9, 257, 131)])
    [reduced] = detector.detect([grey(9, 129, 66)], [(257, 131)])
    np.testing.assert_array_equal(reduced.xyxy, full.xyxy)


def test_a_decoder_learns_how_many_pixels_are_looked_at() -> None:
    detector = load(table_model(finished()))
    assert detector.input_size_for(256, 128) == (64, 32)
    assert detector.input_size_for(1080, 1920) == (36, 64)


def test_sizes_of_a_detr_are_those_of_its_input_and_boxes_are_stretched_back() -> None:
    model = rtdetr_model([3, 1], np.array([[0.25, 0.5, 0.75, 1.0], [0.0, 0.0, 0.5, 0.5]]), [0.4, 0.8])
    [first, second] = load(model).detect([grey(1, 1000, 400), grey(1, 10, 20)])
    np.testing.assert_allclose(first.xyxy, [[0, 0, 500, 200], [250, 200, 750, 400]])
    np.testing.assert_allclose(second.xyxy, [[0, 0, 5, 10], [2.5, 10, 7.5, 20]])
    assert first.class_id.tolist() == [1, 3]


def test_the_best_score_comes_first_and_no_more_than_the_limit() -> None:
    rows = [[8, 8, 24, 24, score, 0] for score in (0.3, 0.9, 0.5)]
    [found] = load(table_model(finished(*rows)), max_detections=2).detect([grey(0)])
    np.testing.assert_allclose(found.score, [0.9, 0.5])


def test_boxes_beyond_the_image_are_not_clipped() -> None:
    [found] = load(table_model(finished([-4, -4, 70, 70, 0.9, 0]))).detect([grey(0, 64, 64)])
    np.testing.assert_allclose(found.xyxy, [[-4, -4, 70, 70]])


@pytest.mark.parametrize("box", [[30, 10, 20, 40], [20, 10, 20, 40], [np.nan, 1, 20, 40], [1, 1, np.inf, 4]])
def test_boxes_without_area_are_dropped(box: list[float]) -> None:
    [found] = load(table_model(finished([*box, 0.9, 0], [8, 8, 24, 24, 0.5, 0]))).detect([grey(0)])
    np.testing.assert_allclose(found.score, [0.5])


@pytest.mark.parametrize(("width", "height"), [(1, 1), (8192, 1), (1, 8192), (2, 3)])
def test_images_of_any_legal_size_are_accepted(width: int, height: int) -> None:
    [found] = load(brightness_model()).detect([grey(255, width, height)])
    assert len(found) <= 1


def test_a_picture_without_objects_gives_empty_detections() -> None:
    [found] = load(table_model(finished())).detect([grey(0)])
    assert len(found) == 0
    assert found.xyxy.shape == (0, 4)


def test_no_images_give_no_detections() -> None:
    assert load(brightness_model()).detect([]) == []


@pytest.mark.parametrize(("batch", "limit"), [("batch", None), (1, 1), (4, 4)])
def test_any_number_of_images_is_answered_in_order(batch: int | str, limit: int | None) -> None:
    detector = load(brightness_model(batch=batch))
    levels = [30 + 5 * n for n in range(37)]
    found = detector.detect([grey(level, 64, 64) for level in levels])
    assert detector.info.batch_limit == limit
    assert scores(found) == [round(level / 255, 3) for level in levels]


def test_a_model_that_only_claims_a_free_batch_is_fed_one_by_one() -> None:
    detector = load(brightness_model(only_one=True))
    assert detector.info.batch_limit == 1
    assert scores(detector.detect([grey(51, 64, 64), grey(102, 64, 64)])) == [0.2, 0.4]


def test_images_of_several_sizes_share_a_batch() -> None:
    found = load(table_model(finished([8, 16, 24, 48, 0.9, 0]))).detect([grey(0, 64, 64), grey(0, 256, 128)])
    np.testing.assert_allclose(found[0].xyxy, [[8, 16, 24, 48]])
    np.testing.assert_allclose(found[1].xyxy, [[32, 0, 96, 128]])


def test_a_model_in_half_precision_is_fed_and_read() -> None:
    [found] = load(brightness_model(half=True)).detect([grey(128, 64, 64)])
    np.testing.assert_allclose(found.score, [128 / 255], atol=2e-3)
    np.testing.assert_allclose(found.xyxy, [[8, 16, 24, 48]])


def test_options_change_what_the_pixels_mean() -> None:
    blue = np.zeros((64, 64, 3), np.uint8)
    blue[:, :, 0] = 255
    plain, white_is_two = (load(brightness_model(), pixel_max=p, score_floor=0.0) for p in (1.0, 2.0))
    assert scores(plain.detect([blue])) == [0.333]
    assert scores(white_is_two.detect([blue])) == [0.667]


def test_many_threads_get_their_own_answers() -> None:
    detector = load(brightness_model())
    threads, rounds = 6, 40
    start = Barrier(threads)

    def caller(number: int) -> list[float]:
        start.wait()
        level = 40 + 30 * number
        batches = [detector.detect([grey(level, 64 + number, 64)] * (1 + n % 3)) for n in range(rounds)]
        return [score for batch in batches for score in np.round([d.score[0] for d in batch], 3)]

    with ThreadPoolExecutor(threads) as pool:
        for number, got in enumerate(pool.map(caller, range(threads))):
            alone = detector.detect([grey(40 + 30 * number, 64 + number, 64)])
            assert set(got) == {np.round(alone[0].score[0], 3)}


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((64, 64), np.uint8),
        np.zeros((64, 64, 4), np.uint8),
        np.zeros((64, 64, 3), np.float32),
        np.zeros((0, 64, 3), np.uint8),
    ],
    ids=["grey", "alpha", "float", "empty"],
)
def test_what_is_no_bgr_image_is_refused(image: NDArray) -> None:
    with pytest.raises(ValueError, match=r"image 1 must be \(H, W, 3\) uint8, got"):
        load(brightness_model()).detect([grey(1), image])


@pytest.mark.parametrize("sizes", [[], [(0, 64)], [(64, 64), (64, 64)]])
def test_sizes_that_do_not_fit_are_refused(sizes: list[tuple[int, int]]) -> None:
    with pytest.raises(ValueError, match="size"):
        load(brightness_model()).detect([grey(1)], sizes)


def test_a_closed_detector_says_so() -> None:
    detector = load(brightness_model())
    detector.close()
    detector.close()
    with pytest.raises(models.DetectionFailed, match=r"tiny.onnx is closed"):
        detector.detect([grey(1)])


def test_a_fixed_input_size_cannot_be_changed() -> None:
    with pytest.raises(models.ModelUnsupported, match=r"fixed input of \(64, 64\), not \(96, 96\)"):
        load(brightness_model(), input_size=(96, 96))


@pytest.mark.parametrize(
    ("option", "value"),
    [("score_floor", 1.0), ("score_floor", -0.1), ("nms_iou", 0.0), ("max_detections", 0), ("threads", 0),
     ("input_size", (0, 64)), ("score_floor", float("nan")), ("pixel_max", 0.0), ("pixel_max", float("inf")),
     ("mean", (0.1, 0.2)), ("mean", (0.1, 0.2, float("nan"))), ("std", (1.0, 0.0, 1.0)), ("std", (1.0, 1.0, -1.0))],
)  # fmt: skip
def test_options_that_no_model_could_run_with_are_refused(option: str, value: object) -> None:
    with pytest.raises(ValueError, match=option):
        DetectorOptions(**{option: value})


@pytest.mark.parametrize(
    ("said", "options", "kept"),
    [({}, {}, 2), ({"nms_iou": "0.5"}, {}, 1), ({"nms_iou": "0.5"}, {"nms_iou": 0.9}, 2), ({"nms_iou": "much"}, {}, 2)],
)
def test_how_much_two_boxes_may_overlap_is_said_by_the_options_or_else_by_the_model(
    said: dict[str, str], options: dict[str, float], kept: int
) -> None:
    table = np.zeros((84, 5), np.float32)
    table[:2] = [[20, 20, 20, 20, 0.9], [24, 20, 20, 20, 0.8]]  # their IoU is two thirds
    model = table_model(table.T, metadata={"head": "yolov8", **said})
    [found] = load(model, **options).detect([grey(0)])
    assert len(found) == kept
