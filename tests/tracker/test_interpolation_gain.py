"""What filling gaps is worth on real tracks."""

from configparser import ConfigParser
from pathlib import Path

import pytest

from app.scoring import Score, measure, pedestrian_frames, pedestrian_shaped
from tracker import MotRows, read_mot
from tracker.interpolation import fill_gaps

# HOTA, MOTA and IDF1 in per cent.
RAW = {
    "MOT17-04": (79.46, 89.47, 91.58),
    "MOT17-09": (65.35, 82.84, 77.82),
    "MOT17-10": (53.96, 71.16, 68.69),
    "MOT17-11": (62.13, 70.20, 70.26),
}
LINEAR = {
    "MOT17-04": (80.10, 90.51, 92.05),
    "MOT17-09": (67.46, 86.25, 79.53),
    "MOT17-10": (54.62, 72.26, 69.22),
    "MOT17-11": (63.15, 71.93, 71.23),
}
GAUSSIAN = {
    "MOT17-04": (80.26, 90.29, 92.05),
    "MOT17-09": (67.60, 86.45, 79.72),
    "MOT17-10": (54.86, 72.85, 69.58),
    "MOT17-11": (63.21, 71.80, 71.19),
}


def second_half(folder: Path) -> tuple[MotRows, int]:
    """The truth of the second half of a sequence, its frames counted from 1, and how many they are."""
    info = ConfigParser()
    info.read(folder / "seqinfo.ini")
    length = info.getint("Sequence", "seqLength")
    truth, before = read_mot(folder / "gt.txt"), length // 2 + 1
    later = truth.frame > before
    columns = {name: getattr(truth, name)[later] for name in MotRows.__slots__}
    return MotRows(**columns | {"frame": columns["frame"] - before}), length - before


@pytest.mark.parametrize("name", RAW)
def test_both_methods_improve_the_golden_tracks_by_what_was_measured(shared: Path, name: str) -> None:
    pytest.importorskip("trackeval", reason="scores need the extra eval")
    truth, frames = second_half(shared / "data" / "mot17" / name)
    raw = read_mot(shared / "data" / "golden" / "mot17_val_half" / f"{name}.txt")

    def scores(rows: MotRows) -> Score:
        return Score.of(measure(pedestrian_frames(truth, pedestrian_shaped(rows), frames, "MOT17")))

    before, linear, gaussian = (scores(rows) for rows in (raw, fill_gaps(raw), fill_gaps(raw, "gaussian")))
    for got, wanted in ((before, RAW), (linear, LINEAR), (gaussian, GAUSSIAN)):
        assert [100 * value for value in (got.hota, got.mota, got.idf1)] == pytest.approx(wanted[name], abs=0.01)
    for after in (linear, gaussian):
        assert min(after.hota - before.hota, after.mota - before.mota, after.idf1 - before.idf1) > 0.004
        assert after.fragments < before.fragments
