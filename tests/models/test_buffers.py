"""Input buffers are each caller's own, used again, and not kept without end; runs have few sizes."""

from collections.abc import Iterator
from contextlib import ExitStack

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.batches import MOST_PER_RUN, SIZES, runs_of
from models.buffers import BufferPool
from models.preprocess import Pixels

YOLOX = Pixels("bgr", "top-left", 255)
SLOT_BYTES = 3 * 64 * 64 * 4


def test_two_borrowers_never_share_a_buffer_and_the_next_one_reuses_it() -> None:
    pool = BufferPool((64, 64), YOLOX, np.float32)
    with pool.borrow(2) as first, pool.borrow(1) as second:
        assert not np.shares_memory(first.array, second.array)
    with pool.borrow(1) as third, pool.borrow(2) as fourth:
        assert {id(third), id(fourth)} == {id(first), id(second)} or len(fourth.array) == 2
        assert not np.shares_memory(third.array, fourth.array)


def test_a_batch_larger_than_the_buffer_gets_a_larger_one() -> None:
    pool = BufferPool((64, 64), YOLOX, np.float32)
    with pool.borrow(1):
        pass
    with pool.borrow(5) as buffer:
        assert buffer.array.shape == (5, 3, 64, 64)


def test_the_smallest_buffer_that_is_large_enough_is_taken() -> None:
    pool = BufferPool((64, 64), YOLOX, np.float32)
    with pool.borrow(8), pool.borrow(2) as small:
        pass
    with pool.borrow(1) as buffer:
        assert buffer is small


def test_what_a_burst_of_callers_needed_is_not_kept() -> None:
    pool = BufferPool((64, 64), YOLOX, np.float32, most_idle_bytes=4 * SLOT_BYTES)
    with ExitStack() as burst:
        for _ in range(20):
            burst.enter_context(pool.borrow(2))
    assert pool.idle_bytes == 4 * SLOT_BYTES
    with pool.borrow(2), pool.borrow(2):
        assert pool.idle_bytes == 0


def test_one_buffer_is_kept_however_large_it_is() -> None:
    pool = BufferPool((64, 64), YOLOX, np.float32, most_idle_bytes=1)
    with pool.borrow(4) as buffer:
        pass
    with pool.borrow(4) as again:
        assert again is buffer


def test_a_pool_that_was_cleared_keeps_nothing_that_comes_back() -> None:
    pool = BufferPool((64, 64), YOLOX, np.float32)
    with pool.borrow(4), pool.borrow(4):
        pool.clear()
    assert pool.idle_bytes == 0


def test_a_buffer_comes_back_from_a_caller_that_failed() -> None:
    pool = BufferPool((64, 64), YOLOX, np.float32)

    def fail() -> Iterator[None]:
        with pool.borrow(4):
            yield
            raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        list(fail())
    assert pool.idle_bytes == 4 * SLOT_BYTES


@pytest.mark.parametrize(
    ("images", "batch", "fill_up", "runs"),
    [
        (5, None, True, [(5, 8)]),
        (5, None, False, [(4, 4), (1, 1)]),
        (33, None, True, [(32, 32), (1, 1)]),
        (39, None, True, [(32, 32), (7, 8)]),
        (39, None, False, [(32, 32), (4, 4), (2, 2), (1, 1)]),
        (5, 4, True, [(4, 4), (1, 4)]),
        (5, 4, False, [(4, 4), (1, 4)]),
        (2, 1, False, [(1, 1), (1, 1)]),
        (40, 64, True, [(40, 64)]),
        (0, None, True, []),
    ],
)
def test_images_are_run_in_few_sizes(
    images: int, batch: int | None, fill_up: bool, runs: list[tuple[int, int]]
) -> None:
    assert list(runs_of(images, batch, fill_up)) == runs


@given(images=st.integers(0, 300), fill_up=st.booleans())
def test_every_image_is_run_once(images: int, fill_up: bool) -> None:
    runs = list(runs_of(images, None, fill_up))
    assert sum(taken for taken, _ in runs) == images
    for taken, slots in runs:
        assert 0 < taken <= slots <= MOST_PER_RUN
        assert slots in SIZES
        assert fill_up or taken == slots
