"""Counts of demo streets against their truth by plain geometry."""

import numpy as np
import pytest

from app.counting.counter import Counter
from app.counting_settings import CountingSettings
from tests.counting.truth import Exact, feet, street
from tracker import ByteTrackConfig, ByteTracker, Detections, Tracks

WIDTH, HEIGHT, FRAMES = 320, 180, 420
BAND = [(100, 0), (220, 0), (220, HEIGHT), (100, HEIGHT)]
LINE = ((160, 40), (160, HEIGHT))


def counter(**more):
    zone = {"points": BAND, "unit": "pixels", **more}
    line = {"start": LINE[0], "end": LINE[1], "unit": "pixels", **({"margin": 0} if more else {})}
    settings = CountingSettings.model_validate({"zones": {"band": zone}, "lines": {"line": line}})
    return Counter(settings, 31 / 30)


def as_tracks(ids, boxes, classes):
    count = len(ids)
    nothing = np.empty(0, np.uint8), np.empty(0, np.int64)
    return Tracks(
        ids, boxes, np.full(count, 0.9), classes, np.arange(count), np.zeros((count, 2)), np.zeros(count), *nothing
    )


@pytest.fixture(scope="module", params=[1, 4])
def seen(request):
    """The frames of a street: number, time, ids, boxes, classes, of what is larger than a pixel."""
    frames = []
    for seq, pts, truth in street(request.param, FRAMES, WIDTH, HEIGHT):
        large = (truth.xyxy[:, 2:] - truth.xyxy[:, :2] > 1).all(axis=1)
        frames.append((seq, pts, truth.object_id[large], truth.xyxy[large], truth.class_id[large]))
    return frames


@pytest.fixture(scope="module")
def exact(seen):
    book = Exact(BAND, *LINE)
    for _, _, ids, boxes, _ in seen:
        book.see(dict(zip(ids.tolist(), feet(boxes, WIDTH, HEIGHT), strict=True)))
    assert book.entered + book.exited >= 8
    assert book.forward + book.backward >= 4
    return book


def told(book):
    zone, line = book.zones["band"], book.lines["line"]
    return (zone.entered, zone.exited), (line.forward, line.backward)


def run(seen, book, show):
    for seq, pts, ids, boxes, classes in seen:
        book.update(show(seq, pts, ids, boxes, classes), seq, pts, (WIDTH, HEIGHT), ("person", "bicycle", "car"))
    return told(book)


def test_true_boxes_without_hysteresis_give_exactly_the_truth(seen, exact):
    found = run(seen, counter(margin=0, hold_s=0), lambda seq, pts, *truth: as_tracks(*truth))
    assert found == ((exact.entered, exact.exited), (exact.forward, exact.backward))


def test_true_boxes_through_the_tracker_give_the_truth_but_for_who_is_on_a_border(seen, exact):
    tracker = ByteTracker(ByteTrackConfig())

    def show(seq, pts, ids, boxes, classes):
        return tracker.update(Detections(boxes, np.full(len(ids), 0.9), classes), pts)

    (entered, exited), (forward, backward) = run(seen, counter(), show)
    # Whoever is within the margin, or the hold, of a border when the run ends, or came in hidden, makes the difference.
    assert abs(entered - exact.entered) <= 1
    assert abs(exited - exact.exited) <= 1
    assert abs(forward - exact.forward) + abs(backward - exact.backward) <= 1


def test_ids_that_change_near_the_borders_change_no_count(seen):
    """Each object gets a new id whenever it comes near a border of the zone, or the line."""
    steady = run(seen, counter(), lambda seq, pts, *truth: as_tracks(*truth))
    near, renamed, fresh = {}, {}, iter(range(10**6, 2 * 10**6))

    def show(seq, pts, ids, boxes, classes):
        for name, (x, _) in zip(ids.tolist(), feet(boxes, WIDTH, HEIGHT), strict=True):
            place = next((border for border in (100, 160, 220) if abs(x - border) < 4), None)
            if name not in renamed or (place is not None and near.get(name) != place):
                renamed[name] = next(fresh)
            near[name] = place
        return as_tracks(np.array([renamed[name] for name in ids.tolist()], np.int64), boxes, classes)

    assert run(seen, counter(), show) == steady
    assert max(renamed.values()) - 10**6 > 1.5 * len(renamed)


def test_boxes_that_tremble_and_sights_that_are_missed_change_no_crossing_by_more_than_one(seen):
    steady, rng = run(seen, counter(), lambda seq, pts, *truth: as_tracks(*truth)), np.random.default_rng(5)

    def show(seq, pts, ids, boxes, classes):
        heights = (boxes[:, 3] - boxes[:, 1])[:, None]
        shaken = boxes + rng.normal(0, 0.015, boxes.shape) * heights
        kept = (rng.random(len(ids)) > 0.15) & (shaken[:, 2:] - shaken[:, :2] > 0.5).all(axis=1)
        return as_tracks(ids[kept], shaken[kept], classes[kept])

    found = run(seen, counter(), show)
    assert np.abs(np.subtract(found, steady)).max() <= 1
