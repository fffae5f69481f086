"""What passes a selection: streams, kinds of messages and events, classes, zones."""

import pytest

from app.engine.selecting import Chosen, kind_of
from app.publish_settings import Selection
from app.wire import (
    Counts,
    DropMessage,
    Encoded,
    EventMessage,
    LineCount,
    Timing,
    TrackRow,
    TracksMessage,
    ZoneCount,
)

NO_TIME = Timing(0.0, 0.0, 0.0, 0.0, 0.0)
DROP = DropMessage("cam", 1, 4, "superseded")
RESET = EventMessage("reset", "cam", 2)
ENTERED = EventMessage("zone_enter", "cam", 1, class_id=2, class_name="car", zone="yard")
CROSSED = EventMessage("line_cross", "cam", 1, class_id=0, class_name="person", line="gate")


def row(track_id, class_name="person", class_id=0, **more):
    return TrackRow(track_id, f"cam/1/{track_id}", class_id, class_name, 0.9, [0.0] * 4, [0.0] * 2, 1.0, 0, **more)


def frame(*rows, **more):
    return TracksMessage("cam", 1, 7, None, 640, 480, 0, list(rows), NO_TIME, **more)


def ids(message):
    return [track.track_id for track in message.tracks]


def test_without_a_choice_everything_passes_as_it_is():
    for message in (DROP, RESET, ENTERED, CROSSED, frame(row(1))):
        assert Chosen().passes(message) is message


@pytest.mark.parametrize("message", [DROP, RESET, frame()])
def test_only_chosen_streams_and_kinds_of_messages_pass(message):
    assert Chosen(Selection(streams=("cam", "b"))).passes(message) is message
    assert Chosen(Selection(streams=("b",))).passes(message) is None
    assert Chosen(messages=[kind_of(message)]).passes(message) is message
    others = {"tracks", "drops", "events"} - {kind_of(message)}
    assert Chosen(messages=others).passes(message) is None


@pytest.mark.parametrize(
    ("choice", "passed"),
    [
        ({"events": ("zone_enter", "reset")}, [RESET, ENTERED]),
        ({"classes": ("car",)}, [ENTERED]),
        ({"classes": ("0",)}, [CROSSED]),
        ({"zones": ("yard",)}, [ENTERED]),
        ({"zones": ("gate",)}, [CROSSED]),
        ({"zones": ("gate", "yard"), "classes": ("2", "dog")}, [ENTERED]),
        ({"zones": ("yard",), "classes": ("person",)}, []),
        ({"events": ()}, []),
    ],
)
def test_an_event_passes_when_all_that_is_chosen_holds_for_it(choice, passed):
    chosen = Chosen(Selection(**choice))
    assert [event for event in (RESET, ENTERED, CROSSED) if chosen.passes(event)] == passed
    assert chosen.passes(DROP) is DROP


def test_a_frame_keeps_the_rows_of_the_chosen_classes_and_zones_and_passes_without_any():
    whole = frame(row(1, zones=["yard"]), row(2, "car", 2, zones=["yard", "door"]), row(3, "car", 2, zones=[]))
    assert ids(Chosen(Selection(classes=("car",))).passes(whole)) == [2, 3]
    assert ids(Chosen(Selection(classes=("0",))).passes(whole)) == [1]
    assert ids(Chosen(Selection(zones=("yard",))).passes(whole)) == [1, 2]
    assert ids(Chosen(Selection(zones=("door", "yard"), classes=("car",))).passes(whole)) == [2]
    assert ids(Chosen(Selection(zones=("elsewhere",))).passes(whole)) == []
    assert Chosen(Selection(classes=("car", "person"))).passes(whole) is whole
    assert ids(Chosen(Selection(zones=("yard",))).passes(frame(row(1)))) == [], "a stream without zones"


def test_a_frame_keeps_the_counts_of_the_chosen_zones_and_lines():
    zone, line = ZoneCount(0, 0, 0, None, {}), LineCount(0, 0, {})
    whole = frame(counts=Counts({"yard": zone, "door": zone}, {"gate": line}))
    assert Chosen(Selection(zones=("yard",))).passes(whole).counts == Counts({"yard": zone}, {})
    assert Chosen(Selection(zones=("gate",))).passes(whole).counts == Counts({}, {"gate": line})
    assert Chosen(Selection(classes=("car",))).passes(whole).counts is whole.counts


def test_bytes_are_shared_where_nothing_is_left_out():
    whole = Encoded(frame(row(1), row(2, "car", 2)))
    assert Chosen().encoded(whole) is whole
    assert Chosen(messages=["events"]).encoded(whole) is None
    few = Chosen(Selection(classes=("car",))).encoded(whole)
    assert few.message.tracks == whole.message.tracks[1:]


def test_the_same_names_in_another_order_are_the_same_choice():
    one, other = Selection(classes=("a", "b")), Selection(classes=("b", "a", "b"))
    assert Chosen(one) == Chosen(other)
    assert hash(Chosen(one, ["tracks"])) == hash(Chosen(other, ("tracks",)))
    assert Chosen(one, ["tracks"]) != Chosen(one)
    assert Chosen(Selection(classes=())) != Chosen()
