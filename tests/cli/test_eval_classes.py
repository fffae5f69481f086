"""`trackd eval --classes`: each class on its own, and the averages."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.sources.demo import SCORED_VISIBILITY, DemoCamera
from tests.evaluation.mot_folders import lines, standing, write_sequence

pytest.importorskip("trackeval", reason="scores need the extra eval")


def scored(trackd: Any, *arguments: object) -> dict[str, Any]:
    answer = trackd("eval", *arguments, "--json", "-", "-q")
    assert (answer.code, answer.err) == (0, ""), answer.err
    found: dict[str, Any] = json.loads(answer.out)
    return found


def write_two_classes(folder: Path, *, frames: int = 10) -> Path:
    """Three objects of class 4 that are found, one of class 9 that is found as one of class 4."""
    found, confused = standing(frames, {1: 100.0, 2: 400.0, 3: 700.0}), standing(frames, {4: 1000.0})
    truth = lines(found, "1,4,0,0") + lines(confused, "1,9,0,0")
    detections = [(frame, -1, x, y) for frame, _, x, y in found + confused]
    return write_sequence(folder, truth, lines(detections, "0.9,4,-1,-1"), frames=frames)


def test_each_class_is_scored_on_its_own_and_averaged_in_two_ways(trackd, tmp_path: Path) -> None:
    write_two_classes(tmp_path / "A")
    document = scored(trackd, "A", "--classes", "all")
    four, nine = document["classes"]["4"], document["classes"]["9"]
    assert (four["FP"], four["FN"], nine["FP"], nine["FN"]) == (10, 0, 0, 10)
    assert four["HOTA"] == pytest.approx(100 * math.sqrt(30 / 40))
    assert nine["HOTA"] == 0
    assert document["class_average"]["HOTA"] == pytest.approx((four["HOTA"] + nine["HOTA"]) / 2)
    assert document["overall"]["HOTA"] == pytest.approx(100 * math.sqrt(30 / 50)), "30 found, 10 missed, 10 false"
    assert document["overall"]["objects"] == 4
    assert document["sequences"]["A"]["HOTA"] == pytest.approx(document["overall"]["HOTA"])
    assert document["sequences"]["A"]["classes"]["4"] == four


def test_a_class_that_a_sequence_lacks_is_still_scored_there(trackd, tmp_path: Path) -> None:
    write_two_classes(tmp_path / "in" / "A")
    rows = standing(10, {1: 100.0})
    other = lines([(f, -1, x, y) for f, _, x, y in rows], "0.9,4,-1,-1")
    write_sequence(tmp_path / "in" / "B", lines(rows, "1,9,0,0"), other)
    document = scored(trackd, "in", "--classes", "all")
    assert document["sequences"]["B"]["classes"]["4"]["FP"] == 10
    assert document["classes"]["4"]["FP"] == 20


def test_the_table_has_classes_and_both_averages(trackd, tmp_path: Path) -> None:
    write_two_classes(tmp_path / "A")
    answer = trackd("eval", "A", "--classes", "all", "--plot", "classes.png")
    first = [line.split("  ")[0].strip() for line in answer.out.splitlines()]
    rows = ["A", "class 4", "class 9", "OVERALL, mean of classes", "OVERALL, all detections"]
    assert [name for name in first if name in rows] == rows
    assert (tmp_path / "classes.png").stat().st_size > 10_000


def test_some_of_the_classes_can_be_asked_for(trackd, tmp_path: Path) -> None:
    write_two_classes(tmp_path / "A")
    assert list(scored(trackd, "A", "--classes", "4")["classes"]) == ["4"]
    answer = trackd("eval", "A", "--classes", "4,5")
    assert (answer.code, "the truth has no class 5; it has 4, 9" in answer.err) == (4, True)


def test_what_does_not_count_is_neither_right_nor_wrong_whatever_its_class(trackd, tmp_path: Path) -> None:
    counted, hidden = standing(10, {1: 100.0}), standing(10, {2: 400.0})
    detections = lines([(f, -1, x, y) for f, _, x, y in counted + hidden], "0.9,4,-1,-1")
    write_sequence(tmp_path / "A", lines(counted, "1,4,1") + lines(hidden, "0,9,1"), detections)
    document = scored(trackd, "A", "--classes", "all")
    assert list(document["classes"]) == ["4"]
    assert document["overall"]["HOTA"] == 100.0


def test_tracks_keep_their_classes_when_they_are_saved_and_scored_again(trackd, tmp_path: Path) -> None:
    write_two_classes(tmp_path / "A")
    first = scored(trackd, "A", "--classes", "all", "--save-tracks", "out")
    assert scored(trackd, "A", "--classes", "all", "--tracks", "out")["overall"] == first["overall"]


def write_demo(folder: Path, seed: int, frames: int) -> Path:
    """The exact truth of a demo camera, with what is nearly hidden as rows that do not count."""
    camera = DemoCamera(seed=seed, width=480, height=270, frame_rate=10)
    rows = []
    for frame in range(1, frames + 1):
        truth = camera.truth(frame - 1)
        sides = truth.xyxy[:, 2:] - truth.xyxy[:, :2]
        table = np.column_stack([truth.object_id, truth.xyxy[:, :2], sides, truth.visibility >= SCORED_VISIBILITY])
        for (i, x, y, w, h, counts), kind in zip(table.tolist(), truth.class_id.tolist(), strict=True):
            rows.append(f"{frame},{i:g},{x:.3f},{y:.3f},{w:.3f},{h:.3f},{counts:g},{kind},1\n")
    return write_sequence(folder, "".join(rows), frames=frames, rate=10)


def test_an_export_of_trackd_is_scored_against_the_truth_of_the_demo_camera(trackd, tmp_path: Path) -> None:
    write_demo(tmp_path / "street", 3, 40)
    source = "demo:?seed=3&width=480&height=270&fps=10&frames=40"
    assert trackd("track", source, "--json", "street.jsonl", "--track-thresh", "0.7", "-q").code == 0
    document = scored(trackd, "street", "--tracks", "street.jsonl", "--classes", "all")
    assert set(document["classes"]) <= {"0", "1", "2"}
    assert document["overall"]["HOTA"] > 40
    assert document["overall"]["MOTA"] > 40
    persons = trackd("eval", "street", "--tracks", "street.jsonl")
    assert persons.code == 4
    assert "has a class 0, and those of the MOT Challenge go from 1 to 13; --classes all scores" in persons.err
