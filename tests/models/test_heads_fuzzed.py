"""Every head against garbage: any numbers of the right shapes become sound candidates, and none raises."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from models.heads import HEADS
from models.heads.layout import FARTHEST, Terms
from models.heads.selection import select

HW = (64, 96)
CELLS = 8 * 12 + 4 * 6 + 2 * 3
PLUS = CELLS + 2
"""With a fourth grid, of stride 64."""
N = "any number of rows, none at all as well"
Shape = tuple[int | str, ...]
SHAPES: dict[str, tuple[Shape, ...]] = {
    "yolox": ((CELLS, 8),),
    "yolox_decoded": ((N, 8),),
    "yolov5": ((N, 6),),
    "yolov8": ((7, N),),
    "yolov8_corners": ((7, N),),
    "ssd_corners": ((7, N),),
    "yolov8_rows": ((N, 5),),
    "yolov8_rows_corners": ((N, 7),),
    "rtmdet": ((N, 7),),
    "picodet_decoded": ((N, 7),),
    "yolov8_obb": ((8, N),),
    "end2end": ((N, 38),),
    "end2end_obb": ((N, 7),),
    "yolov7_nms": ((N, 7),),
    "yolo_nas_flat": ((N, 7),),
    "yolo_nas": ((N, 4), (N, 3)),
    "yolo_nas_nms": ((N,), (N, 4), (N,), (1,)),
    "efficient_nms": ((N,), (N, 4), (N,), ()),
    "damo_yolo": ((N, 4), (N, 1)),
    "ppyoloe_rows": ((N, 4), (N, 3)),
    "ppyoloe": ((N, 4), (3, N)),
    "paddle": ((N, 6),),
    "nanodet": ((CELLS, 3), (CELLS, 32)),
    "nanodet_plus": ((PLUS, 3 + 32),),
    "picodet": ((96, 3), (24, 3), (6, 3), (2, 3), (96, 32), (24, 32), (6, 32), (2, 32)),
    "rtdetr": ((N,), (N, 4), (N,)),
    "rtdetr_rows": ((N, 6),),
    "rtdetr_table": ((N, 7),),
    "rtdetr_logits": ((N, 3), (N, 4)),
    "detr_scores": ((N, 4), (N, 3)),
    "rfdetr": ((N, 3), (N, 4)),
    "detr": ((N, 3), (N, 4)),
    "mmdet": ((N,), (N, 5)),
    "tf_ssd": ((N,), (N, 4), (N,), ()),
    "onnx_ssd": ((N,), (N, 4), (N,)),
    "torch_ssd": ((N, 4), (N, 3)),
    "caffe_ssd": ((1, N, 7),),
    "torchvision": ((N,), (N, 4), (N,)),
}
WILD = np.array([np.nan, np.inf, -np.inf, 1e38, -1e38, 3e4, -7.0, 1e-40, 90.0, 0.5, 0.0, 2.0**31, 2.0**63])


def test_every_head_is_fuzzed() -> None:
    assert set(SHAPES) == set(HEADS)


def garbage(rng: np.random.Generator, shapes: Sequence[Shape], rows: int, dtype: type) -> list[NDArray[np.generic]]:
    outputs = []
    for shape in shapes:
        array = np.asarray(rng.uniform(-0.2, 1.2, [rows if axis is N else axis for axis in shape]))
        wild = rng.random(array.shape) < rng.choice([0.0, 0.1, 0.6])
        array = np.where(wild, rng.choice(WILD, array.shape), array)
        with np.errstate(over="ignore"):
            outputs.append(np.asarray(array).astype(dtype))
    return outputs


@pytest.mark.parametrize("name", SHAPES)
@settings(max_examples=40)
@given(
    seed=st.integers(0, 2**32 - 1),
    rows=st.sampled_from([0, 1, 7, 300]),
    dtype=st.sampled_from([np.float32, np.float16]),
    soft=st.booleans(),
)
def test_garbage_never_becomes_a_box_that_is_none(name: str, seed: int, rows: int, dtype: type, soft: bool) -> None:
    outputs = garbage(np.random.default_rng(seed), SHAPES[name], rows, dtype)
    found = HEADS[name].decode(outputs, Terms(HW, 0.1))
    assert (np.abs(found.xyxy) < FARTHEST).all()
    assert ((found.score > 0.1) & (found.score <= 1)).all()
    assert (found.class_id >= 0).all()
    assert found.xyxy.shape == (len(found.score), 4)
    assert (found.xyxy.dtype, found.score.dtype, found.class_id.dtype) == (np.float32, np.float32, np.int64)
    assert (found.oriented is not None) == HEADS[name].oriented
    if found.oriented is not None:
        assert (np.abs(found.oriented) < FARTHEST).all()
        assert (found.oriented[:, 2:4] > 0).all()
    kept = select(found, 0.7 if HEADS[name].overlapping else None, soft, 0.1, 50)
    assert len(kept.score) <= 50
    assert (np.diff(kept.score) <= 0).all()


@pytest.mark.parametrize("name", [name for name, shapes in SHAPES.items() if shapes[0] == (N,)])
@settings(max_examples=20)
@given(seed=st.integers(0, 2**32 - 1), dtype=st.sampled_from([np.int64, np.int32, np.uint8]))
def test_labels_that_are_whole_numbers_are_read(name: str, seed: int, dtype: type) -> None:
    rng = np.random.default_rng(seed)
    outputs = garbage(rng, SHAPES[name], 5, np.float32)
    outputs[0] = rng.integers(0, np.iinfo(dtype).max, 5, dtype, endpoint=True)
    found = HEADS[name].decode(outputs, Terms(HW, 0.1))
    assert (found.class_id >= 0).all()


@pytest.mark.parametrize("name", SHAPES)
def test_a_picture_without_objects_gives_no_candidates(name: str) -> None:
    outputs = [np.zeros([300 if axis is N else axis for axis in shape], np.float32) for shape in SHAPES[name]]
    if HEADS[name].decode is HEADS["rfdetr"].decode or name == "detr":
        outputs[0] -= 20  # a logit of 0 is a probability of a half
        outputs[0][:, -1] += 20 if name == "detr" else 0
    found = HEADS[name].decode(outputs, Terms(HW, 0.1))
    assert found.xyxy.shape == (0, 4)
    assert found.score.shape == found.class_id.shape == (0,)
