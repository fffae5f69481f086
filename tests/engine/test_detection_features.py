"""What a stream's settings say of how its pictures are looked at."""

import asyncio
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from app.engine.port import DetectionsIn, FrameIn
from app.errors import InvalidInput
from app.imaging.draw import encode_jpeg
from app.settings import StreamSettings
from models import Abort
from tests.engine.scripted import Running, ScriptedDetector, balanced, boxes, frame, reached
from tracker import Detections

SIZE = (640, 480)


class MarkDetector(ScriptedDetector):
    """Finds a box of 20 x 20 on every white pixel of a black picture, a car where it is not quite white."""

    def detect(
        self,
        images: Sequence[NDArray[np.uint8]],
        sizes: Sequence[tuple[int, int]] | None = None,
        abort: Abort | None = None,
    ) -> list[Detections]:
        super().detect(images, sizes, abort)
        return [self._marks(image) for image in images]

    def _marks(self, image: NDArray[np.uint8]) -> Detections:
        rows, columns = np.nonzero(image[..., 1] > 200)
        centre = np.column_stack([columns, rows]).astype(np.float64) + 0.5
        score = image[rows, columns, 1] / 256
        return Detections(np.hstack([centre - 10, centre + 10]), score, (score < 0.9).astype(np.int64))


def marked(*points: tuple[int, int], green: int = 255) -> NDArray[np.uint8]:
    image = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
    for x, y in points:
        image[y, x, 1] = green
    return image


def marks_of(answer) -> list[tuple[float, float, str, str | None]]:
    return [
        ((row.bbox[0] + row.bbox[2]) / 2, (row.bbox[1] + row.bbox[3]) / 2, row.outcome, row.reason)
        for row in sorted(answer.detection_rows(), key=lambda row: row.bbox)
    ]


def stream(**detection: object) -> StreamSettings:
    return StreamSettings.model_validate({"detection": detection})


MARKS = ((50, 50), (320, 240), (600, 400))


async def test_tiles_find_in_every_place_what_the_whole_finds_there():
    async with Running(MarkDetector()) as engine:
        engine.put_stream("cam", stream(tiles="3x2"))
        answer = await engine.submit("cam", FrameIn(image=marked(*MARKS)))
        assert [mark[:2] for mark in marks_of(answer)] == [(x + 0.5, y + 0.5) for x, y in MARKS]


async def test_the_tiles_of_a_frame_are_looked_at_in_one_call():
    detector = MarkDetector()
    async with Running(detector) as engine:
        engine.put_stream("cam", stream(tiles="3x2"))
        await engine.submit("cam", FrameIn(image=marked(*MARKS)))
        assert [len(batch) for batch in detector.batches] == [7]


async def test_only_the_region_is_looked_at_and_what_lies_around_it_is_told_apart():
    async with Running(MarkDetector()) as engine:
        engine.put_stream("cam", stream(region=[[200, 100], [500, 100], [200, 400]]))
        answer = await engine.submit("cam", FrameIn(image=marked((50, 50), (260, 160), (480, 390))))
        assert marks_of(answer) == [
            (260.5, 160.5, "born", None),
            (480.5, 390.5, "outside_region", "outside the stream's region"),
        ]
        assert [track.detection_index for track in answer.message.tracks] == [
            [row.outcome for row in answer.detection_rows()].index("born")
        ]


async def test_a_region_in_fractions_fits_every_picture():
    async with Running(MarkDetector()) as engine:
        engine.put_stream("cam", stream(region=[0.5, 0.5, 1, 1], region_unit="fractions"))
        answer = await engine.submit("cam", FrameIn(image=marked(*MARKS)))
        assert [mark[:2] for mark in marks_of(answer)] == [(320.5, 240.5), (600.5, 400.5)]


async def test_a_region_that_the_picture_does_not_show_is_that_frames_error_alone():
    async with Running(MarkDetector()) as engine:
        engine.put_stream("cam", stream(region=[700, 0, 900, 200]))
        with pytest.raises(InvalidInput, match="not inside the picture of 640 x 480 pixels"):
            await engine.submit("cam", FrameIn(image=marked(*MARKS), seq=1))
        with pytest.raises(InvalidInput, match="not inside the picture of 640 x 480 pixels"):
            await engine.submit("cam", boxes(3, seq=1))
        wide = np.zeros((480, 1000, 3), np.uint8)
        assert (await engine.submit("cam", FrameIn(image=wide, seq=1))).message.seq == 1
        assert balanced(engine, "cam")


