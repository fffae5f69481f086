"""The same scores as TrackEval's own reading and preparation of MOT Challenge files, which are the reference."""

from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.evaluation.span import SpanChoice
from app.scoring import Measures, Score, combine_sequences, measure, pedestrian_frames
from tracker import MotRows, read_mot

pytest.importorskip("trackeval", reason="scores need the extra eval")

TOLERANCE = 1e-9


def row(rows: MotRows, index: int, *columns: object) -> str:
    x1, y1, x2, y2 = rows.xyxy[index].tolist()
    box = f"{x1!r},{y1!r},{x2 - x1!r},{y2 - y1!r}"
    return ",".join(map(str, (rows.frame[index], rows.track_id[index], box, *columns))) + "\n"


def write_official(root: Path, name: str, truth: MotRows, tracks: MotRows) -> None:
    """The files as TrackEval wants them."""
    (root / "gt" / name / "gt").mkdir(parents=True)
    (root / "tracks" / "ours" / "data").mkdir(parents=True, exist_ok=True)
    classed = [row(truth, i, f"{truth.score[i]:g}", truth.class_id[i], 1) for i in range(len(truth))]
    (root / "gt" / name / "gt" / "gt.txt").write_text("".join(classed))
    plain = [row(tracks, i, repr(float(tracks.score[i])), -1, -1, -1) for i in range(len(tracks))]
    (root / "tracks" / "ours" / "data" / f"{name}.txt").write_text("".join(plain))


def of_trackeval(root: Path, lengths: dict[str, int], benchmark: str) -> dict[str, dict[str, Any]]:
    """By sequence, and COMBINED, the results of TrackEval's metrics with its own class for the MOT Challenge."""
    from trackeval.datasets import MotChallenge2DBox
    from trackeval.metrics import CLEAR, HOTA, Identity

    config = {
        "GT_FOLDER": str(root / "gt"), "TRACKERS_FOLDER": str(root / "tracks"), "TRACKERS_TO_EVAL": ["ours"],
        "SEQ_INFO": dict(lengths), "SKIP_SPLIT_FOL": True, "BENCHMARK": benchmark, "PRINT_CONFIG": False,
    }  # fmt: skip
    dataset = MotChallenge2DBox(config)
    metrics = {"HOTA": HOTA(), "CLEAR": CLEAR({"PRINT_CONFIG": False}), "Identity": Identity({"PRINT_CONFIG": False})}
    results: dict[str, dict[str, Any]] = {}
    for name in lengths:
        data = dataset.get_preprocessed_seq_data(dataset.get_raw_seq_data("ours", name), "pedestrian")
        results[name] = {key: metric.eval_sequence(data) for key, metric in metrics.items()}
    results["COMBINED"] = {
        key: metric.combine_sequences({name: results[name][key] for name in lengths}) for key, metric in metrics.items()
    }
    return results


def assert_same(ours: Measures, theirs: dict[str, Any]) -> None:
    for metric, results in theirs.items():
        assert set(results) == set(ours.by_metric[metric])
        for name, value in results.items():
            np.testing.assert_allclose(
                np.asarray(ours.by_metric[metric][name], float), np.asarray(value, float), rtol=0, atol=TOLERANCE,
                err_msg=f"{metric} {name}",
            )  # fmt: skip


def wandering(rng: np.random.Generator, frames: int, ids: int, classes: list[int]) -> MotRows:
    """Objects on straight lines, some of them not in every frame; crowded, so that assignments are contested."""
    start, speed = rng.uniform(0, 300, (ids, 2)), rng.normal(0, 3, (ids, 2))
    sides = rng.uniform((15, 30), (40, 90), (ids, 2))
    found = [(t, i) for t in range(1, frames + 1) for i in range(ids) if rng.random() > 0.1]
    frame, which = np.array(found).T
    corner = start[which] + speed[which] * frame[:, None]
    kind = np.array(classes)[which % len(classes)]
    counted = np.where(kind == 1, rng.random(len(found)) > 0.1, rng.random(len(found)) > 0.7)
    xyxy = np.concatenate([corner, corner + sides[which]], axis=1)
    return MotRows(frame, which + 1, xyxy, counted.astype(float), kind, np.ones(len(found)))


