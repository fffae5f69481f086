from pathlib import Path

import av
import msgspec
import numpy as np
import pytest

from tracker import read_mot
from tracker.interpolation import fill_gaps

DEMO = "demo:?seed=3&width=480&height=270&fps=10&frames=40"


def pictures(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="gray").astype(float) for frame in container.decode(video=0)]


def filled_in_mot(path: Path) -> set[tuple[int, int]]:
    """(frame, id) of the rows that say that they were filled."""
    rows = [line.split(",") for line in path.read_text().splitlines()]
    assert {tuple(row[7:]) for row in rows} == {("-1", "-1", "-1"), ("-1", "0", "-1")}
    return {(int(row[0]), int(row[1])) for row in rows if row[8] == "0"}


def filled_in_json(path: Path) -> set[tuple[int, int]]:
    messages = [msgspec.json.decode(line) for line in path.read_bytes().splitlines()]
    assert [message["seq"] for message in messages] == list(range(1, len(messages) + 1))
    return {
        (message["seq"], track["track_id"])
        for message in messages
        for track in message["tracks"]
        if track.get("interpolated", False)
    }


@pytest.mark.parametrize("method", ["linear", "gaussian"])
def test_the_files_hold_what_filling_the_rows_afterwards_would_give(trackd, tmp_path: Path, method) -> None:
    assert trackd("track", DEMO, "--mot", "seen.txt").code == 0
    answer = trackd("track", DEMO, "--mot", "full.txt", "--json", "full.jsonl", "--interpolate", method)
    assert answer.code == 0, answer.err
    wanted = fill_gaps(read_mot(tmp_path / "seen.txt"), method)
    full = read_mot(tmp_path / "full.txt")
    assert np.array_equal(full.frame, wanted.frame)
    assert np.array_equal(full.track_id, wanted.track_id)
    np.testing.assert_allclose(full.xyxy, wanted.xyxy, atol=1e-2)
    np.testing.assert_allclose(full.score, wanted.score, atol=1e-5)
    filled = filled_in_mot(tmp_path / "full.txt")
    assert filled == filled_in_json(tmp_path / "full.jsonl")
    assert len(filled) == (wanted.visibility == 0).sum() > 10
    assert f"filled {len(filled)} boxes in gaps, {method}" in answer.out


@pytest.mark.parametrize("method", ["linear", "gaussian"])
def test_the_video_shows_every_frame_with_its_own_picture(trackd, tmp_path: Path, method) -> None:
    assert trackd("track", DEMO, "-o", "seen.mp4", "--every", "2").code == 0
    assert trackd("track", DEMO, "-o", "full.mp4", "--every", "2", "--interpolate", method).code == 0
    seen, full = pictures(tmp_path / "seen.mp4"), pictures(tmp_path / "full.mp4")
    assert len(seen) == len(full) == 20
    differences = np.array([[np.abs(first - second).mean() for second in seen] for first in full])
    assert differences.argmin(axis=1).tolist() == list(range(20)), "no frame has the picture of another"
    assert differences.diagonal().max() > 0.02, "there is more drawn on some"


def test_a_smaller_largest_gap_fills_less(trackd, tmp_path: Path) -> None:
    counts = []
    for most in ("2", "20"):
        assert trackd("track", DEMO, "--mot", "full.txt", "--interpolate", "linear", "--max-gap", most).code == 0
        counts.append(len(filled_in_mot(tmp_path / "full.txt")))
    assert 0 < counts[0] < counts[1]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--max-gap", "5"], "--max-gap says which gaps are filled; add --interpolate linear"),
        (["--interpolate", "cubic"], "--interpolate"),
        (["--interpolate", "linear", "--max-gap", "1"], "--max-gap"),
    ],
)
def test_what_cannot_be_filled_is_one_line_on_usage(trackd, arguments: list[str], says: str) -> None:
    answer = trackd("track", DEMO, *arguments)
    assert (answer.code, answer.out) == (2, "")
    [line] = answer.err.splitlines()
    assert says in line
