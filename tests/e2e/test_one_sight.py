"""However a stream looks at its pictures, the command line, REST and WebSocket tell the same."""

import json

import httpx
import pytest

from app.imaging.draw import encode_jpeg
from app.sources.demo import DemoCamera
from benchmarks.serving import serving
from tests.e2e.clients import config, over_rest, over_websocket, run_cli

LOOKING = """
[stream]
overload = "lossless"
[stream.detection]
every = 2
tiles = "2x1"
overlap = 0.25
merge = "weighted"
region = [[0.0, 0.3], [0.9, 0.3], [0.9, 1.0], [0.0, 1.0]]
region_unit = "fractions"
scores = { person = 0.3 }
"""
FRAMES = 24


@pytest.fixture(scope="module")
def pictures():
    camera = DemoCamera(seed=4)
    return [encode_jpeg(camera.frame(index), quality=95) for index in range(FRAMES)]


def told(messages):
    """What does not depend on the way the frame came. A file counts the detections that were tracked, a service all."""
    return [
        (
            message.get("predicted", False),
            [(t["track_id"], *t["bbox"], t["class"], t["score"]) for t in message["tracks"]],
        )
        for message in messages
    ]


def test_region_tiles_scores_and_every_second_frame_are_the_same_everywhere(tmp_path, pictures):
    folder = tmp_path / "frames"
    folder.mkdir()
    for number, picture in enumerate(pictures, 1):
        (folder / f"{number:06}.jpg").write_bytes(picture)
    settings = tmp_path / "looking.toml"
    settings.write_text(config(more=LOOKING))
    done = run_cli("track", folder, "--config", settings, "--json", tmp_path / "out.jsonl", "--quiet")
    assert done.returncode == 0, done.stderr
    expected = told([json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()])
    with serving(config(more=LOOKING), tmp_path) as service:
        assert told(over_rest(service, "rest", pictures)) == expected
        assert told(over_websocket(service, "socket", pictures)) == expected
        answer = changed_while_it_runs(service.address, pictures[0])
    assert [predicted for predicted, _ in expected] == [bool(index % 2) for index in range(FRAMES)]
    assert all(tracks for _, tracks in expected[2:])
    kinds = {row["outcome"] for row in answer["detections"]}
    assert "below_class_score" in kinds
    assert "outside_region" not in kinds


def changed_while_it_runs(address, picture):
    """The answer after the stream was told to look at everything, and to believe nobody who is said to be a person."""
    with httpx.Client(base_url=address, timeout=30) as client:
        change = {"detection": {"every": None, "tiles": None, "region": None, "scores": {"person": 1.0}}}
        shown = client.patch("/v1/streams/rest", json=change).raise_for_status().json()
        assert shown["settings"]["detection"]["region"] is None
        refusal = client.patch("/v1/streams/rest", json={"detection": {"region": [[0, 0], [1, 1]]}})
        assert refusal.status_code == 422
        assert refusal.json()["errors"][0]["pointer"] == "/detection/region"
        answer = client.post("/v1/streams/rest/frames", params={"detections": 1}, content=picture)
        assert "predicted" not in answer.json()
        return answer.raise_for_status().json()
