"""The catalogue is replaced by one whose files a server in this process has, so that pulls really happen."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

import models.catalog
from app.cli import catalogue
from models import CATALOG

CONTENT = bytes(range(256)) * 4096


class Files(ThreadingHTTPServer):
    """Serves `content` under every name, from where the client asks; keeps the ranges that were asked for."""

    def __init__(self, content: bytes) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.content = content
        self.ranges: list[str | None] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Answering(BaseHTTPRequestHandler):
    server: Files

    def do_GET(self) -> None:
        asked = self.headers["Range"]
        self.server.ranges.append(asked)
        if "missing" in self.path:
            self.send_error(404)
            return
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
        total = len(self.server.content)
        self.send_response(206 if asked else 200)
        if asked:
            self.send_header("Content-Range", f"bytes {start}-{total - 1}/{total}")
        self.send_header("Content-Length", str(total - start))
        self.end_headers()
        self.wfile.write(self.server.content[start:])

    def log_message(self, format: str, *args: object) -> None: ...


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> Iterator[Files]:
    """A server, and a catalogue in which `small` and `missing` are on it."""
    official = CATALOG["yolox_nano"]
    entries = {
        name: replace(
            official,
            name=name,
            url=f"https://models.invalid/{name}.onnx",
            size_bytes=len(CONTENT),
            sha256=sha256(CONTENT).hexdigest(),
        )
        for name in ("small", "missing")
    }
    for module in (models.catalog, catalogue):
        monkeypatch.setattr(module, "CATALOG", {"demo": CATALOG["demo"], **entries})
    with Files(CONTENT) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def states(trackd) -> dict[str, str]:
    return {entry["name"]: entry["state"] for entry in json.loads(trackd("models", "list", "--json").out)}


def test_the_list_names_every_model_with_state_size_and_licence(trackd) -> None:
    answer = trackd("models", "list")
    assert answer.code == 0
    for word in (
        "demo",
        "bundled",
        "yolox_nano",
        "yolox_tiny",
        "yolox_s",
        "to pull",
        "3.7 MB",
        "416x416",
        "Apache-2.0",
    ):
        assert word in answer.out


def test_a_pulled_model_is_complete_shown_as_here_and_not_fetched_twice(trackd, files: Files, tmp_path: Path) -> None:
    assert states(trackd)["small"] == "to pull"
    answer = trackd("models", "pull", "small", "--mirror", files.url)
    assert answer.code == 0, answer.err
    assert "small: 1.0 of 1.0 MB" in answer.err
    path = tmp_path / "cache" / "models" / "small.onnx"
    assert answer.out == f"small is at {path}\n"
    assert path.read_bytes() == CONTENT
    assert states(trackd)["small"] == "here"
    assert trackd("models", "pull", "small", "--mirror", files.url).out == f"small was at {path}\n"
    assert files.ranges == [None]


def test_a_pull_goes_on_where_it_broke_off(trackd, files: Files, tmp_path: Path) -> None:
    part = tmp_path / "cache" / "models" / "small.onnx.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(CONTENT[: len(CONTENT) // 2])
    assert states(trackd)["small"] == "50 % here"
    assert trackd("models", "pull", "small", "--mirror", files.url, "-q").code == 0
    assert files.ranges == [f"bytes={len(CONTENT) // 2}-"]
    assert states(trackd)["small"] == "here"


def test_a_wrong_file_is_refused_and_leaves_nothing(trackd, files: Files, tmp_path: Path) -> None:
    files.content = CONTENT[::-1]
    answer = trackd("models", "pull", "small", "--mirror", files.url, "-q")
    assert answer.code == 3
    assert "sha256" in answer.err
    assert answer.err.startswith("trackd: error: ")
    assert not list((tmp_path / "cache").rglob("small.onnx*"))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["missing"], "404"),
        (["nope"], "there is no model 'nope': choose demo, small, missing"),
        (["small", "--mirror", "http://127.0.0.1:9"], "cannot reach http://127.0.0.1:9/small.onnx"),
        (["small", "--mirror", "http://example.org"], "only https is allowed"),
    ],
)
def test_a_pull_that_fails_is_one_line_and_exit_code_3(trackd, files: Files, arguments: list[str], says: str) -> None:
    mirror = [] if "--mirror" in arguments else ["--mirror", files.url]
    answer = trackd("models", "pull", *arguments, *mirror, "-q")
    assert (answer.code, answer.out) == (3, "")
    [line] = answer.err.splitlines()
    assert line.startswith("trackd: error: ")
    assert says in line


def test_one_unknown_name_among_several_fetches_nothing(trackd, files: Files) -> None:
    assert trackd("models", "pull", "small", "nope", "--mirror", files.url).code == 3
    assert files.ranges == []


def test_a_model_of_the_wrong_size_is_shown_as_damaged(trackd, files: Files, tmp_path: Path) -> None:
    path = tmp_path / "cache" / "models" / "small.onnx"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"short")
    assert states(trackd)["small"] == "damaged"


def test_the_bundled_model_needs_no_pull(trackd) -> None:
    answer = trackd("models", "pull", "demo")
    assert answer.code == 0
    assert answer.out.startswith("demo was at ")


def test_info_about_a_model_that_is_here_says_how_it_is_read(trackd) -> None:
    answer = trackd("models", "info", "demo", "--json")
    assert answer.code == 0
    facts = json.loads(answer.out)
    assert facts["labels"] == ["person", "car", "cyclist"]
    assert facts["state"] == "bundled"
    assert facts["provider"] == "CPUExecutionProvider"
    assert "person, car, cyclist" in trackd("models", "info", "demo").out


def test_info_about_a_model_that_is_not_here_says_how_to_get_it(trackd) -> None:
    answer = trackd("models", "info", "yolox_s")
    assert answer.code == 0
    assert "fetch it with: trackd models pull yolox_s" in answer.out
    assert "35.9 MB" in answer.out


def test_info_about_no_model_is_exit_code_3(trackd, tmp_path: Path) -> None:
    (tmp_path / "broken.onnx").write_bytes(b"no model at all")
    for name in ("nope", "broken.onnx", "absent.onnx"):
        answer = trackd("models", "info", name)
        assert (answer.code, answer.out) == (3, "")
        assert name in answer.err
