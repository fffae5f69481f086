"""What waits for a slow reader: events outlast frames, each stream keeps its state, each loss is counted once."""

from hypothesis import given
from hypothesis import strategies as st

from app.engine.backlog import Backlog, Item
from app.wire import DropMessage, Encoded, EventMessage, Timing, TracksMessage

NO_TIME = Timing(0.0, 0.0, 0.0, 0.0, 0.0)
MUCH = 10**9


def tracks(number, stream="cam"):
    return Encoded(TracksMessage(stream, 1, number, None, 640, 480, 0, [], NO_TIME))


def drop(number, stream="cam"):
    return Encoded(DropMessage(stream, 1, number, "superseded"))


def event(number, stream="cam", kind="zone_enter"):
    return Encoded(EventMessage(kind, stream, 1, seq=number))


def filled(most, *messages, most_bytes=MUCH):
    backlog = Backlog(most, most_bytes)
    for message in messages:
        backlog.put(Item.of(message))
    return backlog


def taken(backlog):
    found = []
    while backlog:
        encoded, missed = backlog.take()
        found.append((encoded.message.stream, encoded.message.seq, missed))
    return found


def test_everything_that_fits_is_taken_in_order():
    messages = [tracks(1), event(2), drop(3), tracks(4, "b"), event(5)]
    expected = [("cam", 1, 0), ("cam", 2, 0), ("cam", 3, 0), ("b", 4, 0), ("cam", 5, 0)]
    assert taken(filled(5, *messages)) == expected


def test_frames_give_way_to_events():
    backlog = filled(4, event(1), tracks(2), event(3), drop(4), tracks(5), event(6), tracks(7))
    assert taken(backlog) == [("cam", 1, 3), ("cam", 3, 0), ("cam", 6, 0), ("cam", 7, 0)]


def test_a_quiet_stream_keeps_its_newest_state_beside_a_busy_one():
    backlog = filled(3, tracks(1, "quiet"), *(tracks(n, "busy") for n in range(2, 50)))
    assert taken(backlog) == [("quiet", 1, 0), ("busy", 48, 46), ("busy", 49, 0)]


def test_a_state_that_was_held_gives_way_to_a_newer_one_of_its_stream():
    backlog = filled(2, tracks(1, "quiet"), tracks(2, "busy"), tracks(3, "busy"), tracks(4, "quiet"))
    assert taken(backlog) == [("busy", 3, 1), ("quiet", 4, 1)]


def test_when_there_are_more_streams_than_room_the_oldest_states_go_and_one_always_stays_beside_events():
    assert taken(filled(2, tracks(1, "a"), tracks(2, "b"), tracks(3, "c"))) == [("b", 2, 0), ("c", 3, 0)]
    backlog = filled(3, tracks(1, "a"), tracks(2, "b"), *(event(n) for n in range(3, 7)))
    assert taken(backlog) == [("b", 2, 0), ("cam", 5, 2), ("cam", 6, 0)]


def test_it_is_bounded_in_bytes_and_one_message_always_stays():
    size = tracks(1).size
    assert taken(filled(100, *(tracks(n) for n in range(1, 6)), most_bytes=2 * size)) == [("cam", 4, 3), ("cam", 5, 0)]
    assert taken(filled(100, tracks(1), event(2), most_bytes=1)) == [("cam", 1, 1)]


def test_a_loss_is_forgotten_when_its_stream_is_closed_and_that_is_lost_too():
    backlog = filled(1, *(event(n, f"s{n}", "closed") for n in range(100)))
    assert taken(backlog) == [("s99", 99, 0)]
    assert [backlog.missed(f"s{n}") for n in range(100)] == [0] * 100


def test_unknown_losses_stay_unknown_until_they_are_told():
    backlog = Backlog(2, MUCH)
    backlog.miss("cam", 2)
    backlog.miss("cam", None)
    backlog.miss("cam", 3)
    backlog.put(Item.of(tracks(1)))
    backlog.put(Item.of(tracks(2)))
    assert taken(backlog) == [("cam", 1, None), ("cam", 2, 0)]


@given(
    kinds=st.lists(st.tuples(st.sampled_from([tracks, tracks, drop, event]), st.sampled_from("abc"), st.booleans())),
    most=st.integers(1, 6),
    most_bytes=st.integers(1, 4000),
)
def test_it_keeps_its_bounds_its_order_and_its_count(kinds, most, most_bytes):
    backlog, put, found, missed = Backlog(most, most_bytes), 0, [], 0
    for number, (make, stream, take) in enumerate(kinds):
        backlog.put(Item.of(make(number, stream)))
        put += 1
        assert 1 <= len(backlog) <= most
        if take:
            encoded, lost = backlog.take()
            found.append(encoded.message.seq)
            missed += lost
    for stream in "abc":
        backlog.miss(stream, 0)
    rest = taken(backlog)
    found += [number for _, number, _ in rest]
    missed += sum(lost for _, _, lost in rest) + sum(backlog.missed(stream) for stream in "abc")
    assert found == sorted(set(found))
    assert len(found) + missed == put
