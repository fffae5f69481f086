"""Who is heard after failures: pure, on a clock of the test."""

import pytest

from app.engine.trust import FAILURES, MOST_STREAMS, PROBATION, Trust

WINDOW_S = 30.0


class Scene:
    """A detector that answers or fails as the test says."""

    def __init__(self):
        self.now = 0.0
        self.trust = Trust(window_s=WINDOW_S, clock=lambda: self.now, chance=lambda: 0.0)

    def call(self, *streams, outcome="answered"):
        self.trust.begin(streams)
        if outcome == "answered":
            self.trust.answered(streams)
        elif outcome == "hung":
            self.trust.hung(streams)
        else:
            self.trust.failed(*streams)
        self.trust.end(streams)

    def refused(self, stream):
        return self.trust.refusal(stream) is not None


@pytest.fixture
def scene():
    return Scene()


def test_failures_of_one_stream_count_for_nothing_while_another_was_answered_lately(scene):
    scene.call("good")
    for _ in range(10 * FAILURES):
        scene.call("bad", outcome="failed")
    assert scene.trust.state == "closed"
    scene.now += WINDOW_S + 1
    scene.call("bad", outcome="failed")
    assert (scene.trust.state, scene.refused("good")) == ("open", True)


def test_failures_of_all_who_send_open_the_breaker_however_lately_they_were_answered(scene):
    scene.call("a", "b")
    for _ in range(FAILURES):
        scene.call("a", outcome="failed")
        scene.call("b", outcome="failed")
    assert scene.trust.state == "open"


def test_after_a_hang_each_of_its_streams_is_on_its_own_until_it_was_answered_often_enough(scene):
    scene.call("a", "b", outcome="hung")
    assert scene.trust.alone == {"a", "b"}
    assert not scene.refused("a")
    for _ in range(PROBATION):
        assert "a" in scene.trust.alone
        scene.call("a")
    assert scene.trust.alone == {"b"}


def test_a_stream_on_its_own_has_one_call_at_a_time(scene):
    scene.call("a", "b", outcome="hung")
    scene.trust.begin(["a"])
    assert scene.trust.barred == {"a"}
    scene.trust.end(["a"])
    assert scene.trust.barred == set()


def test_a_stream_that_hangs_alone_is_refused_and_the_others_are_not_and_each_time_for_longer(scene):
    waits = []
    for _ in range(3):
        scene.call("good")
        scene.call("bad", outcome="hung")
        refusal = scene.trust.refusal("bad")
        assert "stream 'bad'" in refusal.detail
        waits.append(refusal.members["retry_after_s"])
        assert not scene.refused("good")
        scene.now += waits[-1]
        assert not scene.refused("bad")
    assert waits == [1.0, 2.0, 4.0]
    for _ in range(PROBATION):
        scene.call("bad")
    scene.call("bad", outcome="hung")
    assert scene.trust.refusal("bad").members["retry_after_s"] == 1.0


def test_two_hangs_in_a_row_open_the_breaker_where_nobody_is_answered(scene):
    scene.call("a", outcome="hung")
    assert scene.trust.state == "closed"
    scene.call("b", outcome="hung")
    assert scene.trust.trouble == "the detector failed 2 times in a row; next try in 1.0 s"


def test_streams_that_come_and_go_are_not_remembered_for_ever(scene):
    for number in range(2 * MOST_STREAMS):
        scene.call("good")
        scene.call(f"s{number}", outcome="hung")
        scene.call(f"t{number}")
    assert all(len(kept) <= MOST_STREAMS + 1 for kept in vars(scene.trust).values() if isinstance(kept, dict | set))
