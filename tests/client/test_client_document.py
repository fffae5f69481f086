"""What the document of the client shows runs as it stands there."""

import re

from app.client import Client
from benchmarks.machine import REPOSITORY
from benchmarks.serving import serving
from tests.client.street_video import write_street_video

DOCUMENT = (REPOSITORY / "docs" / "client.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", DOCUMENT, flags=re.DOTALL | re.MULTILINE)


def test_the_programs_of_the_document_run_one_after_the_other(tmp_path, monkeypatch, capsys):
    write_street_video(tmp_path / "street.mp4", 20)
    monkeypatch.chdir(tmp_path)
    said = []
    with serving('model = "demo"\n', tmp_path) as service:
        for block in BLOCKS:
            program = block.replace("http://127.0.0.1:8000", service.address)
            assert program != block
            exec(compile(program, "docs/client.md", "exec"), {"__name__": "document"})
            said.append(capsys.readouterr().out)
    assert len(said[0].splitlines()) == len(said[1].splitlines()) == 20
    assert "missed: 0" in said[2]
    assert said[3].startswith("422 ")
    assert "/problems/no-such-stream" in said[3]


def test_every_method_that_the_document_names_exists():
    named = re.findall(r"`client\.([a-z_]+)", DOCUMENT) + re.findall(r"`([a-z]+_[a-z_]+)`", DOCUMENT)
    known = set(dir(Client)) | {"track_id", "timeout_s", "reconnect_s", "retry_after_s"}
    assert len(named) > 10
    assert set(named) <= known
