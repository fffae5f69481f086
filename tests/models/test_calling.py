"""How sessions are called: into buffers that are used again, by several threads, and one call after another."""

import gc
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event, Lock
from typing import Any

import numpy as np
import onnxruntime as ort
import pytest
from numpy.typing import DTypeLike, NDArray

from models.calling import IntoBuffers, OneAtATime
from models.detector import Abort, DetectionFailed
from models.memory import ordinary, page_locked
from models.runner import Runner
from models.signature import Signature
from tests.models.graphs_calls import as_many_as_positive, endless, other_than_declared, tenfold

Array = NDArray[Any]


class Session(ort.InferenceSession):
    """A session of onnxruntime that counts how it is called."""

    def __init__(self, content: bytes) -> None:
        settings = ort.SessionOptions()
        settings.log_severity_level = 4
        settings.intra_op_num_threads = 1
        super().__init__(content, settings, providers=["CPUExecutionProvider"])
        self.plain = self.bound = 0
        self.begun = Event()

    def run(self, *given: Any, **named: Any) -> Any:
        self.plain += 1
        return super().run(*given, **named)

    def run_with_iobinding(self, *given: Any, **named: Any) -> Any:
        self.bound += 1
        self.begun.set()
        return super().run_with_iobinding(*given, **named)


class Memory:
    """Makes ordinary arrays and remembers their shapes."""

    def __init__(self) -> None:
        self.made: list[tuple[int, ...]] = []

    def __call__(self, shape: tuple[int, ...], dtype: DTypeLike) -> Array:
        self.made.append(shape)
        return ordinary(shape, dtype)


def images(level: float, batch: int = 1) -> Array:
    return level + np.arange(batch * 4, dtype=np.float32).reshape(batch, 4)


def call(session: IntoBuffers | OneAtATime, batch: Array) -> list[Array]:
    return list(session.run(None, {"images": batch}, quiet()))


def quiet() -> ort.RunOptions:
    options = ort.RunOptions()
    options.log_severity_level = 4
    return options


@pytest.mark.parametrize("batch", [1, 2, 5])
def test_outputs_in_buffers_are_those_of_a_plain_run(batch: int) -> None:
    session = Session(tenfold())
    into = IntoBuffers(session, ordinary)
    for level in (0.5, -3, 7):
        bound = call(into, images(level, batch))
        for found, wanted in zip(bound, session.run(None, {"images": images(level, batch)}), strict=True):
            np.testing.assert_array_equal(found, wanted)
            assert found.dtype == wanted.dtype
    assert session.bound == 3


def test_a_caller_who_is_done_leaves_its_memory_to_the_next() -> None:
    memory = Memory()
    into = IntoBuffers(Session(tenfold()), memory)
    for level in range(20):
        assert call(into, images(level, 2))[0][0, 0] == 10 * level
    assert memory.made == [(2, 4), (2, 4)]


def test_smaller_batches_use_the_memory_of_larger_ones() -> None:
    memory = Memory()
    into = IntoBuffers(Session(tenfold()), memory)
    for batch in (8, 1, 3, 8, 2):
        outputs = call(into, images(1, batch))
        assert [output.shape for output in outputs] == [(batch, 4)] * 2
        np.testing.assert_array_equal(outputs[0], 10 * images(1, batch))
        del outputs
    assert memory.made == [(8, 4), (8, 4)]


def test_outputs_that_somebody_still_holds_are_not_written_over() -> None:
    into = IntoBuffers(Session(tenfold()), ordinary)
    held = call(into, images(1))
    corner = call(into, images(2))[0][0, 1:]  # a part of one output alone
    later = [call(into, images(level)) for level in (3, 4, 5)]
    gc.collect()
    np.testing.assert_array_equal(held[0], 10 * images(1))
    np.testing.assert_array_equal(corner, 10 * images(2)[0, 1:])
    assert [outputs[0][0, 0] for outputs in later] == [30, 40, 50]


def test_the_input_is_read_again_at_each_call_though_its_memory_is_the_same() -> None:
    into = IntoBuffers(Session(tenfold()), ordinary)
    batch = images(1)
    call(into, batch)
    batch += 5
    np.testing.assert_array_equal(call(into, batch)[0], 10 * images(6))


