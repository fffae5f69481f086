"""What the store is given of each frame."""

from dataclasses import dataclass

from tracker import ByteTrackConfig, Detections, Tracks


@dataclass(frozen=True, slots=True, eq=False)
class TrackedRows:
    """One tracked frame: `tracks` name rows of `detections`, which `config` made them from; without detections nothing
    is learnt of births.

    `size` is (width, height) of its image, `looked` False where nobody looked at it.
    """

    seq: int
    pts: float
    size: tuple[int, int]
    tracks: Tracks
    detections: Detections | None
    config: ByteTrackConfig
    looked: bool = True
