"""What holds for any stream: order, company, clock and a camera at rest change nothing that should not change."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tracker.scenarios import Stream, configs, streams
from tests.tracker.scenes import assert_identical, assert_same_table, crowd, everything, examples, same_bits
from tracker import ByteTrackConfig, ByteTracker, Detections, Tracks
from tracker.types import Ints

SEEDS = st.integers(0, 2**32 - 1)


def picked(detections: Detections, rows: Ints) -> Detections:
    return Detections(xyxy=detections.xyxy[rows], score=detections.score[rows], class_id=detections.class_id[rows])


def joined(parts: Sequence[Detections]) -> Detections:
    names = ("xyxy", "score", "class_id")
    return Detections(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


class Partition:
    """Whether two trackers have the same identities under different numbers."""

    def __init__(self) -> None:
        self.there: dict[object, object] = {}
        self.back: dict[object, object] = {}

    def agree(self, ours: object, theirs: object) -> None:
        assert self.there.setdefault(ours, theirs) == theirs
        assert self.back.setdefault(theirs, ours) == ours


def by_place(tracks: Tracks) -> Ints:
    return np.lexsort(tracks.xyxy.T)


@settings(max_examples=examples(100))
@given(stream=streams(longest=40), seed=SEEDS)
def test_the_order_of_detections_changes_no_box_and_no_identity(stream: Stream, seed: int) -> None:
    random = np.random.default_rng(seed)
    orders = [random.permutation(len(frame)) for frame in stream.frames]
    mixed = replace(stream, frames=[picked(frame, order) for frame, order in zip(stream.frames, orders, strict=True)])
    partition = Partition()
    outputs = zip(stream.feed(ByteTracker(stream.config)), mixed.feed(ByteTracker(stream.config)), orders, strict=True)
    for one, other, order in outputs:
        a, b = by_place(one), by_place(other)
        for name in ("xyxy", "score", "class_id", "velocity", "age_s"):
            same_bits(getattr(one, name)[a], getattr(other, name)[b], name)
        # A track that coasts has no detection: -1 stays -1.
        same_bits(one.detection[a], np.append(order, -1)[other.detection[b]], "detection")
        same_bits(one.outcome[order], other.outcome, "outcome")
        for ours, theirs in zip(one.track_id[a].tolist(), other.track_id[b].tolist(), strict=True):
            partition.agree(ours, theirs)


@settings(max_examples=examples(60))
@given(stream=streams(longest=30, moving=False), seed=SEEDS, groups=st.integers(1, 4))
def test_groups_far_apart_are_tracked_together_as_each_is_alone(stream: Stream, seed: int, groups: int) -> None:
    # So far that neither a way of one height a second nor a lost track's uncertainty leads from one to the next.
    stream = replace(stream, config=replace(stream.config, relink_distance=min(stream.config.relink_distance, 1.0)))
    random = np.random.default_rng(seed)
    places = [np.tile([300_000.0 * group, -200_000.0 * group], 2) for group in range(groups)]
    alone = []
    for place in places:
        frames = crowd(int(random.integers(2**32)), len(stream.frames), count=int(random.integers(0, 5)))
        moved = [Detections(xyxy=f.xyxy + place, score=f.score, class_id=f.class_id) for f in frames]
        alone.append(replace(stream, frames=moved))
    together = replace(stream, frames=[joined(parts) for parts in zip(*(one.frames for one in alone), strict=True)])
    partition = Partition()
    outputs = [one.feed(ByteTracker(one.config)) for one in alone]
    for whole, *parts in zip(together.feed(ByteTracker(stream.config)), *outputs, strict=True):
        assert whole.outcome.tolist() == [code for part in parts for code in part.outcome.tolist()]
        a = by_place(whole)
        boxes = np.concatenate([part.xyxy for part in parts])
        b = np.lexsort(boxes.T)
        same_bits(whole.xyxy[a], boxes[b], "xyxy")
        same_bits(whole.velocity[a], np.concatenate([part.velocity for part in parts])[b], "velocity")
        names = [(group, track_id) for group, part in enumerate(parts) for track_id in part.track_id.tolist()]
        for ours, row in zip(whole.track_id[a].tolist(), b.tolist(), strict=True):
            partition.agree(ours, names[row])


@settings(max_examples=examples(30))
@given(config=configs(), seed=SEEDS, jitter=st.floats(0, 0.2499), start=st.sampled_from([0.0, -70.5, 1.76e9]))
def test_times_within_a_quarter_frame_of_nominal_ones_change_nothing(
    config: ByteTrackConfig, seed: int, jitter: float, start: float
) -> None:
    # A clock that counts in floating point can tell the frames of an epoch apart up to some thousand a second.
    config = replace(config, frame_rate=min(config.frame_rate, 120.0))
    frames = crowd(seed, 40)
    noise = np.random.default_rng(seed).uniform(-jitter, jitter, len(frames))
    timed, untimed = ByteTracker(config), ByteTracker(config)
    for index, frame in enumerate(frames):
        assert_identical(timed.update(frame, start + (index + noise[index]) / config.frame_rate), untimed.update(frame))
    assert_same_table(timed.snapshot().table, untimed.snapshot().table)


@settings(max_examples=examples(40))
@given(stream=streams(longest=25))
def test_the_same_input_gives_the_same_output(stream: Stream) -> None:
    one, other = ByteTracker(stream.config), ByteTracker(stream.config)
    for ours, theirs in zip(stream.feed(one), stream.feed(other), strict=True):
        assert_identical(ours, theirs)
    assert everything(one) == everything(other)


@settings(max_examples=examples(60))
@given(stream=streams(longest=40))
def test_ids_are_given_in_order_and_without_holes(stream: Stream) -> None:
    tracker, highest = ByteTracker(stream.config), 0
    for tracks in stream.feed(tracker):
        ids = tracks.track_id
        assert len(set(ids.tolist())) == len(ids)
        new = sorted(ids[ids > highest].tolist())
        assert new == list(range(highest + 1, highest + 1 + len(new)))
        highest += len(new)
    assert tracker.snapshot().next_id == highest + 1
