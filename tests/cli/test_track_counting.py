"""`trackd track --zones --events`: the counts of a run, the same as the service's."""

import json

import cv2
import pytest

from app.sources import open_source
from models import load_detector
from tests.api.live_service import serving

SOURCE = "demo:?seed=4&frames=75&width=320&height=180&fps=15"
COUNTING = {
    "zones": {"walk": {"points": [[0.3, 0.3], [0.7, 0.3], [0.7, 1], [0.3, 1]], "dwell_s": 1.0}},
    "lines": {"gate": {"start": [0.5, 0.2], "end": [0.5, 1]}},
}
TOML = """
[zones.walk]
points = [[0.3, 0.3], [0.7, 0.3], [0.7, 1.0], [0.3, 1.0]]
dwell_s = 1.0

[lines.gate]
start = [0.5, 0.2]
end = [0.5, 1.0]
"""


def lines_of(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_run_tells_its_counts_in_messages_events_video_and_summary(trackd, tmp_path):
    (tmp_path / "zones.toml").write_text(TOML)
    told = trackd("track", SOURCE, "--zones", "zones.toml", "--json", "o.jsonl", "--events", "e.jsonl", "-o", "v.mp4")
    assert told.code == 0, told.err
    last, events = lines_of(tmp_path / "o.jsonl")[-1]["counts"], lines_of(tmp_path / "e.jsonl")
    crossed = sum(event["event"] == "line_cross" for event in events)
    gate, walk = last["lines"]["gate"], last["zones"]["walk"]
    assert gate["forward"] + gate["backward"] == crossed
    assert crossed >= 1
    ways = [event["event"] for event in events if event.get("zone") == "walk" and not event["detail"]]
    assert (ways.count("zone_enter"), ways.count("zone_exit")) == (walk["entered"], walk["exited"])
    assert f"zone walk  {walk['occupancy']} in it, {walk['entered']} entered, {walk['exited']} exited" in told.out
    assert f"{gate['forward']} forward, {gate['backward']} backward" in told.out
    assert (tmp_path / "v.mp4").stat().st_size > 1000


async def test_a_run_counts_what_the_service_counts_of_the_same_pictures(trackd, tmp_path):
    (tmp_path / "zones.json").write_text(json.dumps({"counting": COUNTING}))
    assert trackd("track", SOURCE, "--zones", "zones.json", "--json", "o.jsonl", "-q").code == 0
    async with serving(detector=load_detector("demo", "cpu")) as service:
        settings = {"counting": COUNTING, "overload": "lossless", "tracker": {"frame_rate": 15}}  # as the source says
        await service.http.put("/v1/streams/demo", json=settings)
        for offline, frame in zip(lines_of(tmp_path / "o.jsonl"), open_source(SOURCE), strict=True):
            picture = cv2.imencode(".png", frame.image)[1].tobytes()
            headers = {"Frame-Seq": str(frame.seq), "Capture-Timestamp": str(frame.pts_s)}
            answer = await service.http.post("/v1/streams/demo/frames", content=picture, headers=headers)
            assert answer.json()["counts"] == offline["counts"]
    assert offline["counts"]["lines"]["gate"] != {"forward": 0, "backward": 0, "by_class": {}}


@pytest.mark.parametrize(
    ("text", "name", "reason"),
    [
        ("zones = 3", "z.toml", "zones: it must be a table"),
        ("[zones.a]\npoints = [[0,0],[1,1],[1,0],[0,1]]", "z.toml", "zones.a: the edge from"),
        ("{", "z.json", "is no JSON"),
        ("{", "z.toml", "is no TOML"),
        ("", "z.toml", "names no zone"),
        ("[lines.l]\nstart=[0,0.5]\nend=[1,0.5]\nclasses=['unicorn']", "z.toml", "lines.l.classes: unknown class"),
    ],
)
def test_a_file_that_cannot_be_counted_by_is_refused_in_one_line(trackd, tmp_path, text, name, reason):
    (tmp_path / name).write_text(text)
    told = trackd("track", SOURCE, "--zones", name)
    assert told.code == 2
    assert reason in told.err
    assert len(told.err.strip().splitlines()) == 1


def test_a_file_that_is_not_there_is_refused(trackd):
    told = trackd("track", SOURCE, "--zones", "none.toml")
    assert told.code == 2
    assert "cannot read none.toml" in told.err
