import subprocess
import sys
from dataclasses import dataclass

import numpy as np
import pytest

from app.scoring import Score, TruthFrame, score

pytest.importorskip("trackeval", reason="scores need the extra eval")


@dataclass
class Rows:
    track_id: np.ndarray
    xyxy: np.ndarray
    class_id: np.ndarray


def boxes(*left: float, top: float = 0.0) -> np.ndarray:
    """Boxes 10 wide and 20 high whose left edges are given."""
    return np.array([(x, top, x + 10.0, top + 20.0) for x in left]).reshape(-1, 4)


def truth(
    ids: list[int], xyxy: np.ndarray, *, ignored: tuple[int, ...] = (), classes: list[int] | None = None
) -> TruthFrame:
    identities = np.array(ids, np.int64)
    return TruthFrame(identities, xyxy, np.array(classes or [0] * len(ids), np.int64), ~np.isin(identities, ignored))


def rows(ids: list[int], xyxy: np.ndarray, classes: list[int] | None = None) -> Rows:
    return Rows(np.array(ids, np.int64), xyxy, np.array(classes or [0] * len(ids), np.int64))


def of(truths: list[TruthFrame], tracked: list[Rows]) -> Score:
    return score(truths, tracked)


def test_perfect_tracks_score_one_whatever_their_numbers_are() -> None:
    truths = [truth([7, 9], boxes(0.0 + t, 50.0)) for t in range(5)]
    result = of(truths, [rows([31, 4], boxes(0.0 + t, 50.0)) for t in range(5)])
    assert (result.hota, result.mota, result.idf1) == pytest.approx((1.0, 1.0, 1.0))
    assert (result.switches, result.misses, result.false_positives) == (0, 0, 0)
    assert (result.objects, result.tracks) == (2, 2)


def test_identities_that_swap_halfway_count_as_two_switches_and_halve_idf1() -> None:
    truths = [truth([1, 2], boxes(0.0, 50.0)) for _ in range(4)]
    result = of(truths, [rows([1, 2] if t < 2 else [2, 1], boxes(0.0, 50.0)) for t in range(4)])
    assert result.switches == 2
    assert result.mota == pytest.approx(1 - 2 / 8)
    assert result.idf1 == pytest.approx(0.5)
    # Each of the two pairings of each object shares 2 of 2 + 2 + 2 frames, so AssA = 1/3 and DetA = 1.
    assert result.hota == pytest.approx((1 / 3) ** 0.5)


def test_finding_a_hidden_object_is_neither_right_nor_wrong() -> None:
    truths = [truth([1, 2], boxes(0.0, 50.0), ignored=(2,)) for _ in range(3)]
    with_it = of(truths, [rows([1, 2], boxes(0.0, 50.0)) for _ in range(3)])
    without_it = of(truths, [rows([1], boxes(0.0)) for _ in range(3)])
    assert with_it == without_it
    assert (with_it.hota, with_it.misses, with_it.false_positives) == (pytest.approx(1.0), 0, 0)


def test_a_box_beside_a_hidden_object_is_still_a_false_positive() -> None:
    truths = [truth([1, 2], boxes(0.0, 50.0), ignored=(2,))]
    assert of(truths, [rows([1, 2], boxes(0.0, 57.0))]).false_positives == 1


def test_the_right_box_with_the_wrong_class_is_a_miss_and_a_false_positive() -> None:
    result = of([truth([1], boxes(0.0), classes=[2])], [rows([1], boxes(0.0), classes=[0])])
    assert (result.misses, result.false_positives, result.hota) == (1, 1, 0.0)


def test_no_tracks_at_all_score_zero() -> None:
    truths = [truth([1], boxes(0.0)), truth([1], boxes(1.0))]
    result = of(truths, [rows([], boxes()), rows([], boxes())])
    assert (result.hota, result.mota, result.idf1, result.misses) == (0.0, 0.0, 0.0, 2)


def test_tracks_where_there_is_nothing_are_false_positives() -> None:
    result = of([truth([], boxes())], [rows([1, 2], boxes(0.0, 50.0))])
    assert (result.hota, result.false_positives) == (0.0, 2)


def test_the_numbers_of_frames_must_agree() -> None:
    with pytest.raises(ValueError, match="shorter"):
        of([truth([1], boxes(0.0))] * 2, [rows([1], boxes(0.0))])


def test_without_trackeval_the_error_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['trackeval'] = None; sys.modules['trackeval.metrics'] = None\n"
        "from app.scoring import ScoringUnavailable, score\n"
        "try:\n    score([], [])\n"
        "except ScoringUnavailable as error:\n    sys.stdout.write(str(error))\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "trackd[eval]" in result.stdout
