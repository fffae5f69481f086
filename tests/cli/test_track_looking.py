"""How `trackd track` looks at pictures, by its options."""

import json
from pathlib import Path

import pytest

DEMO = "demo:?seed=3&width=480&height=270&fps=10&frames=12"


def messages(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_between_frames_that_are_detected_tracks_are_predicted_and_say_so(trackd, tmp_path):
    answer = trackd("track", DEMO, "--detect-every", "3", "--json", "out.jsonl")
    assert answer.code == 0, answer.err
    found = messages(tmp_path / "out.jsonl")
    assert ["predicted" in message for message in found] == [bool(index % 3) for index in range(12)]
    between = [track for message in found[4:] if "predicted" in message for track in message["tracks"]]
    assert between
    assert {track["detection_index"] for track in between} == {-1}


def test_region_tiles_and_scores_are_taken_together_from_options_and_settings(trackd, tmp_path):
    (tmp_path / "looking.toml").write_text('[stream.detection]\ntiles = "2x1"\nscores = { person = 0.3 }\n')
    words = ["--config", "looking.toml", "--region", "50%,0%,100%,100%", "--overlap", "0.3", "--merge", "weighted"]
    answer = trackd("track", DEMO, *words, "--json", "out.jsonl")
    assert answer.code == 0, answer.err
    boxes = [track["bbox"] for message in messages(tmp_path / "out.jsonl") for track in message["tracks"]]
    assert boxes
    assert min((box[0] + box[2]) / 2 for box in boxes) > 230


def test_a_polygon_in_pixels_is_taken(trackd, tmp_path):
    answer = trackd("track", DEMO, "--region", "0,0 480,0 480,270 240,270", "--mot", "out.txt")
    assert answer.code == 0, answer.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--region", "1,2,3"], "--region is '1,2,3'; it is x1,y1,x2,y2 or at least three points"),
        (["--region", "1,2,x,4"], "'x' is no number"),
        (["--region", "10%,2,30%,4"], "all of it must be in percent, or all in pixels"),
        (["--region", "30,0,10,9"], "--region: x1, y1, x2, y2 with x2 > x1 and y2 > y1 are needed"),
        (["--tiles", "3by2"], "--tiles: tiles is '3by2'; it is auto, columns x rows as in 3x2, or a side in pixels"),
        (["--tiles", "9x9"], "at most 32 of them are needed"),
        (["--overlap", "0.9"], "--overlap: Input should be less than or equal to 0.8"),
        (["--merge", "mean"], "--merge: Input should be 'nms', 'ios' or 'weighted'"),
        (["--class-score", "person"], "--class-score takes CLASS=SCORE as in person=0.4, not 'person'"),
        (["--class-score", "dragon=0.5"], "--class-score: unknown class 'dragon'; the model knows person"),
        (["--class-score", "person=2"], "--class-score person: Input should be less than or equal to 1"),
        (["--detect-every", "31"], "--detect-every: Input should be less than or equal to 30"),
        (["--detect-every", "25", "--interpolate", "linear"], "give it at least 25"),
    ],
)
def test_what_makes_no_sense_is_said_in_one_line_with_its_option(trackd, words, said):
    answer = trackd("track", DEMO, *words)
    assert answer.code == 2
    assert said in answer.err
    assert answer.err.count("\n") <= 2


def test_a_region_that_the_source_does_not_show_is_an_error_of_the_source(trackd):
    answer = trackd("track", DEMO, "--region", "900,0,950,90", "--mot", "out.txt")
    assert answer.code == 4
    assert "is not inside the picture of 480 x 270 pixels" in answer.err
