"""The same pictures give the same tracks, whichever way they come: command line, REST, WebSocket."""

import json

import numpy as np
import pytest

from app.cli.demonstration import DEMO_TRACKER, demo_truth
from app.imaging.draw import encode_jpeg
from app.scoring import score
from app.sources import open_source
from app.sources.demo import CLASSES, DemoCamera
from benchmarks.serving import serving
from tests.e2e.clients import LOSSLESS, config, over_rest, over_websocket, run_cli, what_was_tracked

FRAMES = 300
SEED = 1


@pytest.fixture(scope="module")
def demo_pictures():
    camera = DemoCamera(seed=SEED)
    return [encode_jpeg(camera.frame(index), quality=95) for index in range(FRAMES)]


def written(folder, pictures):
    folder.mkdir()
    for number, picture in enumerate(pictures, 1):
        (folder / f"{number:06}.jpg").write_bytes(picture)
    return folder


def cli_messages(folder, model, out):
    done = run_cli("track", folder, "--model", model, "--json", out, "--quiet")
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in out.read_text().splitlines()]


def test_a_folder_tracked_by_the_command_line_equals_the_same_bytes_over_rest_and_websocket(tmp_path, demo_pictures):
    pictures = demo_pictures[:60]
    expected = what_was_tracked(cli_messages(written(tmp_path / "frames", pictures), "demo", tmp_path / "out.jsonl"))
    with serving(config(), tmp_path) as service:
        rest = over_rest(service, "rest", pictures)
        socket = over_websocket(service, "socket", pictures)
    assert sum(map(len, expected)) > 60
    assert what_was_tracked(rest) == expected
    assert what_was_tracked(socket) == expected
    assert [message["seq"] for message in socket] == list(range(1, 61))


def test_the_demo_camera_through_the_whole_service_scores_at_least_80_hota(tmp_path, demo_pictures):
    tuned = LOSSLESS + "[stream.tracker]\n" + "".join(f"{k} = {json.dumps(v)}\n" for k, v in DEMO_TRACKER.items())
    with serving(config(more=tuned), tmp_path) as service:
        answers = over_websocket(service, "demo", demo_pictures)
    assert len(answers) == FRAMES
    result = score(demo_truth(SEED, FRAMES), [Columns(message) for message in answers])
    assert result.hota >= 0.80, result
    assert result.switches <= result.objects, result


def test_a_real_video_as_jpegs_gives_the_identities_of_the_command_line(tmp_path, shared):
    video = shared / "videos" / "one-by-one-person-detection.mp4"
    model = shared / "onnx" / "yolox_nano_416.onnx"
    with open_source(video) as source:
        pictures = [encode_jpeg(frame.image, quality=95) for frame, _ in zip(source, range(150), strict=False)]
    folder = written(tmp_path / "frames", pictures)
    expected = what_was_tracked(cli_messages(folder, model, tmp_path / "out.jsonl"))
    with serving(config(model), tmp_path) as service:
        socket = over_websocket(service, "socket", pictures)
        rest = over_rest(service, "rest", pictures[:40])
    assert any(expected)
    assert what_was_tracked(socket) == expected
    assert what_was_tracked(rest) == expected[:40]


class Columns:
    """A frame's answer as the columns that are scored."""

    def __init__(self, message):
        rows = message["tracks"]
        self.track_id = np.array([row["track_id"] for row in rows], np.int64)
        self.xyxy = np.array([row["bbox"] for row in rows], np.float64).reshape(-1, 4)
        self.class_id = np.array([CLASSES.index(row["class"]) for row in rows], np.int64)