async def test_a_class_needs_the_score_that_is_asked_of_it():
    two = Detections(
        np.array([[0.0, 0.0, 40.0, 80.0], [200.0, 0.0, 240.0, 80.0]]), np.array([0.7, 0.7]), np.array([0, 1])
    )
    async with Running() as engine:
        engine.put_stream("cam", stream(scores={"person": 0.8, "1": 0.6}))
        answer = await engine.submit("cam", DetectionsIn(two, *SIZE))
        told = [(row.outcome, row.reason) for row in answer.detection_rows()]
        assert told == [("below_class_score", "score at or below what the stream asks of this class"), ("born", None)]
        engine.patch_stream("cam", {"detection": {"scores": {"person": None}}})
        assert engine.stream("cam").settings.detection.scores == {"1": 0.6}
        answer = await engine.submit("cam", DetectionsIn(two, *SIZE))
        assert [row.outcome for row in answer.detection_rows()] == ["born", "matched_high"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"scores": {"dragon": 0.5}}, "/detection/scores/dragon"),
        ({"scores": {"a/b": 0.5}}, "/detection/scores/a~1b"),
        ({"scores": {"person": 1.5}}, "/detection/scores/person"),
        ({"region": [[0, 0], [1, 1]]}, "/detection/region"),
        ({"region": [9, 0, 3, 5]}, "/detection/region"),
        ({"region": [2, 2, 3, 3], "region_unit": "fractions"}, "/detection/region"),
        ({"tiles": "3by2"}, "/detection/tiles"),
        ({"tiles": "9x9"}, "/detection/tiles"),
        ({"overlap": 0.95}, "/detection/overlap"),
        ({"every": 31}, "/detection/every"),
        ({"evry": 3}, "/detection/evry"),
    ],
)
async def test_what_makes_no_sense_is_refused_with_its_place_and_changes_nothing(change, pointer):
    async with Running() as engine:
        engine.put_stream("cam", stream(every=2))
        with pytest.raises(InvalidInput) as refusal:
            engine.patch_stream("cam", {"detection": change})
        assert refusal.value.members["errors"][0]["pointer"] == pointer
        assert engine.stream("cam").settings.detection.every == 2


async def test_settings_of_detection_change_while_the_stream_runs():
    detector = MarkDetector()
    async with Running(detector) as engine:
        await engine.submit("cam", FrameIn(image=marked(*MARKS)))
        engine.patch_stream("cam", {"detection": {"tiles": "2x2", "whole": False}})
        await engine.submit("cam", FrameIn(image=marked(*MARKS)))
        engine.patch_stream("cam", {"detection": {"tiles": None}})
        answer = await engine.submit("cam", FrameIn(image=marked(*MARKS)))
        assert [len(batch) for batch in detector.batches] == [1, 4, 1]
        assert [track.track_id for track in answer.message.tracks] == [1, 2, 3]


async def test_a_picture_is_decoded_as_large_as_its_tiles_need():
    class Recording(ScriptedDetector):
        def input_size_for(self, width: int, height: int) -> tuple[int, int]:
            scale = 64 / max(width, height)
            return max(1, int(width * scale)), max(1, int(height * scale))

        def detect(self, images, sizes=None, abort=None):
            self.shapes = [image.shape[:2] for image in images]
            return super().detect(images, sizes, abort)

    detector = Recording()
    async with Running(detector) as engine:
        data = encode_jpeg(np.zeros((512, 1024, 3), np.uint8))
        await engine.submit("cam", FrameIn(data=data))
        assert detector.shapes == [(64, 128)]
        engine.patch_stream("cam", {"detection": {"tiles": "8x4", "overlap": 0, "whole": True}})
        await engine.submit("cam", FrameIn(data=data))
        assert detector.shapes == [(64, 64)] * 32 + [(256, 512)]


