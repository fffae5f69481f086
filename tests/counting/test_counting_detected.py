"""Counts of a demo street as the bundled detector and the tracker see it, against the exact truth."""

from app.counting.counter import Counter
from app.counting_settings import CountingSettings
from app.sources.demo import DemoCamera
from models import load_detector
from tests.counting.truth import Exact, feet
from tracker import ByteTrackConfig, ByteTracker

WIDTH, HEIGHT, FPS, FRAMES = 320, 180, 10.0, 110
BAND = [(125, 0), (200, 0), (200, HEIGHT), (125, HEIGHT)]
LINE = ((162, 30), (162, HEIGHT))


def test_a_street_that_is_detected_and_tracked_is_counted_as_it_truly_was_but_for_two():
    """Over 900 frames of six streets 4 of 179 crossings differ: two who are seen as one, or hidden for longer than the
    tracker waits."""
    camera = DemoCamera(seed=3, width=WIDTH, height=HEIGHT, frame_rate=FPS)
    detector, exact = load_detector("demo", "cpu"), Exact(BAND, *LINE)
    tracker = ByteTracker(ByteTrackConfig(track_thresh=0.7, emit="detection", frame_rate=FPS))
    zone, line = {"points": BAND, "unit": "pixels"}, {"start": LINE[0], "end": LINE[1], "unit": "pixels"}
    counter = Counter(CountingSettings.model_validate({"zones": {"band": zone}, "lines": {"line": line}}), 1.1)
    for index in range(FRAMES):
        truth, pts = camera.truth(index), index / FPS
        exact.see(dict(zip(truth.object_id.tolist(), feet(truth.xyxy, WIDTH, HEIGHT), strict=True)))
        (found,) = detector.detect([camera.frame(index)])
        counter.update(tracker.update(found, pts), index + 1, pts, (WIDTH, HEIGHT), detector.info.labels)
    detector.close()
    band, crossed = counter.zones["band"], counter.lines["line"]
    told = band.entered, band.exited, crossed.forward, crossed.backward
    true = exact.entered, exact.exited, exact.forward, exact.backward
    assert sum(true) >= 40
    assert max(abs(a - b) for a, b in zip(told, true, strict=True)) <= 2, (told, true)
