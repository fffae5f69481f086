"""`trackd eval` on sequences whose scores are known."""

import json
import math
import os
import signal
from dataclasses import asdict
from pathlib import Path
from typing import Any

import cv2
import pytest

from tests.evaluation.mot_folders import SIDES, lines, standing, write_perfect, write_sequence
from tracker import ByteTrackConfig, read_mot

pytest.importorskip("trackeval", reason="scores need the extra eval")

WAIT_S = 120
UNUSED = "0.9,-1,-1,-1"
COUNTED = "1,1,1"


def scored(trackd: Any, *arguments: object) -> dict[str, Any]:
    """The JSON document of an evaluation."""
    answer = trackd("eval", *arguments, "--json", "-", "-q")
    assert (answer.code, answer.err) == (0, ""), answer.err
    found: dict[str, Any] = json.loads(answer.out)
    return found


def detected(rows: list[tuple[int, int, float, float]], tail: str = UNUSED) -> str:
    return lines([(frame, -1, x, y) for frame, _, x, y in rows], tail)


def write_gap(folder: Path, missed: range, *, frames: int, rate: float = 30.0) -> Path:
    """One pedestrian who stands still and is not detected for a while."""
    rows = standing(frames, {1: 100.0})
    seen = [row for row in rows if row[0] not in missed]
    return write_sequence(folder, lines(rows, COUNTED), detected(seen), frames=frames, rate=rate)


def test_what_is_detected_perfectly_scores_one_hundred(trackd, tmp_path: Path) -> None:
    write_perfect(tmp_path / "in" / "A")
    write_perfect(tmp_path / "in" / "B", flat=True, rate=12.5)
    answer = trackd("eval", "in", "--json", "scores.json")
    assert answer.code == 0, answer.err
    table = [line.split() for line in answer.out.splitlines() if line.split()]
    assert table[0] == ["HOTA", "DetA", "AssA", "MOTA", "IDF1", "IDSW", "Frag", "FP", "FN", "ms/frame"]
    assert table[2][:10] == ["A", *["100.000"] * 5, *["0"] * 4]
    assert float(table[2][10]) > 0
    assert table[4] == ["OVERALL", *["100.000"] * 5, *["0"] * 4]
    assert table[5] == ["wrote", "scores.json"]
    document = json.loads((tmp_path / "scores.json").read_text())
    assert document["sequences"]["B"]["HOTA"] == 100.0
    assert [document["sequences"][name]["tracker"]["frame_rate"] for name in "AB"] == [30.0, 12.5]
    assert answer.err == "", "no progress where there is no terminal"


