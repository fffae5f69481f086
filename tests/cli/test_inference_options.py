"""How a detector is read, said on the command line."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from app.cli.errors import UsageFailure
from app.cli.inference_options import inference_values
from tests.cli.conftest import Answer
from tests.models.graphs import table_model

TRACKD = Callable[..., Answer]


def test_values_have_the_types_of_the_settings():
    given = ["input_size=384, 640", "colour=rgb", "labels=person,car", "mean=1,2.5,3", "nms-iou=0.5", "soft_nms=true"]
    assert inference_values(given, "yolov8") == {
        "head": "yolov8",
        "input_size": (384, 640),
        "colour": "rgb",
        "labels": ("person", "car"),
        "mean": (1.0, 2.5, 3.0),
        "nms_iou": 0.5,
        "soft_nms": True,
    }
    assert inference_values(None, None) is None


@pytest.mark.parametrize(
    ("given", "head", "message"),
    [
        (["colour"], None, r"takes NAME=VALUE, not 'colour'"),
        (["color=rgb"], None, r"knows no 'color'; it knows callers, .*colour"),
        (["colour=green"], None, r"--inference colour=green: input should be 'bgr' or 'rgb'"),
        (["input_size=640"], None, r"--inference input_size=640: it takes HEIGHT,WIDTH"),
        (["mean=1,2,3,4"], None, r"--inference mean=1,2,3,4: it takes one value for each of 3 channels"),
        (["input_size=a,b"], None, r"--inference input_size=a,b: input should be a valid integer"),
        (["colour=rgb", "colour=bgr"], None, r"colour is given twice"),
        (["head=yolox"], "yolov8", r"head is given twice"),
        (["nms_iou=2"], None, r"--inference nms_iou=2: input should be less than or equal to 1"),
        (["std=0,1,1"], None, r"--inference std=0,1,1: input should be greater than 0"),
        (["input_size=10,640"], None, r"--inference input_size=10,640: input should be greater than or equal to 32"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_line(given, head, message):
    with pytest.raises(UsageFailure, match=message):
        inference_values(given, head)


def test_info_reads_a_model_as_it_is_told(trackd: TRACKD, tmp_path: Path) -> None:
    path = tmp_path / "free.onnx"
    path.write_bytes(table_model(np.zeros((84, 21), np.float32), size=("height", "width")))
    told = trackd("models", "info", path, "--inference", "input_size=32,32", "--inference", "colour=bgr")
    assert (told.code, told.err) == (0, "")
    assert "32x32" in told.out
    assert "bgr" in told.out


def test_a_wrong_setting_ends_every_command_that_loads_a_model(trackd: TRACKD, tmp_path: Path) -> None:
    for command in (["serve"], ["track", "demo:"], ["bench"], ["models", "info", "demo"], ["explain", "demo:"]):
        answer = trackd(*command, "--inference", "colour=green")
        assert answer.code == 2
        assert answer.err.count("\n") == 1
        assert "colour=green" in answer.err