def test_an_output_as_long_as_there_are_objects_is_read_beside_those_in_buffers() -> None:
    memory = Memory()
    session = Session(as_many_as_positive())
    into = IntoBuffers(session, memory)
    held = []
    for level in (-1, -9, 1, -2):
        batch = images(level, 2)
        ten, where, last = call(into, batch)
        held.append((batch, where))
        np.testing.assert_array_equal(ten, 10 * batch)
        np.testing.assert_array_equal(last, 10 * batch)
        del ten, last
    for batch, where in held:
        np.testing.assert_array_equal(where, np.argwhere(batch > 0))
    assert (session.bound, session.plain) == (4, 0)
    assert memory.made == [(2, 4), (2, 4)]


def test_a_graph_without_an_output_of_known_shape_is_run_plainly() -> None:
    session = Session(tenfold(shape=("n", 4)))
    into = IntoBuffers(session, ordinary)
    np.testing.assert_array_equal(call(into, images(2))[0], 10 * images(2))
    assert (session.bound, session.plain) == (0, 1)


def test_a_fixed_batch_is_bound_too() -> None:
    session = Session(tenfold(batch=3, shape=(3, 4)))
    np.testing.assert_array_equal(call(IntoBuffers(session, ordinary), images(2, 3))[0], 10 * images(2, 3))
    assert (session.bound, session.plain) == (1, 0)


def test_a_graph_that_writes_another_shape_than_it_declares_is_run_plainly_from_then_on() -> None:
    session = Session(other_than_declared())
    into = IntoBuffers(session, ordinary)
    for _ in range(3):
        np.testing.assert_array_equal(call(into, images(2, 2))[0], 10 * images(2, 2))
    assert (session.bound, session.plain) == (1, 3)


def test_a_run_that_fails_either_way_raises_and_the_next_is_bound_again() -> None:
    session = Session(tenfold(batch=3, shape=(3, 4)))
    into = IntoBuffers(session, ordinary)
    with pytest.raises(Exception, match="Got invalid dimensions"):
        call(into, images(1, 2))
    np.testing.assert_array_equal(call(into, images(1, 3))[0], 10 * images(1, 3))
    assert session.bound == 2


def test_callers_at_once_get_their_own_outputs() -> None:
    into = IntoBuffers(Session(tenfold()), ordinary)
    together = Barrier(4)

    def caller(number: int) -> None:
        together.wait()
        for turn in range(200):
            batch = images(1000 * number + turn, 1 + (number + turn) % 3)
            ten, whole = call(into, batch)
            np.testing.assert_array_equal(ten, 10 * batch)
            np.testing.assert_array_equal(whole, batch.astype(np.int64))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(caller, range(4)))


def test_an_abort_ends_a_bound_run_and_other_calls_go_on() -> None:
    session = Session(endless())
    into = IntoBuffers(session, ordinary)
    signature = Signature(
        image="images", layout="nchw", dtype=np.float32, batched=True, batch=None, height=2, width=2, extras=(),
        outputs=("same",),
    )  # fmt: skip
    runner, abort = Runner(into, signature), Abort()
    bright = np.ones((1, 3, 2, 2), np.float32)
    with ThreadPoolExecutor(1) as pool:
        hanging = pool.submit(runner, bright, abort)
        try:
            assert session.begun.wait(30)
            # It holds no lock and not the interpreter: another call passes it.
            np.testing.assert_array_equal(runner(-bright)[0], -bright)
        finally:
            abort.set()
        with pytest.raises(DetectionFailed, match="terminate"):
            hanging.result()
    assert session.plain == 0


def test_one_at_a_time_never_lets_two_calls_in() -> None:
    class Narrow(Session):
        inside = Lock()

        def run(self, *given: Any, **named: Any) -> Any:
            assert self.inside.acquire(blocking=False), "two calls at once"
            try:
                return super().run(*given, **named)
            finally:
                self.inside.release()

    narrow = OneAtATime(Narrow(tenfold()))
    together = Barrier(4)

    def caller(number: int) -> None:
        together.wait()
        for turn in range(50):
            np.testing.assert_array_equal(call(narrow, images(number + turn))[0], 10 * images(number + turn))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(caller, range(4)))


def test_memory_is_ordinary_where_no_cuda_is_loaded() -> None:
    array = page_locked(0)((2, 3), np.float16)
    array[...] = 7
    assert (array.shape, array.dtype, float(array.sum())) == ((2, 3), np.float16, 42.0)
