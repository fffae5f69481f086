"""The client for programs without an event loop."""

import asyncio
import os
import signal
import subprocess
import sys
import threading

import pytest

from app.client import Client, DetectionsMessage, InputDetection, NotFound, TracksMessage
from benchmarks.serving import serving
from tests.api.live_service import png

ENDLESS = """
import itertools, sys
from app.client import Client
with Client(sys.argv[1]) as client:
    try:
        for answer in client.stream("ended", itertools.repeat({picture!r})):
            if answer.seq == 3:
                print("running", flush=True)
    except KeyboardInterrupt:
        print("interrupted", flush=True)
print("over", flush=True)
"""


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    with serving('model = "demo"\n', tmp_path_factory.mktemp("service")) as running:
        yield running


@pytest.fixture
def client(service):
    with Client(service.address) as client:
        yield client


def test_calls_answer_and_refuse(client):
    assert client.ready().ready
    assert client.models()[0].default
    assert client.put_stream("calls", {"max_age_ms": 500}).settings["max_age_ms"] == 500
    assert client.patch_stream("calls", {"max_age_ms": None}).settings["max_age_ms"] is None
    assert client.frame("calls", png()).seq == 1
    assert client.tracks("calls", since=1) is None
    assert client.snapshot("calls").startswith(b"\xff\xd8\xff")
    assert client.counts("calls").zones == client.reset_counts("calls").zones == {}
    assert client.reset("calls").epoch == 2
    found = DetectionsMessage(640, 480, [InputDetection((1.0, 1.0, 50.0, 90.0), 0.9)])
    assert len(client.frame_detections("calls", found).tracks) == 1
    assert client.stream_view("calls").accounts.tracked == 2
    assert "calls" in [stream.stream for stream in client.streams()]
    assert client.events(streams="calls", events="reset").items[0].epoch == 2
    client.delete("calls")
    with pytest.raises(NotFound):
        client.delete("calls")


def test_a_loop_over_answers_may_be_left_and_the_stream_used_again(client):
    for answer in client.stream("left", iter(lambda: png(10), None)):
        if answer.seq == 5:
            break
    again = list(client.stream("left", [png(10)] * 3))
    assert [answer.seq for answer in again] == list(range(again[0].seq, again[0].seq + 3))
    assert again[0].seq > 5


def test_detections_files_and_readers(client):
    rows = [InputDetection((10.0, 10.0, 50.0, 90.0), 0.9)]
    answers = list(client.detections("own", (DetectionsMessage(640, 480, rows) for _ in range(10))))
    assert {track.track_id for answer in answers for track in answer.tracks} == {1}
    messages = list(client.track_file("demo:?seed=1&frames=12"))
    assert [message.seq for message in messages] == list(range(1, 13))
    assert messages[-1].tracks
    coming = client.subscribe(streams="own", messages="tracks")
    newest = next(coming)
    coming.close()
    assert isinstance(newest, TracksMessage)
    assert newest.seq == 10


def test_threads_share_one_client(client):
    seen: dict[int, int] = {}

    def send(number: int) -> None:
        seen[number] = len(list(client.stream(f"thread{number}", [png(10)] * 10)))

    threads = [threading.Thread(target=send, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == dict.fromkeys(range(4), 10)


async def test_it_works_where_a_loop_runs_already_as_in_a_notebook(service):
    with Client(service.address) as client:
        assert asyncio.get_running_loop().is_running()
        assert len(list(client.stream("notebook", [png(10)] * 3))) == 3


def test_a_closed_client_says_so_and_may_be_closed_again(service):
    client = Client(service.address)
    client.close()
    client.close()
    with pytest.raises(RuntimeError, match="the client is closed"):
        client.ready()


def test_ctrl_c_ends_a_program_in_good_order(service):
    program = [sys.executable, "-c", ENDLESS.format(picture=png(10)), service.address]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(program, text=True, **pipes) as child:
        assert child.stdout.readline() == "running\n"
        os.kill(child.pid, signal.SIGINT)
        out, err = child.communicate(timeout=60)
    assert (out, err, child.returncode) == ("interrupted\nover\n", "", 0)
    with Client(service.address) as client:
        books = client.stream_view("ended").accounts
    assert books.rejected == 0
