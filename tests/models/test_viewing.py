"""Pictures looked at in several views."""

from collections.abc import Sequence

import cv2
import numpy as np
import pytest

from models import Abort, ModelInfo
from models.region import Region, RegionError
from models.tiling import Tiling, View
from models.viewing import Sight, cover, cut, detect_in_views
from tracker import Detections

SIDE = 64


class SpotDetector:
    """Finds bright spots of at least two pixels of its input, which is 64 x 64."""

    info = ModelInfo(
        name="spots", head="none", input=(SIDE, SIDE), runs_at=(SIDE, SIDE), labels=("spot",), device="cpu",
        provider="CPU", batch_limit=None, sha256="0" * 64, size_bytes=0, colour="bgr", fit="top-left",
    )  # fmt: skip

    def __init__(self) -> None:
        self.calls: list[int] = []

    def detect(
        self, images: Sequence[np.ndarray], sizes: Sequence[tuple[int, int]] | None = None, abort: Abort | None = None
    ) -> list[Detections]:
        assert sizes is not None
        self.calls.append(len(images))
        return [self._spots(image, size) for image, size in zip(images, sizes, strict=True)]

    def input_size_for(self, width: int, height: int) -> tuple[int, int]:
        scale = min(SIDE / width, SIDE / height)
        return max(1, int(width * scale)), max(1, int(height * scale))

    def close(self) -> None: ...

    def _spots(self, image: np.ndarray, size: tuple[int, int]) -> Detections:
        inner = self.input_size_for(*size)
        small = cv2.resize(image[..., 0], inner, interpolation=cv2.INTER_AREA)
        found = cv2.connectedComponentsWithStats((small > 150).astype(np.uint8))[2][1:, :4].astype(np.float64)
        found = found[(found[:, 2:] >= 2).all(axis=1)]
        found[:, 2:] += found[:, :2]
        found *= np.tile(np.array(size) / inner, 2)
        return Detections(found, np.full(len(found), 0.9), np.zeros(len(found), np.int64))


def picture(*spots: tuple[int, int], size: tuple[int, int] = (512, 256), side: int = 8) -> np.ndarray:
    image = np.zeros((size[1], size[0], 3), np.uint8)
    for x, y in spots:
        image[y : y + side, x : x + side] = 255
    return image


SPOTS = ((16, 16), (240, 120), (300, 200), (440, 40))
TILED = Sight(tiling=Tiling(tiles=(8, 4), overlap=0.4))


def test_small_objects_that_the_whole_picture_loses_are_found_in_tiles():
    detector, image = SpotDetector(), picture(*SPOTS)
    [plain] = detect_in_views(detector, [image], None, Sight())
    [tiled] = detect_in_views(detector, [image], None, TILED)
    assert len(plain) == 0
    corners = tiled.xyxy[np.argsort(tiled.xyxy[:, 0]), :2]
    np.testing.assert_allclose(corners, SPOTS, atol=3)


def test_the_views_of_all_pictures_go_to_the_detector_together():
    detector = SpotDetector()
    found = detect_in_views(detector, [picture(spot) for spot in SPOTS[:3]], None, TILED)
    assert detector.calls == [3 * 33]
    assert [len(each) for each in found] == [1, 1, 1]


def test_without_region_and_tiles_the_detector_sees_the_picture_as_it_is():
    detector, image = SpotDetector(), picture((100, 100), side=60)
    [direct] = detector.detect([image], [(512, 256)])
    [viewed] = detect_in_views(detector, [image], None, Sight())
    assert viewed.xyxy.tolist() == direct.xyxy.tolist()
    assert len(viewed) == 1


def test_only_the_region_is_looked_at_and_with_more_pixels():
    region = Region(points=((200, 100), (320, 100), (320, 220), (200, 220)))
    [found] = detect_in_views(SpotDetector(), [picture(*SPOTS)], None, Sight(region=region))
    assert sorted(found.xyxy[:, 0].round().tolist()) == pytest.approx([240, 300], abs=3)


def test_pictures_of_several_sizes_may_come_together():
    pictures = [picture(SPOTS[0]), picture((100, 500), size=(300, 900), side=24)]
    first, second = detect_in_views(SpotDetector(), pictures, None, TILED)
    assert first.xyxy[0, :2] == pytest.approx(SPOTS[0], abs=3)
    assert second.xyxy[0, :2] == pytest.approx((100, 500), abs=8)


def test_a_picture_that_does_not_show_the_region_is_refused_before_the_detector_runs():
    detector = SpotDetector()
    region = Region(points=((1000, 0), (1200, 0), (1200, 200)))
    with pytest.raises(RegionError, match="512 x 256"):
        detect_in_views(detector, [picture()], None, Sight(region=region))
    assert detector.calls == []


@pytest.mark.parametrize("reduction", [1, 2, 4, 8])
@pytest.mark.parametrize("size", [(512, 256), (1085, 723), (1919, 1081)])
def test_a_view_is_cut_from_a_reduced_picture_to_the_pixel(size, reduction):
    width, height = size
    columns = np.arange(-(-width // reduction)) * reduction
    reduced = np.zeros((-(-height // reduction), len(columns), 3), np.uint16)
    reduced[..., 0], reduced[..., 1] = columns, (np.arange(len(reduced)) * reduction)[:, None]
    for view in Sight(tiling=Tiling(tiles=(3, 2))).views(size, (416, 416)):
        part = cut(reduced, size, view)
        assert tuple(part[0, 0, :2]) == (view.x1, view.y1)
        assert part.shape[:2] == tuple(-(-side // reduction) for side in view.size[::-1])


def test_a_picture_is_decoded_with_the_pixels_that_its_smallest_view_needs():
    detector = SpotDetector()
    assert cover(detector, (512, 256), [View(0, 0, 512, 256)]) == (64, 32)
    assert cover(detector, (512, 256), [View(0, 0, 128, 128), View(0, 0, 512, 256)]) == (256, 128)
    assert cover(detector, (512, 256), [View(0, 0, 32, 32)]) == (512, 256)
