"""One stream: order, overload, books, epochs."""

import asyncio

import numpy as np
import pytest

from app.engine.port import DetectionsIn
from app.errors import FrameDropped, InvalidInput, OutOfOrder, Overloaded, StreamNotFound, TooLarge, WriterConflict
from app.settings import StreamSettings
from app.tracker_settings import TrackerSettings
from tests.engine.scripted import Running, ScriptedDetector, balanced, boxes, frame, reached, settings, until
from tracker import Detections

LOSSLESS = StreamSettings(overload="lossless")


async def test_an_object_keeps_its_id_from_frame_to_frame():
    async with Running() as engine:
        answers = [await engine.submit("cam", frame(x)) for x in (10, 12, 14, 16)]
    assert [[t.track_id for t in a.message.tracks] for a in answers] == [[1]] * 4
    assert [a.message.seq for a in answers] == [1, 2, 3, 4]
    assert answers[-1].message.tracks[0].uid == "cam/1/1"
    assert answers[-1].message.tracks[0].class_name == "person"


async def test_frames_are_tracked_in_the_order_of_their_arrival_however_many_are_sent_at_once():
    async with Running(given=settings(LOSSLESS)) as engine:
        answers = await asyncio.gather(*(engine.submit("cam", frame(10 + n, seq=n)) for n in range(1, 30)))
    assert [a.message.seq for a in answers] == list(range(1, 30))
    assert all(a.message.tracks[0].track_id == 1 for a in answers)


@pytest.mark.parametrize("seq", [3, 4])
async def test_a_frame_before_the_last_is_refused_with_the_number_that_would_be_taken(seq):
    async with Running() as engine:
        for n in range(1, 6):
            await engine.submit("cam", boxes(n, seq=n))
        before = engine.newest("cam")
        with pytest.raises(OutOfOrder) as refusal:
            await engine.submit("cam", boxes(0, seq=seq))
        assert refusal.value.members["expected_seq"] == 6
        assert engine.newest("cam") is before
        assert engine.stream("cam").accounts.rejected == 1
        assert balanced(engine, "cam")


async def test_the_very_same_number_as_the_last_replays_its_answer_and_tracks_nothing():
    async with Running() as engine:
        await engine.submit("cam", boxes(1, seq=1))
        first = await engine.submit("cam", boxes(2, seq=2))
        again = await engine.submit("cam", boxes(300, seq=2))
        assert again.encoded.json() == first.encoded.json()
        books = engine.stream("cam").accounts
        assert (books.received, books.tracked, books.replayed) == (2, 2, 1)


async def test_a_capture_time_that_does_not_go_forward_is_refused():
    async with Running() as engine:
        await engine.submit("cam", boxes(1, capture_ts=5.0))
        for late in (5.0, 4.0):
            with pytest.raises(OutOfOrder):
                await engine.submit("cam", boxes(1, capture_ts=late))
        assert (await engine.submit("cam", boxes(1, capture_ts=5.1))).message.seq == 2


async def test_a_stream_cannot_change_its_clock_within_an_epoch():
    async with Running() as engine:
        await engine.submit("cam", boxes(1))
        with pytest.raises(InvalidInput, match="reset the stream"):
            await engine.submit("cam", boxes(1, capture_ts=9.0))
        await engine.reset_stream("cam")
        await engine.submit("cam", boxes(1, capture_ts=9.0))
        assert balanced(engine, "cam")


async def test_policy_skip_late_counts_a_late_frame_as_dropped_and_says_so_in_the_next_answer():
    async with Running(given=settings(StreamSettings(order="skip_late"))) as engine:
        await engine.submit("cam", boxes(1, seq=5))
        with pytest.raises(FrameDropped) as drop:
            await engine.submit("cam", boxes(1, seq=3))
        assert drop.value.members["reason"] == "late"
        assert (await engine.submit("cam", boxes(1, seq=6))).message.dropped_since_last == 1
        assert engine.stream("cam").accounts.dropped == 1
        assert balanced(engine, "cam")


