"""Files that would take this process down, tried in a real child process with limits."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from models import DetectorOptions, Inspection, InspectionLimits, ModelBroken, ModelError, ModelUnsupported
from models.inspection import inspect_model
from tests.models import hostile_graphs as hostile

MIB = 2**20
TIGHT = InspectionLimits(memory_bytes=768 * MIB, time_s=60)
SHORT = InspectionLimits(memory_bytes=768 * MIB, time_s=8)
MEMORY = r"m needs more than 0\.8 GiB of memory to answer to one picture"
TIME = "m did not answer to one picture within 8 s"


def inspect(content: bytes, limits: InspectionLimits = TIGHT) -> object:
    return inspect_model(content, "m", "cpu", DetectorOptions(), limits)


def peak_bytes() -> int:
    """The most memory that this process ever had."""
    status = Path("/proc/self/status").read_text()
    return 1024 * int(status.split("VmHWM:")[1].split()[0])


@pytest.fixture(autouse=True)
def nothing_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever a file did: this process is as large as before, and no child, descriptor or temporary file remains."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    this = psutil.Process()
    before, descriptors, children = peak_bytes(), this.num_fds(), this.children(recursive=True)
    yield
    assert peak_bytes() - before < 32 * MIB
    assert this.num_fds() == descriptors
    assert this.children(recursive=True) == children
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(hostile.constant_of_shape, id="fills-4-GiB"),
        pytest.param(lambda: hostile.expand(5 * 2**29), id="answers-with-10-GiB"),
        pytest.param(hostile.resize, id="enlarges-a-million-times"),
        pytest.param(hostile.doubling, id="doubles-34-times"),
        pytest.param(hostile.folding_bomb, id="takes-16-GiB-to-optimise"),
        pytest.param(lambda: hostile.only_where(0, 2), id="harmless-with-one-picture"),
        pytest.param(lambda: hostile.only_where(2, 640), id="harmless-with-small-pictures"),
    ],
)
def test_a_file_that_takes_too_much_memory_is_refused(content: Callable[[], bytes]) -> None:
    assert len(content()) < 2000
    with pytest.raises(ModelBroken, match=MEMORY):
        inspect(content())


def test_a_file_that_is_harmless_where_it_is_tried_passes() -> None:
    assert inspect(hostile.only_where(0, 3))


def test_a_file_that_repeats_a_picture_too_often_is_refused() -> None:
    with pytest.raises(ModelError, match=r"needs more than|require more than 4294967296 bytes"):
        inspect(hostile.tile())


def test_files_that_never_answer_are_ended_at_the_limit() -> None:
    loops_while_it_runs, loops_while_it_is_optimised = hostile.endless(), hostile.endless(folded=True)
    with ThreadPoolExecutor(3) as pool:
        contents = (loops_while_it_runs, loops_while_it_is_optimised, hostile.function_bomb())
        calls = [pool.submit(inspect, content, SHORT) for content in contents]
        for call in calls:
            with pytest.raises(ModelBroken, match=TIME):
                call.result()


def test_subgraphs_inside_each_other_are_tried_up_to_where_protobuf_ends() -> None:
    with pytest.raises(ModelUnsupported):  # it runs, and is no detector
        inspect(hostile.nested(20))
    with pytest.raises(ModelBroken, match="cannot be decoded"):
        inspect(hostile.nested(2000))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(hostile.wrong_shapes, r"m is no model that onnxruntime can run: .*dimension", id="wrong-shapes"),
        pytest.param(hostile.short_weights, r"m is no model that onnxruntime can run: ", id="short-weights"),
        pytest.param(hostile.negative_size, r"negative|dim|shape", id="negative-size"),
        pytest.param(hostile.text_output, r"outputs y \[", id="text-output"),
        pytest.param(hostile.no_boxes, r"outputs y .*0\]", id="nothing-in-the-output"),
    ],
)
def test_a_graph_that_makes_no_sense_is_one_clear_line(content: Callable[[], bytes], said: str) -> None:
    with pytest.raises(ModelError, match=said) as caught:
        inspect(content())
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 700


def test_real_detectors_pass(shared: Path) -> None:
    for name in ("yolox_nano_416_dynbatch.onnx", "deimv2_atto_320.onnx"):
        inspection = inspect((shared / "onnx" / name).read_bytes())
        assert isinstance(inspection, Inspection)
        assert 0 < (inspection.memory_bytes or 0) < 256 * MIB
