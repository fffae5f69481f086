"""Frames that lie in memory which another process writes."""

import numpy as np
import pytest

from app.decoding import memory
from app.sources import SourceError
from app.sources.shared_memory import SPARE, Slots

SIZE = 3 * 16 * 8


def slots() -> tuple[Slots, list[int]]:
    made, freed = Slots(SIZE), []
    made.serve(freed.append)
    return made, freed


def test_a_frame_lies_where_it_was_written_and_is_free_when_nobody_has_it():
    made, freed = slots()
    writer = memory.attach(made.descriptor, SIZE)
    writer[2 * memory.rounded(SIZE) : 2 * memory.rounded(SIZE) + SIZE] = bytes(range(128)) * 3
    image = made.image(2, 16, 8)
    assert image.shape == (8, 16, 3)
    assert bytes(image.tobytes()) == bytes(range(128)) * 3
    part = image[2:4, :, ::-1]
    del image
    assert freed == []
    del part
    assert freed == [2]
    made.close()


def test_it_cannot_be_written_to():
    made, _ = slots()
    with pytest.raises(ValueError, match="read-only"):
        made.image(0, 16, 8)[0, 0, 0] = 1
    made.close()


def test_whoever_keeps_frames_gets_copies_before_there_is_no_slot_left():
    made, freed = slots()
    kept = [made.image(slot, 16, 8) for slot in range(memory.SLOTS)]
    assert freed == list(range(memory.SLOTS - SPARE, memory.SLOTS))
    assert all(np.array_equal(image, kept[0]) for image in kept)
    made.close()


@pytest.mark.parametrize(
    ("slot", "width", "height"), [(-1, 16, 8), (8, 16, 8), (0, 0, 8), (0, -16, -8), (0, 1 << 20, 8)]
)
def test_a_child_that_speaks_nonsense_is_not_believed(slot: int, width: int, height: int):
    made, _ = slots()
    with pytest.raises(SourceError, match="nonsense"):
        made.image(slot, width, height)
    made.close()


def test_a_slot_that_is_in_use_is_not_handed_out_twice():
    made, _ = slots()
    kept = made.image(0, 16, 8)
    with pytest.raises(SourceError, match="nonsense"):
        made.image(0, 16, 8)
    assert kept.shape == (8, 16, 3)
    made.close()
