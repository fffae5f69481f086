"""`trackd explain` on sequences whose story is known."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.evaluation.mot_folders import lines, standing, write_sequence
from tracker import read_mot

DEMO = "demo:?seed=3&width=480&height=270&fps=10&frames=25"
COUNTED = "1,1,1"
Seen = tuple[int, float, float]  # frame, left, score


def write_detections(folder: Path, seen: list[Seen], truth: str | None = None, frames: int = 50) -> Path:
    """Boxes of 40 by 80 pixels, 100 from the top."""
    text = "".join(f"{frame},-1,{x:g},100,40,80,{score:g},-1,-1,-1\n" for frame, x, score in seen)
    write_sequence(folder, truth or "", text, frames=frames)
    if truth is None:
        (folder / "gt" / "gt.txt").unlink()
    return folder


def asked(trackd: Any, *arguments: object) -> dict[str, Any]:
    """The answer for machines."""
    answer = trackd("explain", *arguments, "--json", "-", "-q")
    assert (answer.code, answer.err) == (0, "")
    found: dict[str, Any] = json.loads(answer.out)
    return found


def kinds(story: dict[str, Any]) -> list[tuple[str, int, int]]:
    return [(event["kind"], event["first_frame"], event["last_frame"]) for event in story["events"]]


def refused(trackd: Any, *arguments: object) -> tuple[int, str]:
    """The exit code and the one line that says why."""
    answer = trackd("explain", *arguments)
    assert answer.out == ""
    assert answer.err.count("\n") == 1
    return answer.code, answer.err


def test_a_birth_is_told_with_the_track_that_was_nearest(trackd, tmp_path: Path) -> None:
    seen = [(frame, 100.0, 0.9) for frame in range(1, 11)] + [(frame, 400.0, 0.8) for frame in range(5, 11)]
    write_detections(tmp_path / "A", seen, frames=10)
    story = asked(trackd, "A", "--id", "2")
    assert kinds(story) == [("born", 5, 5), ("confirmed", 6, 6), ("end", 10, 10)]
    assert (story["id"], story["first_frame"], story["last_frame"], story["seen"]) == (2, 6, 10, 5)
    answer = trackd("explain", "A", "--id", "2")
    assert answer.code == 0
    assert [line.strip() for line in answer.out.splitlines()][:4] == [
        "A: id 2, shown in frames 6 to 10, matched in 5 of 5",
        "5  born from detection 1 (score 0.80): no track overlaps it; the nearest, track 1, was 300 px away",
        "6  confirmed by detection 1 (score 0.80) in stage 3, cost 0.200, limit 0.700; it gets its id",
        "10  the recording ends while it is in sight",
    ]


def test_a_birth_beside_a_track_tells_that_the_track_took_a_better_detection(trackd, tmp_path: Path) -> None:
    seen = [(frame, 100.0, 0.9) for frame in range(1, 11)] + [(frame, 120.0, 0.8) for frame in range(5, 11)]
    write_detections(tmp_path / "A", seen, frames=10)
    born = asked(trackd, "A", "--id", "2")["events"][0]
    assert "track 1 was within reach (cost 0.725, limit 0.800) but took detection 0 (cost 0.100)" in born["text"]


def test_low_scores_that_keep_a_track_are_one_event_with_the_dearest_match(trackd, tmp_path: Path) -> None:
    scores = {6: 0.3, 7: 0.2, 8: 0.4}
    seen = [(frame, 100.0 + (6.0 if frame == 7 else 0.0), scores.get(frame, 0.9)) for frame in range(1, 13)]
    write_detections(tmp_path / "A", seen, frames=12)
    story = asked(trackd, "A", "--id", "1")
    assert kinds(story) == [("born", 1, 1), ("low", 6, 8), ("end", 12, 12)]
    low = story["events"][1]
    assert "kept by low scores (0.20 to 0.40), stage 2" in low["text"]
    assert (low["took"]["stage"], low["took"]["limit"]) == (2, 0.5)
    assert low["took"]["overlap"] == pytest.approx(35 / 47, abs=0.02)


def test_a_loss_and_a_return_are_told_with_what_was_in_reach(trackd, tmp_path: Path) -> None:
    seen = [(frame, 100.0, 0.9) for frame in range(1, 21) if frame not in (8, 9, 10)]
    seen += [(9, 103.0, 0.3), (10, 130.0, 0.55)]
    write_detections(tmp_path / "A", seen, frames=20)
    story = asked(trackd, "A", "--id", "1")
    assert kinds(story) == [("born", 1, 1), ("lost", 8, 10), ("found", 11, 11), ("end", 20, 20)]
    lost, found = story["events"][1:3]
    assert lost["text"].startswith("lost: nothing was detected")
    assert found["text"].startswith(
        "found again, last seen 4 frames before, by detection 0 (score 0.90) in stage 1, cost 0.1"
    )
    assert found["unseen_frames"] == 4
    low = trackd("explain", "A", "--frame", "9", "--id", "1").out
    assert "detection 0 (score 0.30) was near" in low
    assert "the track is lost, and such tracks take no low scores" in low
    assert "was too far: cost 0.9" in trackd("explain", "A", "--frame", "10", "--id", "1").out
    unkind = asked(trackd, "A", "--id", "1", "--lost-buffer", "2")
    assert kinds(unkind) == [("born", 1, 1), ("lost", 8, 9), ("end", 10, 10)]
    assert unkind["events"][-1]["text"] == "gone: not seen for more than 2 frames"
    kind = asked(trackd, "A", "--id", "1", "--set", "lost_low_thresh=0.4")
    assert kinds(kind)[1:3] == [("lost", 8, 8), ("found", 9, 9)]
    assert kind["events"][2]["took"]["stage"] == 4


def test_a_crossing_is_a_close_call_with_its_runner_up(trackd, tmp_path: Path) -> None:
    seen: list[Seen] = []
    for frame in range(1, 31):
        seen += [(frame, 100.0 + 4 * frame, 0.9), (frame, 220.0 - 4 * frame, 0.8)]
    write_detections(tmp_path / "A", seen, frames=30)
    story = asked(trackd, "A", "--id", "1")
    (close,) = [event for event in story["events"] if event["kind"] == "close"]
    assert close["first_frame"] <= 15 <= close["last_frame"]
    assert "the runner-up was" in close["text"]
    frame = asked(trackd, "A", "--frame", "15")
    first, second = frame["detections"]
    assert (first["outcome"], first["track_id"], second["track_id"]) == ("matched_high", 1, 2)
    assert first["runner_up"]["track_id"] == 2
    assert first["runner_up"]["barrier"] == "taken"
    assert first["margin"] == pytest.approx(first["runner_up"]["cost"] - first["went_to"]["cost"], abs=1e-5)
    assert abs(first["margin"]) <= 0.1
    (wider,) = [
        event for event in asked(trackd, "A", "--id", "1", "--close", "0.6")["events"] if event["kind"] == "close"
    ]
    assert wider["first_frame"] < close["first_frame"]


def test_without_a_question_the_ids_are_listed(trackd, tmp_path: Path) -> None:
    seen = [(frame, 100.0, 0.3 if frame == 4 else 0.9) for frame in range(1, 11) if frame != 6]
    write_detections(tmp_path / "A", seen, frames=10)
    assert asked(trackd, "A")["ids"] == [
        {"track_id": 1, "first": 1, "last": 10, "seen": 9, "low": 1, "lost": 1},
    ]
    assert trackd("explain", "A").out.startswith("A: 1 id in 10 frames\n")


def test_a_frame_is_shown_whole(trackd, tmp_path: Path) -> None:
    seen = [(frame, x, 0.9) for frame in (1, 2, 3) for x in (100.0, 300.0)]
    seen += [(4, 100.0, 0.9), (4, 500.0, 0.7), (4, 700.0, 0.4), (4, 302.0, 0.05)]
    write_detections(tmp_path / "A", seen, frames=4)
    out = trackd("explain", "A", "--frame", "4").out
    assert out.startswith("A: frame 4, 4 detections, 2 tracks before it\n")
    rows = [" ".join(line.split()) for line in out.splitlines()]
    assert "0 0.90 matched 1 stage 1 0.100 0.800" in rows
    assert "1 0.70 born - - no track overlaps it; the nearest, track 2, was 200 px away" in rows
    assert "2 0.40 low, left over - - no track overlaps it; the nearest, track 2, was 400 px away" in rows
    assert "Used in no stage: 1 detection with a score at or below 0.1, or exactly 0.5" in rows
    assert "2 lost now 1 detection 3 (score 0.05) was near (overlap 0.91) but scores too low to be used" in rows
    document = asked(trackd, "A", "--frame", "4")
    assert [one["outcome"] for one in document["detections"]] == [
        "matched_high",
        "born",
        "low_unmatched",
        "below_floor",
    ]
    assert [(one["track_id"], one["fate"]) for one in document["tracks"]] == [(1, "matched"), (2, "lost")]


def test_a_score_at_the_threshold_is_told_apart_from_one_that_is_too_low(trackd, tmp_path: Path) -> None:
    seen = [(frame, 100.0, {3: 0.5, 4: 0.1}.get(frame, 0.9)) for frame in range(1, 6)]
    write_detections(tmp_path / "A", seen, frames=5)
    exactly, below = (trackd("explain", "A", "--frame", frame, "--id", "1").out for frame in (3, 4))
    assert "but scores exactly the threshold, neither high nor low" in exactly
    assert "but scores too low to be used" in below


def switching(folder: Path) -> Path:
    """An object that is hidden for longer than tracks are kept, and one that nobody hides."""
    truth = lines(standing(50, {7: 100.0, 8: 400.0}), COUNTED)
    seen = [(frame, 100.0, 0.9) for frame in [*range(1, 6), *range(40, 51)]]
    return write_detections(folder, seen + [(frame, 400.0, 0.8) for frame in range(1, 51)], truth)


def test_a_switch_tells_what_both_tracks_did(trackd, tmp_path: Path) -> None:
    switching(tmp_path / "A")
    document = asked(trackd, "A", "--switches")
    (switch,) = document["switches"]
    why = switch["why"]
    assert {**switch, "why": None} == {"why": None, "object_id": 7, "frame": 41, "before": 5, "old_id": 1, "new_id": 3}
    assert why == [
        "track 1 in frame 6: took nothing: no detection overlaps it; the nearest, detection 0, was 300 px away",
        "track 1 in frame 41: gone by then",
        "track 3 in frame 40: born from detection 0 (score 0.90): no track overlaps it; "
        "the nearest, track 2, was 300 px away",
    ]
    assert asked(trackd, "A", "--switches", "--id", "3")["switches"] == document["switches"]
    assert asked(trackd, "A", "--switches", "--id", "2")["switches"] == []
    assert "frame 41: object 7 changes from id 1 (until frame 5) to id 3" in trackd("explain", "A", "--switches").out
    assert asked(trackd, "A", "--switches", "--lost-buffer", "60")["switches"] == []


def test_classes_are_matched_each_on_its_own(trackd, tmp_path: Path) -> None:
    found = switching(tmp_path / "A") / "det" / "det.txt"
    # The eighth column is the class. The one that stands at 400 is taken for another kind of thing.
    rows = [line.split(",") for line in found.read_text().splitlines()]
    found.write_text("".join(",".join([*row[:7], "1" if row[2] == "100" else "3", "-1"]) + "\n" for row in rows))
    by_class = asked(trackd, "A", "--classes", "all", "--switches")["switches"]
    assert [(one["object_id"], one["new_id"]) for one in by_class] == [(7, 3)]


def test_two_tracks_that_change_places_are_told_with_the_objects_they_were_on(trackd, tmp_path: Path) -> None:
    truth = [(frame, 1, 100.0 if frame < 6 else 140.0, 100.0) for frame in range(1, 11)]
    truth += [(frame, 2, 140.0 if frame < 6 else 100.0, 100.0) for frame in range(1, 11)]
    seen = [(frame, x, 0.9) for frame in range(1, 11) for x in (100.0, 140.0)]
    write_detections(tmp_path / "A", seen, lines(sorted(truth), COUNTED), frames=10)
    switches = asked(trackd, "A", "--switches")["switches"]
    assert [(one["object_id"], one["frame"], one["old_id"], one["new_id"]) for one in switches] == [
        (1, 6, 1, 2),
        (2, 6, 2, 1),
    ]
    assert "now on object 2" in switches[0]["why"][0]
    assert switches[0]["why"][-1].endswith("it was on object 2 until frame 5")


@pytest.mark.parametrize("options", [("--frames", "1:150"), ("--half-val",)])
def test_there_are_as_many_switches_as_an_evaluation_counts(trackd, shared: Path, options: tuple[str, ...]) -> None:
    pytest.importorskip("trackeval", reason="scores need the extra eval")
    folder = shared / "data" / "mot17" / "MOT17-11"
    arguments = (folder, "--preset", "mot17", *options)
    scored = trackd("eval", *arguments, "--json", "-", "-q")
    assert scored.code == 0, scored.err
    counted = json.loads(scored.out)["overall"]["IDSW"]
    assert len(asked(trackd, *arguments, "--switches")["switches"]) == counted > 0


def test_ids_are_those_that_an_evaluation_saves(trackd, shared: Path) -> None:
    pytest.importorskip("trackeval", reason="scores need the extra eval")
    arguments = (shared / "data" / "mot17" / "MOT17-10", "--preset", "accurate", "--frames", "1:60")
    assert trackd("eval", *arguments, "--any-shape", "--save-tracks", "out").code == 0
    rows = read_mot("out/MOT17-10.txt")
    for one in asked(trackd, *arguments)["ids"]:
        frames = rows.frame[rows.track_id == one["track_id"]]
        assert (one["first"], one["last"]) == (frames[0], frames[-1])


def test_a_file_of_detections_alone_is_enough(trackd, tmp_path: Path) -> None:
    write_detections(tmp_path / "A", [(frame, 100.0, 0.9) for frame in range(1, 6)])
    alone = tmp_path / "found.txt"
    alone.write_text((tmp_path / "A" / "det" / "det.txt").read_text())
    assert asked(trackd, "found.txt")["ids"] == [
        {"track_id": 1, "first": 1, "last": 5, "seen": 5, "low": 0, "lost": 0},
    ]
    (from_file, from_folder) = (asked(trackd, place, "--id", "1") for place in ("A/det/det.txt", "A"))
    assert from_file == from_folder
    assert from_file["events"][-1]["text"] == "gone: not seen for more than 30 frames"
    cut = asked(trackd, "A", "--frames", ":20", "--id", "1")["events"][-1]
    assert (cut["text"], cut["first_frame"]) == ("the recording ends while it is lost", 20)


def test_a_part_of_a_sequence_is_counted_anew(trackd, tmp_path: Path) -> None:
    write_detections(tmp_path / "A", [(frame, 100.0, 0.9) for frame in range(1, 11)], frames=10)
    assert kinds(asked(trackd, "A", "--frames", "4:8", "--id", "1")) == [("born", 1, 1), ("end", 5, 5)]
    assert asked(trackd, "A", "--half-val")["ids"][0]["last"] == 4


def test_the_demo_camera_is_explained_with_the_ids_that_track_gives(trackd, tmp_path: Path) -> None:
    assert trackd("track", DEMO, "--mot", "out.txt", "-q").code == 0
    rows = read_mot(tmp_path / "out.txt")
    found = asked(trackd, DEMO)["ids"]
    assert [one["track_id"] for one in found] == sorted(set(rows.track_id.tolist()))
    assert [one["seen"] for one in found] == [int((rows.track_id == one["track_id"]).sum()) for one in found]
    story = trackd("explain", DEMO, "--id", "1", "--frames", ":10")
    assert story.code == 0, story.err
    assert "born from" in story.out
    assert isinstance(asked(trackd, DEMO, "--switches")["switches"], list)


@pytest.mark.parametrize("gaps", [(), ("--interpolate", "linear")])
def test_track_writes_a_line_of_trace_per_frame(trackd, tmp_path: Path, gaps: tuple[str, ...]) -> None:
    answer = trackd("track", DEMO, "--trace", "trace.jsonl", "--mot", "out.txt", *gaps)
    assert answer.code == 0, answer.err
    assert "wrote trace.jsonl" in answer.out
    traces = [json.loads(line) for line in (tmp_path / "trace.jsonl").read_text().splitlines()]
    assert [trace["seq"] for trace in traces] == list(range(1, 26))
    given = {
        (trace["seq"], one["track_id"])
        for trace in traces
        for one in trace["detections"]
        if one["track_id"] is not None and one["outcome"] != "duplicate"
    }
    rows = read_mot(tmp_path / "out.txt")
    shown = set(zip(rows.frame.tolist(), rows.track_id.tolist(), strict=True))
    assert given <= shown
    assert gaps or given == shown
    assert all(one["class"] for trace in traces for one in trace["detections"])


def test_tracing_does_not_change_the_tracks(trackd, tmp_path: Path) -> None:
    assert trackd("track", DEMO, "--mot", "plain.txt", "-q").code == 0
    assert trackd("track", DEMO, "--mot", "traced.txt", "--trace", "trace.jsonl", "-q").code == 0
    assert (tmp_path / "plain.txt").read_text() == (tmp_path / "traced.txt").read_text() != ""


def test_a_trace_can_have_standard_output_for_itself(trackd) -> None:
    answer = trackd("track", DEMO, "--frames", "2", "--trace", "-")
    assert [json.loads(line)["seq"] for line in answer.out.splitlines()] == [1, 2]


def test_what_is_not_there_is_refused_with_what_is(trackd, tmp_path: Path) -> None:
    write_detections(tmp_path / "A", [(frame, 100.0, 0.9) for frame in range(3, 8)], frames=10)
    assert refused(trackd, "A", "--id", "5") == (2, "trackd: error: A has no id 5; ids go from 1 to 1\n")
    assert refused(trackd, "A", "--frame", "11") == (2, "trackd: error: A has no frame 11; frames go from 1 to 10\n")
    code, line = refused(trackd, "A", "--id", "1", "--frame", "2")
    assert (code, line) == (2, "trackd: error: id 1 was not there in frame 2; it had its id in frames 4 to 10\n")
    (tmp_path / "A" / "det" / "det.txt").write_text("1,-1,10,10,20,20,0.2,-1,-1,-1\n")
    assert refused(trackd, "A", "--id", "1") == (2, "trackd: error: A has no id 1; nothing was tracked\n")


def test_switches_need_truth(trackd, tmp_path: Path) -> None:
    write_detections(tmp_path / "A", [(1, 100.0, 0.9)])
    code, line = refused(trackd, "A", "--switches")
    assert code == 4
    assert "A has no truth (gt/gt.txt or gt.txt), which switches are found with" in line
    (tmp_path / "clip.mp4").write_bytes(b"no video")
    code, line = refused(trackd, "clip.mp4", "--switches")
    assert code == 2
    assert "--switches needs truth, and clip.mp4 has none" in line


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("A", "--switches", "--frame", "1"), 2, "two questions"),
        (("A", "--model", "yolox_nano"), 2, "--model is not for sources of detections"),
        (("A", "--half-val", "--frames", "1:2"), 2, "leave one of them out"),
        (("A", "--frames", "70:"), 4, "A has 50 frames, none of them in 70:"),
        (("A", "--preset", "best"), 2, "there is no preset 'best'"),
        (("A", "--json", "none/out.json"), 5, "there is no folder none"),
        (("A", "--camera-motion"), 4, "camera_motion.txt"),
        (("A", "--detections", "other"), 4, "no detections named other"),
        (("nowhere", "--id", "1"), 4, "no file or folder at nowhere"),
        ((DEMO, "--half-val"), 2, "--half-val is not for sources of pictures"),
        ((DEMO, "--frames", "5:9"), 2, "pictures are tracked from the first on, as in :9"),
        (("empty.txt",), 4, "is empty"),
        (("wrong.txt",), 4, "line 1"),
    ],
)
def test_wrong_arguments_are_one_line(
    trackd, tmp_path: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    write_detections(tmp_path / "A", [(1, 100.0, 0.9)])
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "wrong.txt").write_text("1,2,3\n")
    found = refused(trackd, *arguments)
    assert found[0] == code
    assert words in found[1]
