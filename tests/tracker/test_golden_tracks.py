"""The same boxes and the same identities as the authors' implementation, on every frame."""

from configparser import ConfigParser
from pathlib import Path

import numpy as np
import pytest

from tracker import ByteTrackConfig, ByteTracker, MotRows, read_mot

TOLERANCE_PX = 0.01


def assert_same_tracks(detections: MotRows, first: int, last: int, config: ByteTrackConfig, golden: MotRows) -> int:
    tracker = ByteTracker(config)
    to_golden: dict[int, int] = {}
    to_ours: dict[int, int] = {}
    rows = 0
    for number, frame in enumerate(range(first, last + 1), start=1):
        tracks = tracker.update(detections.detections(frame))
        want = golden.rows_of(number)
        assert len(tracks) == want.stop - want.start, f"frame {number}"
        distance = np.abs(tracks.xyxy[:, None] - golden.xyxy[want][None]).max(axis=2)
        nearest = distance.argmin(axis=1) if len(tracks) else np.empty(0, int)
        assert (distance[np.arange(len(tracks)), nearest] <= TOLERANCE_PX).all(), f"frame {number}"
        assert len(set(nearest.tolist())) == len(tracks), f"frame {number}"
        np.testing.assert_allclose(tracks.score, golden.score[want][nearest], atol=1e-6)
        for ours, theirs in zip(tracks.track_id.tolist(), golden.track_id[want][nearest].tolist(), strict=True):
            assert to_golden.setdefault(ours, theirs) == theirs, f"frame {number}"
            assert to_ours.setdefault(theirs, ours) == ours, f"frame {number}"
        rows += len(tracks)
    assert rows == len(golden) > 0
    assert golden.last_frame <= last - first + 1
    assert sorted(to_golden) == list(range(1, len(to_golden) + 1)), "public ids have no holes"
    return rows


def length_of(folder: Path) -> int:
    info = ConfigParser()
    info.read(folder / "seqinfo.ini")
    return info.getint("Sequence", "seqLength")


@pytest.mark.parametrize("name", ["MOT17-04", "MOT17-09", "MOT17-10", "MOT17-11"])
def test_the_second_half_of_a_mot17_sequence_gives_the_golden_tracks(shared: Path, name: str) -> None:
    folder = shared / "data" / "mot17" / name
    length = length_of(folder)
    golden = read_mot(shared / "data" / "golden" / "mot17_val_half" / f"{name}.txt")
    detections = read_mot(folder / "det_yolox_x.txt")
    config = ByteTrackConfig(track_thresh=0.6, match_thresh=0.9, lost_buffer=30)
    assert_same_tracks(detections, length // 2 + 2, length, config, golden)


@pytest.mark.parametrize(
    ("name", "config"),
    [
        ("tau0.5_match0.8_fuse", ByteTrackConfig(track_thresh=0.5, match_thresh=0.8)),
        ("tau0.5_match0.8_nofuse", ByteTrackConfig(track_thresh=0.5, match_thresh=0.8, fuse_score=False)),
        ("tau0.6_match0.9_fuse", ByteTrackConfig(track_thresh=0.6, match_thresh=0.9)),
    ],
)
def test_the_palace_street_gives_the_golden_tracks(shared: Path, name: str, config: ByteTrackConfig) -> None:
    palace = shared / "data" / "golden" / "palace"
    detections, golden = read_mot(palace / "detections.txt"), read_mot(palace / f"{name}.txt")
    assert_same_tracks(detections, 1, 314, config, golden)