def shaken(rng: np.random.Generator, truth: MotRows) -> MotRows:
    """The truth as a tracker with faults finds it: boxes off, some missed, ids that change, and boxes of nothing."""
    kept = rng.random(len(truth)) > 0.15
    frame, track_id, xyxy = truth.frame[kept], truth.track_id[kept], truth.xyxy[kept]
    track_id = track_id + 100 * (frame > rng.integers(5, 40, 1000)[track_id])
    xyxy = xyxy + rng.normal(0, 4, xyxy.shape)
    xyxy[:, 2:] = np.maximum(xyxy[:, 2:], xyxy[:, :2] + 5)
    false = np.unique(rng.integers(1, truth.last_frame + 1, 25))
    corner = rng.uniform(0, 300, (len(false), 2))
    order = np.argsort(np.concatenate([frame, false]), kind="stable")
    count = len(order)
    return MotRows(
        np.concatenate([frame, false])[order],
        np.concatenate([track_id, np.full(len(false), 900)])[order],
        np.concatenate([xyxy, np.hstack([corner, corner + 30])])[order],
        np.full(count, 0.9),
        np.full(count, -1),
        np.full(count, -1.0),
    )


@pytest.mark.parametrize("benchmark", ["MOT15", "MOT17", "MOT20"])
def test_made_up_sequences_score_as_in_trackeval(tmp_path: Path, benchmark: str) -> None:
    ours: dict[str, Measures] = {}
    lengths = {"first": 40, "second": 60}
    for seed, (name, frames) in enumerate(lengths.items()):
        rng = np.random.default_rng(seed)
        truth = wandering(rng, frames, 30, [1, 1, 1, 2, 6, 7, 8, 9, 12, 13])
        tracks = shaken(rng, truth)
        write_official(tmp_path, name, truth, tracks)
        folder = tmp_path / "gt" / name / "gt" / "gt.txt", tmp_path / "tracks" / "ours" / "data" / f"{name}.txt"
        ours[name] = measure(pedestrian_frames(read_mot(folder[0]), read_mot(folder[1]), frames, benchmark))
    theirs = of_trackeval(tmp_path, lengths, benchmark)
    for name in lengths:
        assert_same(ours[name], theirs[name])
    assert_same(combine_sequences(ours), theirs["COMBINED"])
    assert 0.1 < Score.of(combine_sequences(ours)).hota < 0.9


def test_each_benchmark_has_its_own_distractors() -> None:
    rng = np.random.default_rng(7)
    truth = wandering(rng, 30, 30, [1, 1, 6, 8])
    tracks = shaken(rng, truth)
    scores = {Score.of(measure(pedestrian_frames(truth, tracks, 30, name))) for name in ("MOT15", "MOT17", "MOT20")}
    assert len(scores) == 3


def test_the_golden_tracks_score_as_in_trackeval(shared: Path, tmp_path: Path) -> None:
    ours: dict[str, Measures] = {}
    lengths: dict[str, int] = {}
    for folder in sorted((shared / "data" / "mot17").iterdir()):
        whole = read_mot(folder / "gt.txt")
        span = SpanChoice(half=True).of(whole.last_frame)
        tracks = read_mot(shared / "data" / "golden" / "mot17_val_half" / f"{folder.name}.txt")
        write_official(tmp_path, folder.name, span.cut(whole), tracks)
        lengths[folder.name] = len(span)
        ours[folder.name] = measure(pedestrian_frames(span.cut(whole), tracks, len(span), "MOT17"))
    theirs = of_trackeval(tmp_path, lengths, "MOT17")
    for name in lengths:
        assert_same(ours[name], theirs[name])
    assert_same(combine_sequences(ours), theirs["COMBINED"])


def test_scores_have_a_place_for_every_figure() -> None:
    score = Score.of(measure([]))
    assert all(getattr(score, field.name) is not None for field in fields(Score))
    assert len(score.hota_curve) == 19