async def test_every_kth_frame_is_looked_at_and_those_between_are_predicted():
    detector = ScriptedDetector()
    async with Running(detector) as engine:
        engine.put_stream("cam", stream(every=3))
        answers = [await engine.submit("cam", frame(10 + 2 * n, seq=n + 1, capture_ts=n / 30)) for n in range(10)]
        assert [batch[0] for batch in detector.batches] == [10, 16, 22, 28]
        assert [answer.message.predicted is True for answer in answers] == [False, True, True] * 3 + [False]
        assert {track.track_id for answer in answers for track in answer.message.tracks} == {1}
        assert all(len(answer.message.tracks) == 1 for answer in answers)
        between = answers[7].message.tracks[0]
        assert between.detection_index == -1
        assert answers[6].message.tracks[0].bbox[0] < between.bbox[0] < answers[9].message.tracks[0].bbox[0]
        assert answers[7].detection_rows() == []
        books = engine.stream("cam").accounts
        assert (books.received, books.tracked) == (10, 10)


async def test_a_new_object_is_confirmed_although_frames_between_show_nothing_of_it():
    two = ScriptedDetector()
    async with Running(two) as engine:
        engine.put_stream("cam", stream(every=2))
        for _ in range(2):
            await engine.submit("cam", frame(10))
        late = [await engine.submit("cam", frame(150)) for _ in range(6)]
        shown = [[track.track_id for track in answer.message.tracks] for answer in late]
        assert shown == [[], [], [2], [2], [2], [2]]


async def test_a_predicted_frame_needs_no_detector():
    detector = ScriptedDetector()
    async with Running(detector) as engine:
        engine.put_stream("cam", stream(every=2))
        await engine.submit("cam", frame(1))
        detector.gate.clear()
        answer = await engine.submit("cam", frame(2))
        assert answer.message.predicted is True
        assert len(detector.batches) == 1
        counts = engine.metrics().decode()
        assert 'trackd_stage_seconds_count{stage="detect"} 1.0' in counts
        assert 'trackd_stage_seconds_count{stage="track"} 2.0' in counts


async def test_the_first_frame_of_an_epoch_is_always_looked_at():
    detector = ScriptedDetector()
    async with Running(detector) as engine:
        engine.put_stream("cam", stream(every=5))
        for _ in range(2):
            await engine.submit("cam", frame(1))
        await engine.reset_stream("cam")
        answer = await engine.submit("cam", frame(2))
        assert answer.message.predicted is not True
        assert len(detector.batches) == 2


async def test_the_frame_after_one_that_failed_is_looked_at():
    detector = ScriptedDetector()
    async with Running(detector) as engine:
        engine.put_stream("cam", stream(every=4))
        with pytest.raises(Exception, match="poisoned"):
            await engine.submit("cam", frame(1, poisoned=True))
        answer = await engine.submit("cam", frame(2))
        assert answer.message.predicted is not True
        assert balanced(engine, "cam")


async def test_detections_that_are_posted_are_all_tracked_whatever_the_setting_says():
    async with Running() as engine:
        engine.put_stream("cam", stream(every=3, tiles="2x2"))
        answers = [await engine.submit("cam", boxes(10 + n)) for n in range(4)]
        assert [answer.message.tracks[0].detection_index for answer in answers] == [0, 0, 0, 0]


async def test_predicted_frames_keep_their_place_behind_a_frame_that_is_looked_at():
    detector = ScriptedDetector()
    async with Running(detector) as engine:
        engine.put_stream("cam", StreamSettings.model_validate({"overload": "lossless", "detection": {"every": 3}}))
        await engine.submit("cam", frame(1))
        detector.gate.clear()
        sent = [asyncio.ensure_future(engine.submit("cam", frame(n))) for n in (2, 3, 4, 5)]
        await reached(detector)
        await reached(detector)
        assert not sent[2].done()
        detector.gate.set()
        answers = await asyncio.gather(*sent)
        assert [answer.message.seq for answer in answers] == [2, 3, 4, 5]
        assert [answer.message.predicted is True for answer in answers] == [True, True, False, True]
        assert balanced(engine, "cam")