async def test_policy_latest_gives_up_the_oldest_waiting_frame_and_tells_its_caller():
    detector = ScriptedDetector()
    detector.gate.clear()
    async with Running(detector) as engine:
        sent = [asyncio.ensure_future(engine.submit("cam", frame(x, seq=x))) for x in (1, 2)]
        await reached(detector)
        sent += [asyncio.ensure_future(engine.submit("cam", frame(x, seq=x))) for x in (3, 4, 5)]
        await until(lambda: engine.stream("cam").accounts.received == 5)
        assert engine.stream("cam").accounts.in_flight == 3
        detector.gate.set()
        results = await asyncio.gather(*sent, return_exceptions=True)
        kept = [r.message.seq for r in results if not isinstance(r, Exception)]
        assert kept == [1, 2, 5]
        assert [r.members["reason"] for r in results if isinstance(r, FrameDropped)] == ["superseded"] * 2
        assert [r.message.dropped_since_last for r in (results[0], results[1], results[4])] == [0, 0, 2]
        assert balanced(engine, "cam")
        assert engine.stream("cam").accounts.in_flight == 0


async def test_policy_lossless_refuses_a_frame_when_its_queue_is_full_and_loses_none_that_it_took():
    detector = ScriptedDetector()
    detector.gate.clear()
    async with Running(detector, settings(LOSSLESS, waiting_lossless=4)) as engine:
        sent = [asyncio.ensure_future(engine.submit("cam", frame(x, seq=x))) for x in range(1, 9)]
        await reached(detector)
        detector.gate.set()
        results = await asyncio.gather(*sent, return_exceptions=True)
        assert [r.message.seq for r in results[:6]] == [1, 2, 3, 4, 5, 6]
        assert all(isinstance(r, Overloaded) and r.members["retry_after_s"] for r in results[6:])
        assert balanced(engine, "cam")


async def test_a_frame_whose_detection_failed_may_be_sent_again_under_its_number():
    async with Running() as engine:
        await engine.submit("cam", frame(1, seq=1))
        with pytest.raises(Exception, match="poisoned"):
            await engine.submit("cam", frame(2, seq=2, poisoned=True))
        assert (await engine.submit("cam", frame(2, seq=2))).message.seq == 2
        assert engine.stream("cam").accounts.rejected == 1
        assert balanced(engine, "cam")


async def test_a_caller_that_goes_away_leaves_the_stream_and_its_books_whole():
    detector = ScriptedDetector()
    detector.gate.clear()
    async with Running(detector) as engine:
        gone = asyncio.ensure_future(engine.submit("cam", frame(1, seq=1)))
        await reached(detector)
        gone.cancel()
        detector.gate.set()
        assert (await engine.submit("cam", frame(2, seq=2))).message.seq == 2
        assert engine.stream("cam").accounts.tracked == 2
        assert balanced(engine, "cam")


async def test_a_reset_begins_a_new_epoch_after_what_is_in_flight_with_ids_and_numbers_from_one():
    detector = ScriptedDetector()
    detector.gate.clear()
    async with Running(detector) as engine:
        before = asyncio.ensure_future(engine.submit("cam", frame(1, seq=7)))
        await reached(detector)
        reset = asyncio.ensure_future(engine.reset_stream("cam"))
        await asyncio.sleep(0)
        after = asyncio.ensure_future(engine.submit("cam", frame(1, seq=1)))
        detector.gate.set()
        assert ((await before).message.epoch, (await before).message.seq) == (1, 7)
        assert ((await after).message.epoch, (await after).message.seq) == (2, 1)
        assert (await after).message.tracks[0].uid == "cam/2/1"
        assert (await reset).epoch == 2


async def test_new_thresholds_take_effect_at_once_and_tracks_live_on():
    async with Running() as engine:
        for x in (10, 12):
            await engine.submit("cam", boxes(x))
        engine.patch_stream("cam", {"tracker": {"track_thresh": 0.95, "det_thresh": 1.0}})
        answer = await engine.submit("cam", boxes(14))
        assert [t.track_id for t in answer.message.tracks] == [1]
        assert answer.detection_rows()[0].outcome == "matched_low"


async def test_a_class_filter_knows_names_and_numbers_and_refuses_what_nobody_knows():
    async with Running() as engine:
        engine.put_stream("cam", StreamSettings(classes=("car",)))
        assert (await engine.submit("cam", frame(1))).message.tracks == []
        engine.put_stream("cam", StreamSettings(classes=(0,)))
        with pytest.raises(InvalidInput, match="bicycle"):
            engine.patch_stream("cam", {"classes": ["bicycle"]})
        assert engine.stream("cam").settings.classes == (0,)


async def test_rows_count_in_the_detections_as_sent_also_when_some_classes_are_not_kept():
    two = Detections(
        np.array([[0.0, 0.0, 40.0, 80.0], [200.0, 0.0, 240.0, 80.0]]), np.array([0.9, 0.8]), np.array([0, 1])
    )
    async with Running() as engine:
        engine.put_stream("cam", StreamSettings(classes=(1,)))
        answer = await engine.submit("cam", DetectionsIn(two, 640, 480))
        assert [(t.track_id, t.class_id, t.detection_index) for t in answer.message.tracks] == [(1, 1, 1)]
        assert [(row.outcome, row.track_id) for row in answer.detection_rows()] == [
            ("class_not_kept", None),
            ("born", 1),
        ]


