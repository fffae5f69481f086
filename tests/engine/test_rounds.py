"""Who is next at the detector: pure, frame by frame."""

from collections import Counter
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from app.engine.rounds import MOST_REMEMBERED, Rounds


@dataclass(eq=False)
class Entry:
    stream_id: str
    number: int = 0
    weight: int = 1
    latest: bool = False
    gone: bool = False
    dies_at: float = float("inf")

    def too_old(self, now):
        return now > self.dies_at


def filled(*entries):
    rounds = Rounds()
    for entry in entries:
        rounds.put(entry)
    return rounds


def names(taken):
    return [entry.stream_id for entry in taken.batch]


def test_a_stream_gains_nothing_by_sending_more():
    rounds = filled(*(Entry("greedy", n) for n in range(100)), Entry("modest"))
    served = Counter()
    for _ in range(20):
        served.update(names(rounds.take(1, 0.0)))
        rounds.put(Entry("modest"))
    assert served == {"greedy": 10, "modest": 10}


def test_the_stream_served_longest_ago_goes_first_though_another_queued_before_it():
    rounds = filled(Entry("a"), Entry("b"), Entry("c"))
    rounds.take(3, 0.0)
    for stream in "cba":
        rounds.put(Entry(stream))
    assert names(rounds.take(2, 0.0)) == ["a", "b"]


def test_a_newcomer_neither_overtakes_those_who_wait_nor_is_overtaken_by_later_ones():
    rounds = filled(Entry("a"), Entry("b"))
    rounds.take(1, 0.0)  # a was served, b waits
    rounds.put(Entry("new"))
    rounds.put(Entry("newer"))
    rounds.put(Entry("a"))
    assert [names(rounds.take(1, 0.0)) for _ in range(4)] == [["b"], ["a"], ["new"], ["newer"]]


def test_a_frame_of_many_views_that_finds_no_room_is_first_in_the_next_batch():
    rounds = filled(Entry("a"), Entry("tiled", weight=4), Entry("c"))
    assert names(rounds.take(4, 0.0)) == ["a", "c"]
    rounds.put(Entry("a"))
    assert names(rounds.take(4, 0.0)) == ["tiled"]
    assert names(rounds.take(4, 0.0)) == ["a"]


def test_a_stream_that_shares_no_batch_gets_one_of_its_own_and_a_barred_one_waits():
    rounds = filled(Entry("a"), Entry("odd", 1), Entry("odd", 2), Entry("b"))
    assert names(rounds.take(8, 0.0, alone={"odd"})) == ["a", "b"]
    assert names(rounds.take(8, 0.0, alone={"odd"}, barred={"odd"})) == []
    rounds.put(Entry("a"))
    assert names(rounds.take(8, 0.0, alone={"odd"})) == ["odd", "odd"]
    assert names(rounds.take(8, 0.0, alone={"odd"})) == ["a"]


def test_older_frames_are_kept_where_there_is_room_and_given_up_where_there_is_none():
    rounds = filled(*(Entry("a", n, latest=True) for n in range(5)), Entry("b"))
    taken = rounds.take(3, 0.0)
    assert [(entry.stream_id, entry.number) for entry in taken.batch] == [("a", 4), ("b", 0), ("a", 3)]
    assert [entry.number for entry in taken.superseded] == [0, 1, 2]
    assert len(rounds) == 0


def test_a_frame_taken_before_its_stream_stopped_giving_way_is_not_given_up():
    rounds = filled(Entry("a", 1), Entry("a", 2, latest=True), Entry("a", 3, latest=True))
    taken = rounds.take(1, 0.0)
    assert [entry.number for entry in taken.batch] == [3]
    assert [entry.number for entry in taken.superseded] == [2]
    assert [entry.number for entry in rounds.take(1, 0.0).batch] == [1]


def test_what_is_too_old_is_given_up_only_when_its_turn_comes():
    rounds = filled(Entry("a", dies_at=1.0), Entry("b", dies_at=1.0), Entry("c"))
    taken = rounds.take(1, 1.0)
    assert (names(taken), taken.too_old) == (["a"], [])
    taken = rounds.take(1, 1.1)
    assert (names(taken), [entry.stream_id for entry in taken.too_old]) == (["c"], ["b"])


def test_streams_that_come_and_go_are_not_remembered_for_ever():
    rounds = Rounds()
    for number in range(3 * MOST_REMEMBERED):
        rounds.put(Entry(f"s{number}"))
        rounds.take(1, 0.0)
    assert len(vars(rounds)["_turns"]) <= MOST_REMEMBERED + 1


frames = st.builds(
    Entry,
    st.sampled_from("abcd"),
    st.just(0),
    st.integers(1, 5),
    st.booleans(),
    st.booleans(),
    st.floats(0, 2),
)


@given(
    st.lists(st.one_of(frames, st.tuples(st.integers(1, 6), st.sets(st.sampled_from("abcd")))), max_size=60),
)
def test_nothing_is_lost_taken_twice_or_out_of_order_whatever_comes(script):
    rounds, put, out = Rounds(), [], []
    for step in script:
        if isinstance(step, Entry):
            step.number = len(put)
            put.append(step)
            rounds.put(step)
            continue
        room, alone = step
        taken = rounds.take(room, 1.0, alone)
        assert sum(e.weight for e in taken.batch) <= room or len(taken.batch) == 1
        assert not any(e.gone or e.too_old(1.0) for e in taken.batch)
        assert not alone & {e.stream_id for e in taken.batch} or len(set(names(taken))) == 1
        assert all(e.latest for e in taken.superseded)
        assert all(e.too_old(1.0) for e in taken.too_old)
        first = names(taken)[: len(set(names(taken)))]
        assert len(set(first)) == len(first), "a second turn before another stream's first"
        for stream in set(names(taken)):
            kept = [e.number for e in taken.batch if e.stream_id == stream and not e.latest]
            assert kept == sorted(kept)
        out += [*taken.batch, *taken.too_old, *taken.superseded]
    left = rounds.pop_all()
    assert len({id(e) for e in [*out, *left]}) == len(out) + len(left)
    assert {id(e) for e in put if not e.gone} <= {id(e) for e in [*out, *left]}
