"""What `trackd eval` cannot do is one line that names the file, and an exit code."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.evaluation.mot_folders import lines, standing, write_perfect, write_sequence

pytest.importorskip("trackeval", reason="scores need the extra eval")

ROWS = standing(10, {1: 100.0})
TRUTH = lines(ROWS, "1,1,1")
FOUND = lines([(frame, -1, x, y) for frame, _, x, y in ROWS], "0.9,-1,-1,-1")
CLASSED = lines(ROWS, "1,0,1")


def refused(trackd, *arguments: object) -> tuple[int, str]:
    answer = trackd("eval", *arguments, "-q")
    assert answer.out == ""
    [line] = answer.err.splitlines()
    assert line.startswith("trackd: error: ")
    return answer.code, line


@pytest.mark.parametrize(
    ("truth", "detections", "says"),
    [
        ("", FOUND, "gt.txt is empty: truth is needed to score against"),
        (TRUTH, "", "det.txt is empty: detections are needed to track"),
        (TRUTH + "11,1,5\n", FOUND, "gt.txt, line 11: 6 to 10 values separated by commas are needed, not 3"),
        (TRUTH, FOUND + "10,-1,5,5,x,9,0.5\n", "det.txt, line 11: 'x' is not a number"),
        (TRUTH, FOUND.replace("0.9", "42.8"), "det.txt, frame 1: score of row 0 is 42.8: must lie in [0, 1]"),
        (TRUTH + TRUTH, FOUND, "gt.txt: id 1 is twice in frame 1"),
        (lines(standing(12, {1: 100.0}), "1,1,1"), FOUND, "gt.txt has a frame 11, but A/seqinfo.ini says seqLength 10"),
        (TRUTH, FOUND + "12,-1,5,5,9,9,0.5,-1,-1,-1\n", "det.txt has a frame 12, but A has the length 10"),
        (CLASSED, FOUND, "gt.txt has a class 0, and those of the MOT Challenge go from 1 to 13; --classes all"),
        (lines(ROWS, "1,3,1"), FOUND, "gt.txt has no pedestrian (class 1) that counts; see --classes all"),
        (lines(ROWS, "0,1,1"), FOUND, "gt.txt has no pedestrian (class 1) that counts"),
    ],
)
def test_files_that_are_not_as_they_should_be_are_named(
    trackd, tmp_path: Path, truth: str, detections: str, says: str
) -> None:
    write_sequence(tmp_path / "A", truth, detections)
    code, line = refused(trackd, "A")
    assert code == 4
    assert says in line


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["nowhere"], 4, "no folder at nowhere"),
        (["A/gt/gt.txt"], 4, "A/gt/gt.txt is a file"),
        (["empty"], 4, "empty has no truth (gt/gt.txt or gt.txt), nor has a folder in it"),
        (["bare"], 4, "bare has no truth; looked for gt/gt.txt and gt.txt"),
        (["mute"], 4, "mute has no detections; looked for det/det.txt and det*.txt"),
        (["A", "--detections", "other"], 4, "A has no detections named other; it has det.txt"),
        (["A", "--tracks", "nowhere"], 4, "no tracks at nowhere"),
        (["A", "--tracks", "empty"], 4, "empty has no tracks of A; looked for A.txt"),
        (["A", "--tracks", "late.txt"], 4, "late.txt has a frame 11, but A has the length 10"),
        (["A", "--tracks", "short.txt"], 4, "short.txt, line 2: 6 to 10 values"),
        (["A", "--camera-motion"], 4, "cannot read A/camera_motion.txt: No such file or directory"),
        (["A", "--frames", "20:30"], 4, "A has 10 frames, none of them in 20:30"),
        (["A", "--frames", "5"], 2, "--frames: '5' is no range of frames"),
        (["A", "--frames", "1:5", "--half-val"], 2, "--half-val and --frames both say"),
        (["A", "--whole-tracks"], 2, "--whole-tracks is about --tracks"),
        (["A", "--tracks", "late.txt", "--track-thresh", "0.6"], 2, "--track-thresh is about tracking"),
        (["A", "--tracks", "late.txt", "--no-camera-motion"], 2, "--camera-motion is about tracking"),
        (["A", "--classes", "people"], 2, "--classes is 'people'; it is mot, all or numbers"),
        (["A", "--classes", "all", "--tracks", "late.txt"], 4, "frame 10 has no class (eighth column)"),
        (["A", "--benchmark", "MOT18"], 2, "--benchmark is 'MOT18'; it is one of MOT15, MOT16, MOT17, MOT20"),
        (["A", "--max-gap", "9"], 2, "add --interpolate"),
        (["A", "--track-thresh", "0.05"], 2, "low_thresh"),
        (["A", "--emit", "both"], 2, "emit is 'both'"),
        (["A", "--preset", "quick"], 2, "there is no preset 'quick': choose default, mot17, mot20, accurate"),
        (["A", "--set", "speed=2"], 2, "--set knows no 'speed'; it knows track_thresh, low_thresh"),
        (["A", "--set", "fuse_score"], 2, "--set takes NAME=VALUE, not 'fuse_score'"),
        (["A", "--set", "lost_buffer=2.5"], 2, "--set lost_buffer=2.5: input should be a valid integer"),
        (["A", "--set", "frame_rate=25"], 2, "frame_rate is that of the source; use --fps"),
        (["A", "--set", "emit=detection", "--emit", "posterior"], 2, "emit is given twice"),
        (["A", "--json", "nowhere/out.json"], 5, "there is no folder nowhere"),
        (["A", "--plot", "out.gif"], 5, "a picture's name ends in .png, .svg, .pdf"),
        (["A", "--plot", "nowhere/out.png"], 5, "there is no folder nowhere"),
        (["A", "--save-tracks", "late.txt"], 5, "cannot write late.txt: it is a file; name a folder"),
        (["A", "--save-tracks", "nowhere/deep"], 5, "there is no folder nowhere"),
        ([], 2, "Missing argument"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_an_exit_code(
    trackd, tmp_path: Path, arguments: list[str], code: int, says: str
) -> None:
    write_perfect(tmp_path / "A")
    write_sequence(tmp_path / "mute", TRUTH)
    (tmp_path / "bare").mkdir()
    (tmp_path / "mute" / "seqinfo.ini").rename(tmp_path / "bare" / "seqinfo.ini")
    (tmp_path / "empty").mkdir()
    (tmp_path / "late.txt").write_text("10,1,100,100,40,80,1,-1,-1,-1\n11,1,100,100,40,80,1,-1,-1,-1\n")
    (tmp_path / "short.txt").write_text("1,1,100,100,40,80,1,-1,-1,-1\n2,1,100")
    found = refused(trackd, *arguments)
    assert (found[0], says in found[1]) == (code, True), found


def test_without_the_extra_one_line_says_what_to_install(tmp_path: Path) -> None:
    write_perfect(tmp_path / "A")
    program = (
        "import sys; sys.modules.update(dict.fromkeys(('trackeval', 'trackeval.metrics')))\n"
        "from app.cli import run; sys.exit(run(['eval', 'A']))"
    )
    environment = {"PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == ("trackd: error: scores need TrackEval: install trackd with its extra, trackd[eval]\n")


def test_a_mistake_leaves_older_outputs_alone(trackd, tmp_path: Path) -> None:
    write_sequence(tmp_path / "A", TRUTH, FOUND + "broken")
    (tmp_path / "scores.json").write_text("{}")
    assert refused(trackd, "A", "--json", "scores.json", "--save-tracks", "out")[0] == 4
    assert (tmp_path / "scores.json").read_text() == "{}"
    assert not (tmp_path / "out").exists()


def test_no_tracks_at_all_are_a_score_of_nothing_and_no_mistake(trackd, tmp_path: Path) -> None:
    write_perfect(tmp_path / "A")
    (tmp_path / "none.txt").write_text("")
    answer = trackd("eval", "A", "--tracks", "none.txt")
    assert answer.code == 0
    assert ["OVERALL", *["0.000"] * 5, "0", "0", "0", "20"] in [line.split() for line in answer.out.splitlines()]