async def test_contradicting_thresholds_are_refused_with_a_pointer_and_change_nothing():
    async with Running() as engine:
        engine.put_stream("cam", StreamSettings(tracker=TrackerSettings(track_thresh=0.6)))
        with pytest.raises(InvalidInput) as refusal:
            engine.patch_stream("cam", {"tracker": {"track_thresh": 1.5}})
        assert refusal.value.members["errors"][0]["pointer"] == "/tracker/track_thresh"
        assert engine.stream("cam").settings.tracker.track_thresh == 0.6


async def test_a_preset_moves_what_was_not_given_and_gives_it_back_while_tracks_live_on():
    one = Detections(np.array([[0.0, 0.0, 40.0, 80.0]]), np.array([0.9]), np.array([0]))
    async with Running() as engine:
        engine.put_stream("cam", StreamSettings(tracker=TrackerSettings(lost_buffer=7)))
        await engine.submit("cam", DetectionsIn(one, 640, 480))
        tracker = engine.patch_stream("cam", {"tracker": {"preset": "accurate"}}).settings.tracker
        assert (tracker.track_thresh, tracker.box_state, tracker.lost_buffer) == (0.6, "xywh_height", 7)
        answer = await engine.submit("cam", DetectionsIn(one, 640, 480))
        assert [track.track_id for track in answer.message.tracks] == [1]
        tracker = engine.patch_stream("cam", {"tracker": {"preset": None}}).settings.tracker
        assert (tracker.track_thresh, tracker.box_state, tracker.lost_buffer) == (0.5, "xyah", 7)
        answer = await engine.submit("cam", DetectionsIn(one, 640, 480))
        assert [track.track_id for track in answer.message.tracks] == [1]


async def test_a_track_that_coasts_has_no_detection_even_where_classes_are_left_out():
    seen = Detections(np.array([[0.0, 0.0, 40.0, 80.0]]), np.array([0.9]), np.array([1]))
    other = Detections(np.array([[300.0, 0.0, 340.0, 80.0]]), np.array([0.9]), np.array([0]))
    async with Running() as engine:
        engine.put_stream("cam", StreamSettings(classes=(1,), tracker=TrackerSettings(coast=1)))
        for _ in range(4):
            await engine.submit("cam", DetectionsIn(seen, 640, 480))
        answer = await engine.submit("cam", DetectionsIn(other, 640, 480))
        assert [(track.track_id, track.detection_index) for track in answer.message.tracks] == [(1, -1)]


async def test_a_second_writer_is_refused_until_the_first_has_left():
    async with Running() as engine:
        first = engine.attach_writer("cam")
        with pytest.raises(WriterConflict):
            engine.attach_writer("cam")
        first.close()
        engine.attach_writer("cam").close()


async def test_a_deleted_stream_drops_what_waits_and_is_gone():
    detector = ScriptedDetector()
    detector.gate.clear()
    async with Running(detector) as engine:
        sent = [asyncio.ensure_future(engine.submit("cam", frame(x, seq=x))) for x in (1, 2, 3)]
        await reached(detector)
        await engine.delete_stream("cam")
        results = await asyncio.gather(*sent, return_exceptions=True)
        assert [r.members["reason"] for r in results] == ["closed"] * 3
        with pytest.raises(StreamNotFound):
            engine.stream("cam")


async def test_an_image_over_the_limit_is_refused_before_it_takes_anybodys_place():
    async with Running(given=settings(image_bytes=100)) as engine:
        from app.engine.port import FrameIn

        with pytest.raises(TooLarge) as refusal:
            await engine.submit("cam", FrameIn(data=b"\xff\xd8\xff" + bytes(98)))
        assert refusal.value.members["limit"] == 100
        assert engine.stream("cam").next_seq == 1
        assert balanced(engine, "cam")


def test_the_preset_that_was_measured_with_the_cameras_motion_brings_it_unless_told_otherwise():
    accurate = TrackerSettings(preset="accurate")
    assert StreamSettings(tracker=accurate).camera_motion
    assert not StreamSettings(tracker=accurate, camera_motion=False).camera_motion
    assert not StreamSettings().camera_motion
    assert "camera_motion" not in StreamSettings(tracker=accurate).model_dump(exclude_unset=True)
