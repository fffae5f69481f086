"""The probe against outputs of any number, shape, type and content: it reads them or says why not."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import models
from models.heads.probe import HEADS, Answer, probe

HW = (64, 96)
CELLS = 8 * 12 + 4 * 6 + 2 * 3
SIDES = st.sampled_from(
    [0, 1, 2, 3, 4, 5, 6, 7, 9, 32, 38, 80, 84, 85, 91, 92, 96, 112, 300, CELLS, CELLS + 2, 3 * CELLS]
)
NAMES = st.sampled_from(
    ["output0", "labels", "boxes", "scores", "dets", "logits", "pred_boxes", "num_dets", "detection_boxes",
     "detection_scores", "detection_classes", "num_detections", "a/b:0", "", "bboxes", "graph2_flat_predictions"]
)  # fmt: skip
METADATA = st.dictionaries(
    st.sampled_from(["task", "head", "end2end", "stride", "boxes", "kpt_shape", "names", "imgsz"]),
    st.sampled_from(
        ["detect", "segment", "pose", "obb", "True", "[17, 3]", "RTDETRDecoder", "yolov8", "32", "pixels", "("]
    ),
)
WILD = np.array([np.nan, np.inf, -np.inf, 1e38, -7.0, 90.0, 0.5, 0.0, 1.0, 2.0])


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    count = draw(st.integers(0, 8))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    batch = draw(st.sampled_from([1, 1, 2, 0]))
    arrays = []
    for _ in range(count):
        shape = [batch] * draw(st.integers(0, 1)) + draw(st.lists(SIDES, max_size=3))
        if np.prod(shape) > 200_000:
            shape = shape[:1]
        array = np.asarray(rng.normal(0, draw(st.sampled_from([0, 0.1, 1, 50])), shape))
        if draw(st.booleans()):
            array = np.where(rng.random(array.shape) < 0.3, rng.choice(WILD, array.shape), np.abs(array))
        dtype = draw(st.sampled_from([np.float32, np.float16, np.int64, np.int32, np.uint8]))
        with np.errstate(over="ignore", invalid="ignore"):
            arrays.append(array.astype(dtype))
    names = [draw(NAMES) for _ in range(count)]
    classes = draw(st.sampled_from([None, 1, 2, 80]))
    return Answer(
        names, arrays, HW, draw(METADATA), classes, draw(st.booleans()), draw(st.sampled_from(["float32", "uint8"]))
    )


@settings(max_examples=150)
@given(answer=answers(), wanted=st.sampled_from([None, None, *HEADS]))
def test_any_outputs_are_read_or_refused(answer: Answer, wanted: str | None) -> None:
    try:
        reading = probe(answer, wanted)
    except models.ModelError:
        return
    assert wanted in (None, reading.head.name)
    assert reading.reason
    for own in reading.images(answer.arrays, 1):
        found = reading.candidates(own, HW, 0.1)
        assert np.isfinite(found.xyxy).all()
