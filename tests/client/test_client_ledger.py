"""The books of what is sent, under anything that may happen in between."""

from hypothesis import given
from hypothesis import strategies as st

from app.client.ledger import Frame, Ledger

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.just(0)),
        st.tuples(st.just("send"), st.integers(0, 3)),
        st.tuples(st.just("answer"), st.integers(0, 9)),
        st.tuples(st.just("cut"), st.integers(1, 5)),
        st.tuples(st.just("unheard"), st.integers(0, 40)),
    ),
    max_size=120,
)


def frame(number: int) -> Frame:
    return Frame(number, b"", None)


class Peer:
    """A service that tracks each number once and keeps what it answered."""

    def __init__(self) -> None:
        self.tracked: list[int] = []

    def take(self, seq: int, again: bool) -> None:
        if again and seq in self.tracked:
            return
        assert seq == len(self.tracked) + 1, "out of order"
        self.tracked.append(seq)


@given(STEPS)
def test_every_frame_is_taken_once_in_order_and_settled_once(steps):
    ledger, peer, put, settled, under_way = Ledger(), Peer(), 0, [], []
    ledger.connected(1, 1, 3)
    for step, value in [*steps, *[("send", 0), ("answer", 0)] * 150]:
        if step == "put":
            put += 1
            ledger.put(frame(put))
        elif step == "send" and (following := ledger.next(value)) is not None:
            assert ledger.in_flight <= ledger.credit
            peer.take(following[0].seq, following[1])
            under_way.append(following[0].seq)
        elif step == "answer" and under_way:
            done = ledger.settle(under_way.pop(value % len(under_way)), 1, tracked=True)
            settled += [] if done is None else [done.item]
        elif step == "cut":
            under_way.clear()
            assert not ledger.connected(1, len(peer.tracked) + 1, value)
        elif step == "unheard":
            ledger.unheard(value)
    assert ledger.empty
    assert sorted(settled) == list(range(1, put + 1)) == peer.tracked
    assert ledger.run == 1


def test_what_was_skipped_leaves_a_hole_in_the_numbers():
    ledger = Ledger()
    ledger.connected(1, 5, 2)
    for number in range(4):
        ledger.put_newest(frame(number))
    sent, before = ledger.next(0)
    assert (sent.item, sent.seq, sent.skipped, before) == (3, 8, 3, False)


def test_a_service_that_knows_less_than_it_said_has_begun_anew():
    ledger = Ledger()
    ledger.connected(3, 1, 4)
    for number in range(3):
        ledger.put(frame(number))
        ledger.next(0)
    ledger.settle(1, 3, tracked=True)
    assert ledger.connected(1, 1, 4)
    assert ledger.run == 2
    assert [ledger.next(0)[0].seq for _ in range(2)] == [2, 3]
    assert not ledger.connected(1, 3, 4)


def test_an_epoch_that_somebody_else_began_is_another_run():
    ledger = Ledger()
    ledger.connected(1, 1, 4)
    ledger.put(frame(1))
    ledger.next(0)
    ledger.settle(1, 2, tracked=True)
    assert ledger.run == 2
