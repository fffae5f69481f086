import numpy as np
import pytest

from app.evaluation.span import Span, SpanChoice
from tracker import MotRows, read_mot


def rows_in(*frames: int) -> MotRows:
    return read_mot([f"{frame},{frame},0,0,5,5,1,-1,-1,-1" for frame in frames])


@pytest.mark.parametrize(("length", "first", "count"), [(1050, 527, 524), (525, 264, 262), (654, 329, 326), (3, 3, 1)])
def test_the_half_begins_one_frame_after_the_middle(length: int, first: int, count: int) -> None:
    span = SpanChoice(half=True).of(length)
    assert (span.first, span.last, len(span)) == (first, length, count)


def test_a_sequence_of_two_frames_has_no_second_half() -> None:
    assert len(SpanChoice(half=True).of(2)) == 0


def test_a_part_is_counted_anew_from_one() -> None:
    part = Span(3, 5).cut(rows_in(1, 2, 3, 3, 5, 6))
    assert part.frame.tolist() == [1, 1, 3]
    assert part.track_id.tolist() == [3, 3, 5]
    assert part.xyxy.shape == (3, 4)


def test_a_part_may_be_empty() -> None:
    assert len(Span(3, 4).cut(rows_in(1, 2, 7))) == 0
    assert np.array_equal(Span(1, 7).cut(rows_in(1, 2, 7)).frame, [1, 2, 7])


@pytest.mark.parametrize(
    ("text", "span", "shown"),
    [
        ("3:7", Span(3, 7), "3:7"),
        (":7", Span(1, 7), "1:7"),
        ("3:", Span(3, 10), "3:"),
        (":", Span(1, 10), "all"),
        ("5:99", Span(5, 10), "5:99"),
    ],
)
def test_a_range_has_both_its_ends(text: str, span: Span, shown: str) -> None:
    assert SpanChoice.parse(text).of(10) == span
    assert str(SpanChoice.parse(text)) == shown


@pytest.mark.parametrize("text", ["7", "a:b", "7:3", "0:5", "-1:5", ""])
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"frames"):
        SpanChoice.parse(text)
