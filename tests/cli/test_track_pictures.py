"""`trackd track --heatmap --trajectories`: one picture of a whole run."""

from pathlib import Path

import cv2
import numpy as np

DEMO = "demo:?seed=3&width=480&height=270&fps=10&frames=25"


def picture(path: Path) -> np.ndarray:
    return cv2.imread(str(path), cv2.IMREAD_UNCHANGED)


def test_a_run_leaves_a_heat_map_and_trajectories_over_its_last_frame(trackd, tmp_path: Path) -> None:
    answer = trackd("track", DEMO, "--heatmap", "heat.png", "--trajectories", "ways.png", "--mot", "out.txt")
    assert answer.code == 0, answer.err
    assert "wrote heat.png" in answer.out
    assert "wrote ways.png" in answer.out
    heat, ways = picture(tmp_path / "heat.png"), picture(tmp_path / "ways.png")
    assert heat.shape == ways.shape
    assert heat.shape[1:] == (480, 3)
    assert heat.shape[0] > 270, "a strip below says what the colours mean"
    sky = heat[5:20, 10:60].astype(int)
    assert np.abs(sky - ways[5:20, 10:60]).max() == 0, "nobody walks in the sky: both show the same frame there"
    assert np.ptp(heat[:270].max(axis=2).astype(int)) > 150, "the street is bright where people were"


def test_filled_gaps_are_part_of_the_pictures(trackd, tmp_path: Path) -> None:
    answer = trackd("track", DEMO, "--detect-every", 5, "--interpolate", "linear", "--heatmap", "heat.png")
    assert answer.code == 0, answer.err
    assert picture(tmp_path / "heat.png").shape[1] == 480


def test_pictures_that_cannot_be_written_are_refused_before_any_work(trackd, tmp_path: Path) -> None:
    for flag in ("--heatmap", "--trajectories"):
        answer = trackd("track", DEMO, flag, "heat.jpg")
        assert (answer.code != 0, answer.err.count("\n")) == (True, 1)
        assert "a picture's name ends in .png" in answer.err
        answer = trackd("track", DEMO, flag, "nowhere/heat.png")
        assert answer.code != 0
        assert "there is no folder nowhere" in answer.err
    answer = trackd("track", DEMO, "--heatmap", "one.png", "--trajectories", "one.png")
    assert answer.code != 0
    assert "two outputs name the same file" in answer.err
    assert not list(tmp_path.glob("*.png"))