def test_a_narrow_terminal_cuts_no_figure(trackd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    write_perfect(tmp_path / "A")
    assert trackd("eval", "A").out.count("100.000") == 10


def test_overall_takes_the_sequences_as_one_and_is_not_their_mean(trackd, tmp_path: Path) -> None:
    write_perfect(tmp_path / "in" / "long", frames=30)
    rows = standing(10, {1: 100.0, 2: 400.0})
    far = [(frame, i, x + 1000.0, y) for frame, i, x, y in rows]
    write_sequence(tmp_path / "in" / "short", lines(rows, COUNTED), detected(far))
    document = scored(trackd, "in")
    assert [document["sequences"][name]["HOTA"] for name in ("long", "short")] == [100.0, 0.0]
    # 60 boxes found, 20 missed and 20 false; all that is found is associated rightly.
    assert document["overall"]["DetA"] == pytest.approx(60)
    assert document["overall"]["AssA"] == pytest.approx(100)
    assert document["overall"]["HOTA"] == pytest.approx(100 * math.sqrt(0.6))
    assert document["overall"]["MOTA"] == pytest.approx(100 * (60 - 20) / 80)
    assert document["overall"]["IDF1"] == pytest.approx(100 * 60 / (60 + 10 + 10))
    assert (document["overall"]["FP"], document["overall"]["FN"]) == (20, 20)


def test_the_second_half_is_counted_anew_in_truth_and_detections(trackd, tmp_path: Path) -> None:
    rows = standing(5, {1: 100.0}) + standing(5, {1: 700.0}, first=6)
    wrong_first_half = [(frame, i, 1500.0 if frame <= 6 else x, y) for frame, i, x, y in rows]
    write_sequence(tmp_path / "A", lines(rows, COUNTED), detected(wrong_first_half))
    document = scored(trackd, "A", "--half-val", "--save-tracks", "out")
    assert document["frames"] == "half-val"
    assert (document["sequences"]["A"]["first_frame"], document["sequences"]["A"]["frames"]) == (7, 4)
    assert document["overall"]["HOTA"] == 100.0
    assert read_mot(tmp_path / "out" / "A.txt").frame.tolist() == [1, 2, 3, 4]
    assert scored(trackd, "A", "--frames", "7:10")["overall"] == document["overall"]
    assert scored(trackd, "A")["overall"]["FN"] == 6 + 1, "six frames are wrong, and a new track waits for one more"


def test_tracks_that_are_there_are_scored_without_tracking(trackd, tmp_path: Path) -> None:
    rows = standing(4, {1: 100.0, 2: 400.0})
    write_sequence(tmp_path / "A", lines(rows, COUNTED), frames=4)
    swapped = [(frame, i if frame <= 2 else 3 - i, x, y) for frame, i, x, y in rows]
    (tmp_path / "ours.txt").write_text(lines(swapped, UNUSED))
    document = scored(trackd, "A", "--tracks", "ours.txt")
    assert document["overall"]["IDSW"] == 2
    assert document["overall"]["MOTA"] == pytest.approx(75)
    assert document["overall"]["IDF1"] == pytest.approx(50)
    assert document["overall"]["HOTA"] == pytest.approx(100 / math.sqrt(3))
    assert document["overall"]["HOTA_alpha"] == [pytest.approx(100 / math.sqrt(3))] * 19
    assert document["sequences"]["A"]["tracker"] is document["sequences"]["A"]["tracker_ms"] is None
    assert "ms/frame" not in trackd("eval", "A", "--tracks", "ours.txt").out


def test_tracks_of_a_whole_sequence_are_cut_to_the_half_on_request(trackd, tmp_path: Path) -> None:
    write_perfect(tmp_path / "A")
    assert trackd("eval", "A", "--save-tracks", "whole").code == 0
    refused = trackd("eval", "A", "--half-val", "--tracks", "whole")
    assert refused.code == 4
    assert "A.txt has a frame 5, but half-val of A (see --whole-tracks) has the length 4" in refused.err
    assert scored(trackd, "A", "--half-val", "--tracks", "whole", "--whole-tracks")["overall"]["HOTA"] == 100.0


def test_saved_tracks_score_as_they_did(trackd, tmp_path: Path) -> None:
    write_gap(tmp_path / "A", range(5, 9), frames=20)
    first = scored(trackd, "A", "--save-tracks", "out", "--interpolate", "linear", "--max-gap", "3")
    again = scored(trackd, "A", "--tracks", "out")
    assert again["overall"] == first["overall"]
    assert first["overall"]["FN"] == 4


@pytest.mark.parametrize("method", ["linear", "gaussian"])
def test_gaps_can_be_filled_before_scoring(trackd, tmp_path: Path, method: str) -> None:
    write_gap(tmp_path / "A", range(5, 9), frames=20)
    assert scored(trackd, "A")["overall"]["FN"] == 4
    filled = scored(trackd, "A", "--interpolate", method)
    assert (filled["overall"]["FN"], filled["overall"]["FP"]) == (0, 0)
    assert (filled["interpolate"], filled["max_gap"]) == (method, 20)
    assert filled["overall"]["MOTA"] == 100.0


def test_a_track_of_a_distractor_is_neither_right_nor_wrong(trackd, tmp_path: Path) -> None:
    person, vehicle, static = (
        [(f, i, x, 100.0) for f in range(1, 11)] for i, x in ((1, 100.0), (2, 400.0), (3, 700.0))
    )
    truth = lines(person, COUNTED) + lines(vehicle, "0,6,1") + lines(static, "0,7,1")
    write_sequence(tmp_path / "A", truth, detected([*person, *vehicle, *static]))
    assert scored(trackd, "A")["overall"]["FP"] == 10, "a vehicle that is not motorised"
    assert scored(trackd, "A", "--benchmark", "MOT20")["overall"]["FP"] == 0
    write_sequence(tmp_path / "MOT20-01", truth, detected([*person, *vehicle, *static]))
    assert scored(trackd, "MOT20-01")["overall"]["FP"] == 0, "the name says which benchmark it is"
    assert scored(trackd, "A", "--benchmark", "MOT15")["overall"]["FN"] == 0, "what does not count is not missed"


def test_truth_without_classes_counts_every_row_that_counts(trackd, tmp_path: Path) -> None:
    rows = standing(10, {1: 100.0, 2: 400.0})
    write_sequence(tmp_path / "TUD-Campus", lines(rows, "1,-1,-1,-1"), detected(rows))
    assert scored(trackd, "TUD-Campus")["overall"]["HOTA"] == 100.0


def test_boxes_that_no_pedestrian_has_are_left_out_unless_they_are_wanted(trackd, tmp_path: Path) -> None:
    rows = standing(10, {1: 100.0})
    broad = lines([(f, -1, 900.0, 500.0) for f in range(1, 11)], UNUSED, (161.0, 100.0))
    small = lines([(f, -1, 1500.0, 500.0) for f in range(1, 11)], UNUSED, (9.0, 11.0))
    slim = lines([(f, -1, 1200.0, 500.0) for f in range(1, 11)], UNUSED, (160.0, 100.0))
    write_sequence(tmp_path / "A", lines(rows, COUNTED), detected(rows) + broad + small + slim)
    assert scored(trackd, "A")["overall"]["FP"] == 10
    assert scored(trackd, "A", "--any-shape")["overall"]["FP"] == 30


def test_the_frame_rate_of_the_description_says_how_long_a_track_is_kept(trackd, tmp_path: Path) -> None:
    write_gap(tmp_path / "A", range(10, 30), frames=40, rate=15.0)
    assert scored(trackd, "A")["overall"]["IDSW"] == 1, "30 frames at 30 per second are 15 here, and the gap is 20"
    assert scored(trackd, "A", "--fps", "30")["overall"]["IDSW"] == 0
    assert scored(trackd, "A", "--lost-buffer", "60")["overall"]["IDSW"] == 0


def test_parameters_of_the_tracker_are_options_or_set_by_name(trackd, tmp_path: Path) -> None:
    write_perfect(tmp_path / "A")
    arguments = ("--track-thresh", "0.6", "--emit", "detection", "--set", "fuse_score=off", "--set", "det-thresh=none")
    parameters = scored(trackd, "A", *arguments)["sequences"]["A"]["tracker"]
    assert {name: parameters[name] for name in ("track_thresh", "emit", "fuse_score", "det_thresh")} == {
        "track_thresh": 0.6,
        "emit": "detection",
        "fuse_score": False,
        "det_thresh": None,
    }
    assert scored(trackd, "A", "--det-thresh", "0.95")["overall"]["tracks"] == 0


def test_the_motion_of_the_camera_is_used_when_asked_for(trackd, tmp_path: Path) -> None:
    """The camera pans by three widths a frame, so that nothing overlaps with where it was."""
    places = {frame: 120.0 * frame for frame in range(1, 31)}
    rows = [(frame, 1, x, 100.0) for frame, x in places.items()]
    folder = write_sequence(tmp_path / "A", lines(rows, COUNTED), detected(rows), frames=30)
    shifts = [0.0] + [places[frame + 1] - places[frame] for frame in range(1, 30)]
    (folder / "camera_motion.txt").write_text("".join(f"{f}\t1\t0\t{x:g}\t0\t1\t0\n" for f, x in enumerate(shifts)))
    without = scored(trackd, "A")
    assert without["sequences"]["A"]["camera_motion"] is False
    assert without["overall"]["IDF1"] < 50
    moved = scored(trackd, "A", "--camera-motion")
    assert moved["sequences"]["A"]["camera_motion"] is True
    assert moved["overall"]["IDSW"] == 0
    assert moved["overall"]["HOTA"] > 95
    assert scored(trackd, "A", "--camera-motion", "--frames", "4:")["overall"]["IDSW"] == 0, "cut like all else"


def test_the_accurate_preset_moves_with_the_camera_where_its_motion_is_known(trackd, tmp_path: Path) -> None:
    write_perfect(tmp_path / "in" / "known")
    write_perfect(tmp_path / "in" / "unknown")
    motion = "".join(f"{frame} 1 0 0 0 1 0\n" for frame in range(10))
    (tmp_path / "in" / "known" / "camera_motion.txt").write_text(motion)

    def moved(*arguments: str) -> list[bool]:
        document = scored(trackd, "in", *arguments)
        return [document["sequences"][name]["camera_motion"] for name in ("known", "unknown")]

    assert moved("--preset", "accurate") == [True, False]
    assert moved("--preset", "accurate", "--no-camera-motion") == [False, False]
    assert moved() == moved("--preset", "default") == [False, False]


def test_a_preset_gives_the_parameters_that_are_not_given(trackd, tmp_path: Path) -> None:
    write_perfect(tmp_path / "A", rate=12.5)
    parameters = scored(trackd, "A", "--preset", "accurate", "--lost-buffer", "7")["sequences"]["A"]["tracker"]
    assert parameters == asdict(ByteTrackConfig.preset("accurate", lost_buffer=7, frame_rate=12.5))


def test_the_published_configuration_scores_on_real_sequences_as_the_authors_tracks_do(trackd, shared: Path) -> None:
    data = shared / "data"
    ours = scored(trackd, data / "mot17", "--half-val", "--preset", "mot17")
    theirs = scored(trackd, data / "mot17", "--half-val", "--tracks", data / "golden" / "mot17_val_half")
    for name in ("HOTA", "DetA", "AssA", "MOTA", "IDF1"):
        assert ours["overall"][name] == pytest.approx(theirs["overall"][name], abs=1e-3)
    assert ours["overall"]["IDSW"] == theirs["overall"]["IDSW"] == 74
    assert [round(theirs["overall"][name], 2) for name in ("HOTA", "MOTA", "IDF1")] == [72.89, 83.75, 84.66]


def test_a_picture_shows_the_curves_and_the_bars(trackd, tmp_path: Path) -> None:
    write_perfect(tmp_path / "in" / "A")
    write_gap(tmp_path / "in" / "B", range(3, 15), frames=20)
    assert "wrote scores.png" in trackd("eval", "in", "--plot", "scores.png").out
    picture = cv2.imread(str(tmp_path / "scores.png"))
    assert picture.shape[1] > picture.shape[0] > 500
    colours = {tuple(colour) for colour in picture[::4, ::4].reshape(-1, 3).tolist()}
    assert {(180, 119, 31), (14, 127, 255), (17, 17, 17)} <= colours, "one for each sequence, and one for all"
    assert trackd("eval", "in", "--plot", "scores.svg").code == 0
    assert "<svg" in (tmp_path / "scores.svg").read_text()


def test_a_picture_of_many_sequences_has_a_colour_for_each(trackd, tmp_path: Path) -> None:
    for number in range(12):
        write_perfect(tmp_path / "in" / f"S{number:02}")
    assert trackd("eval", "in", "--plot", "scores.png", "-q").code == 0
    assert cv2.imread(str(tmp_path / "scores.png")) is not None


def test_rows_on_standard_output_leave_the_table_to_standard_error(trackd, tmp_path: Path) -> None:
    write_perfect(tmp_path / "A")
    answer = trackd("eval", "A", "--json", "-")
    assert json.loads(answer.out)["unit"] == "per cent"
    assert "OVERALL" in answer.err
    assert trackd("eval", "A", "-q") == type(answer)(0, "", "")


def test_a_terminal_sees_a_bar_for_each_sequence(start, tmp_path: Path) -> None:
    write_perfect(tmp_path / "in" / "first")
    write_perfect(tmp_path / "in" / "second")
    ours, theirs = os.openpty()
    child = start("eval", "in", stderr=theirs)
    os.close(theirs)
    seen = b""
    while chunk := _read(ours):
        seen += chunk
    os.close(ours)
    out, _ = child.communicate(timeout=WAIT_S)
    assert child.returncode == 0
    assert b"first" in seen
    assert b"second" in seen
    assert b"10/10" in seen
    assert "OVERALL" in out


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # Linux's answer once the other side is closed
        return b""


def test_ctrl_c_ends_it_without_scores(start, tmp_path: Path) -> None:
    """The child waits for its motion file, a pipe, while the signal comes."""
    folder = write_perfect(tmp_path / "A")
    os.mkfifo(folder / "camera_motion.txt")
    child = start("eval", "A", "--camera-motion")
    with (folder / "camera_motion.txt").open("w") as pipe:
        child.send_signal(signal.SIGINT)
        pipe.write("".join(f"{frame} 1 0 0 0 1 0\n" for frame in range(10)))
    out, err = child.communicate(timeout=WAIT_S)
    assert (child.returncode, out) == (130, "")
    assert err == "trackd: note: stopped by Ctrl-C; nothing is scored\n"


def test_the_sides_of_the_boxes_here_are_those_of_a_pedestrian() -> None:
    assert SIDES[0] * SIDES[1] > 100
    assert SIDES[0] / SIDES[1] <= 1.6
