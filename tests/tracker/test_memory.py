"""A tracker is as large as what it tracks, however long it runs and however many come and go."""

import gc
import itertools
from collections.abc import Iterator

import numpy as np
import psutil
import pytest

from tests.tracker.scenes import COMPILED, everything
from tracker import ByteTrackConfig, ByteTracker, Detections

FRAMES = 100_000 if COMPILED else 3_000
"""Without the compiler a frame takes a hundred times longer, and what Python keeps shows in fewer."""

WARM_UP = FRAMES // 10

MOST_ALIVE = 20

LEAST_LEAK_BYTES = 8 * 2**20
"""Less than a hundred bytes a frame, which is less than one array; an allocator's own ups and downs stay below it."""


def passers_by() -> Iterator[Detections]:
    """Six lanes of walkers that come, are missed now and then and are gone for good after a hundred frames."""
    random = np.random.default_rng(3)
    lanes, class_id = np.arange(6), np.zeros(6, np.int64)
    for frame in itertools.count():
        step = (frame + 17 * lanes) % 100
        # Each walker starts where nobody has been for long, so that it gets an id of its own.
        corner = np.stack([8.0 * step + 2000 * ((frame + 17 * lanes) // 100 % 50), 300.0 * lanes], axis=1)
        seen = random.random(6) > 0.1
        xyxy = np.concatenate([corner, corner + np.array([40, 100])], axis=1)
        yield Detections(xyxy=xyxy[seen], score=random.uniform(0.3, 1, 6)[seen], class_id=class_id[seen])


@pytest.mark.timeout(600)
def test_memory_is_that_of_the_live_tracks_over_many_frames() -> None:
    tracker, process = ByteTracker(ByteTrackConfig(lost_buffer=20)), psutil.Process()
    scene, alive, stored = passers_by(), [], []

    def run(frames: int) -> tuple[int, int, int]:
        for frame in itertools.islice(scene, frames):
            tracker.update(frame)
            alive.append(len(tracker.snapshot()))
        stored.append(len(everything(tracker)))
        gc.collect()
        return process.memory_info().rss, len(gc.get_objects()), max(alive)

    resident, objects, most = run(WARM_UP)
    resident_after, objects_after, most_after = run(FRAMES - WARM_UP)
    assert tracker.snapshot().next_id > FRAMES // 40, "many have come and gone"
    assert most_after <= most + 6 <= MOST_ALIVE
    assert stored[1] < 2 * stored[0]
    assert resident_after - resident < LEAST_LEAK_BYTES
    assert objects_after - objects < FRAMES // 100
