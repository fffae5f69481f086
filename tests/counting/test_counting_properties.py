"""What holds of counting whatever the way."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.counting.plain import PlainLine, PlainZone
from tests.counting.truth import Exact
from tests.counting.walking import Walk

ZONE = [(300, 300), (700, 300), (700, 700), (500, 450), (300, 700)]
LINE = ((500, 100), (450, 900))
PLACES = {
    "zones": {"a": {"points": ZONE, "unit": "pixels", "margin": 0, "hold_s": 0}},
    "lines": {"l": {"start": LINE[0], "end": LINE[1], "unit": "pixels", "margin": 0}},
}
# Odd quarters, so that no step begins, ends or passes exactly on a border.
coordinate = st.integers(60, 940).map(lambda n: n + 0.25 + 1e-3 * (n % 7))
ways = st.lists(st.tuples(coordinate, coordinate), min_size=2, max_size=25)


def walked(way, **places):
    return Walk(**(places or PLACES)).walk(1, way)


@settings(max_examples=30, deadline=None)
@given(st.lists(ways, min_size=1, max_size=4))
def test_without_hysteresis_counts_are_those_of_plain_geometry(many):
    walk, exact = Walk(**PLACES), Exact(ZONE, *LINE)
    for frame in range(max(map(len, many))):
        # They stand where they got to, so that nobody vanishes.
        rows = {n + 1: way[min(frame, len(way) - 1)] for n, way in enumerate(many)}
        walk.see(rows)
        exact.see(rows)
    totals = walk.counter.zones["a"]
    assert (totals.entered, totals.exited, totals.appeared) == (exact.entered, exact.exited, exact.appeared)
    assert walk.line() == (exact.forward, exact.backward)


@settings(max_examples=20, deadline=None)
@given(ways)
def test_a_way_backwards_swaps_the_directions(way):
    there, back = walked(way), walked(way[::-1])
    assert there.line() == back.line()[::-1]


@settings(max_examples=20, deadline=None)
@given(ways)
def test_in_the_mirror_left_is_right(way):
    there = walked(way)
    mirrored = {
        "zones": {"a": {**PLACES["zones"]["a"], "points": [(1000 - x, y) for x, y in ZONE]}},
        "lines": {"l": {**PLACES["lines"]["l"], "start": (1000 - 500, 100), "end": (1000 - 450, 900)}},
    }
    seen = walked([(1000 - x, y) for x, y in way], **mirrored)
    assert (there.zone(), there.line()) == (seen.zone(), seen.line()[::-1])


@settings(max_examples=20, deadline=None)
@given(ways, st.sampled_from([0.5, 2.0, 4.0]))
def test_a_larger_picture_counts_the_same(way, factor):
    fractions = {
        "zones": {"a": {"points": [(x / 1000, y / 1000) for x, y in ZONE]}},
        "lines": {"l": {"start": (0.5, 0.1), "end": (0.45, 0.9)}},
    }
    there, large = walked(way, **fractions), Walk(**fractions)
    large.size = (int(1000 * factor), int(1000 * factor))
    for x, y in way:
        large.see({1: (x * factor, y * factor, 40 * factor)})
    assert (there.zone(), there.line()) == (large.zone(), large.line())


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.dictionaries(st.integers(1, 5), st.tuples(coordinate, coordinate), max_size=5), max_size=40),
    st.integers(0, 39),
)
def test_the_books_of_a_zone_balance_whoever_comes_and_goes(frames, begin):
    walk = Walk(lost_s=0.5, zones={"a": {"points": ZONE, "unit": "pixels", "hold_s": 0.1}}, lines=PLACES["lines"])
    for number, rows in enumerate(frames):
        walk.see(rows)
        if number == begin:
            walk.counter.begin()
        occupancy, entered, appeared, exited, vanished = walk.zone()
        assert occupancy == entered + appeared - exited - vanished >= 0
    for _ in range(8):
        walk.see({})
    assert walk.zone()[0] == 0
    assert len(walk.kinds("track_start")) == len(walk.kinds("track_end"))


@settings(max_examples=8, deadline=None)
@given(st.lists(st.floats(-1, 1), min_size=5, max_size=60), st.integers(1, 1000))
def test_however_a_box_trembles_a_walk_through_is_one(noise, seed):
    """Trembling of a box up to half of the margin, and every fourth sight missed."""
    rng = np.random.default_rng(seed)
    walk = Walk(
        zones={"a": {"points": [(300, 0), (700, 0), (700, 1000), (300, 1000)], "unit": "pixels"}},
        lines={"l": {"start": (500, 0), "end": (500, 1000), "unit": "pixels"}},
    )
    for step, x in enumerate(np.linspace(100, 900, 160)):
        shake = 2 * noise[step % len(noise)]
        walk.see({1: (x + shake, 500 + shake)} if rng.random() > 0.25 or step in (0, 159) else {})
    assert (walk.zone(), walk.line()) == ((0, 1, 0, 1, 0), (0, 1))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(ways, st.lists(st.booleans(), min_size=5, max_size=5)), min_size=1, max_size=6),
    st.sampled_from([0, 0.1, 0.5]),
    st.sampled_from([0, 0.2, 0.45]),
)
def test_counts_are_those_of_the_rules_applied_to_one_track_at_a_time(many, margin, hold_s):
    """Tracks that walk, jump and are not seen at times, but never for so long that they end."""
    zone, line = (
        {**PLACES["zones"]["a"], "margin": margin, "hold_s": hold_s},
        {**PLACES["lines"]["l"], "margin": margin},
    )
    walk = Walk(lost_s=1e3, zones={"a": zone}, lines={"l": line})
    zones = [PlainZone(ZONE, margin, hold_s) for _ in many]
    lines = [PlainLine(*LINE, margin) for _ in many]
    for frame in range(2 * max(len(way) for way, _ in many)):
        rows = {}
        for n, (way, seen) in enumerate(many):
            # Every place but the last twice, so that holds are passed too.
            place = way[min(frame // 2, len(way) - 1)]
            if frame == 0 or seen[frame % 5]:
                rows[n + 1] = place
                zones[n].see(place, 40.0, (frame + 1) / walk.fps)
                lines[n].see(place, 40.0)
        walk.see(rows)
    told = [word for one in zones for word in one.told]
    assert walk.zone()[1:4] == tuple(told.count(word) for word in ("entered", "appeared", "exited"))
    told = [word for one in lines for word in one.told]
    assert walk.line() == (told.count("forward"), told.count("backward"))
