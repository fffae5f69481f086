"""The bundled detector finds what the demo camera shows, on streets that it was not trained on."""

import ast
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

import models
from app.sources.demo import CLASSES, SCORED_VISIBILITY, DemoCamera
from training.precision import area_under_curve, judge
from training.tracking import hota

WEIGHTS = Path(models.__file__).parent / "weights" / "demo.onnx"
HELD_OUT = (9002, 9005, 9009, 9014)
SMALLEST_PX = 8.0


@pytest.fixture(scope="module")
def detector():
    detector = models.load_detector("demo", "cpu")
    yield detector
    detector.close()


@pytest.fixture(scope="module")
def session():
    return onnxruntime.InferenceSession(str(WEIGHTS), providers=["CPUExecutionProvider"])


def test_the_weights_are_small_enough_to_travel_with_the_code():
    assert 100_000 < WEIGHTS.stat().st_size <= 2_000_000


def test_the_metadata_says_all_that_a_runtime_needs(session):
    metadata = session.get_modelmeta().custom_metadata_map
    assert ast.literal_eval(metadata["names"]) == dict(enumerate(CLASSES))
    assert ast.literal_eval(metadata["imgsz"]) == [288, 512]
    assert (metadata["head"], metadata["colour"], metadata["license"]) == ("yolov8", "rgb", "Apache-2.0")


@pytest.mark.parametrize(("batch", "height", "width"), [(1, 288, 512), (3, 288, 512), (2, 96, 64), (1, 544, 960)])
def test_batch_height_and_width_are_free(session, batch, height, width):
    images = np.zeros((batch, 3, height, width), dtype=np.float32)
    (output,) = session.run(None, {"images": images})
    assert output.shape == (batch, 4 + len(CLASSES), height // 8 * (width // 8) + height // 16 * (width // 16))
    assert np.isfinite(output).all()


def test_a_picture_gives_the_same_in_a_batch_as_alone(session):
    images = np.random.default_rng(0).random((3, 3, 96, 160), dtype=np.float32)
    (together,) = session.run(None, {"images": images})
    for row in range(3):
        (alone,) = session.run(None, {"images": images[row : row + 1]})
        np.testing.assert_allclose(together[row], alone[0], atol=1e-3, rtol=1e-4)


def test_scores_are_shares_and_boxes_have_a_size(session):
    frame = DemoCamera(9001, 512, 288).frame(0)
    blob = frame[None, :, :, ::-1].transpose(0, 3, 1, 2).astype(np.float32) / 255
    (output,) = session.run(None, {"images": np.ascontiguousarray(blob)})
    assert ((output[:, 4:] >= 0) & (output[:, 4:] <= 1)).all()
    assert (output[:, 2:4] > 0).all()


def test_the_runtime_knows_its_classes(detector):
    assert detector.info.labels == CLASSES
    assert (detector.info.head, detector.info.runs_at) == ("yolov8", (288, 512))


def test_average_precision_on_held_out_streets_is_at_least_095(detector):
    judged = {label: [] for label in CLASSES}
    for camera in map(DemoCamera, HELD_OUT):
        for index in range(50, 2450, 160):
            truth, (found,) = camera.truth(index), detector.detect([camera.frame(index)])
            thin = (truth.xyxy[:, 2:] - truth.xyxy[:, :2]).min(axis=1, initial=np.inf) < SMALLEST_PX
            ignore = (truth.visibility < SCORED_VISIBILITY) | thin
            for number, label in enumerate(CLASSES):
                true, mine = truth.class_id == number, found.class_id == number
                judged[label].append(judge(truth.xyxy[true], ignore[true], found.xyxy[mine], found.score[mine]))
    scores = {label: area_under_curve(frames) for label, frames in judged.items()}
    assert all(sum(frame.objects for frame in frames) >= 20 for frames in judged.values())
    assert np.mean(list(scores.values())) >= 0.95, scores
    assert min(scores.values()) >= 0.9, scores


@pytest.mark.parametrize("size", [(1280, 720), (640, 360), (640, 480)])
def test_it_works_at_other_sizes_of_the_picture(detector, size):
    camera = DemoCamera(9003, *size)
    hits = total = 0
    for index in range(0, 900, 150):
        truth, (found,) = camera.truth(index), detector.detect([camera.frame(index)])
        clear = truth.visibility > 0.6
        for box, class_id in zip(truth.xyxy[clear], truth.class_id[clear], strict=True):
            same = found.xyxy[(found.class_id == class_id) & (found.score > 0.3)]
            low, high = np.maximum(same[:, :2], box[:2]), np.minimum(same[:, 2:], box[2:])
            shared = np.clip(high - low, 0, None).prod(axis=1)
            union = (same[:, 2:] - same[:, :2]).prod(axis=1) + (box[2:] - box[:2]).prod() - shared
            hits += bool((shared > 0.5 * union).any())
            total += 1
    assert hits >= 0.9 * total
    assert total >= 20


def test_an_empty_picture_shows_nobody(detector):
    (found,) = detector.detect([np.full((540, 960, 3), 114, dtype=np.uint8)])
    assert not (found.score > 0.3).any()


def test_hota_of_held_out_streets_does_not_fall_below_the_card(detector):
    pytest.importorskip("trackeval", reason="trackeval, extra eval, is not installed")
    scores = [hota(lambda frame: detector.detect([frame])[0], seed, frames=200) for seed in (9000, 9003)]
    assert np.mean(scores) > 0.74, scores
