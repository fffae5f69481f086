"""Where tracks were, as the API answers it: the story of one track, and the paths of many."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

PathPoint = Annotated[
    tuple[float, float, float, float],
    Meta(
        description="when, in seconds of media time; x and y of the middle of the box's lower edge, where feet stand, "
        "in pixels of the newest image; the score"
    ),
]
TrackState = Literal["tracked", "lost", "removed"]


class BirthMessage(Struct, frozen=True):
    """The detection that a track began with, one frame before the track is shown as a rule. `detail` says why it did,
    in words."""

    seq: int
    pts: float
    score: float
    bbox: list[float]
    detail: str


class TrackStory(Struct, frozen=True, rename={"class_name": "class"}):
    """One track.

    `state` is `tracked` where the newest frame shows it, `lost` where it may still come back, else `removed`. `bbox`,
    `score` and `class` are those of the last frame that showed it, `zones` those that it is counted in now. `frames`
    counts the frames that showed it, `gaps` how often it was missing in one and came back. `age_s` is the time from its
    first detection to the last frame that showed it. `born` is null where that detection is not known. `points` are
    from all of its time, as far as they are still kept.
    """

    stream: str
    epoch: int
    track_id: int
    uid: str
    class_id: int
    class_name: str
    state: TrackState
    score: float
    bbox: list[float]
    zones: list[str]
    first_seq: int
    first_pts: float
    last_seq: int
    last_pts: float
    age_s: float
    frames: int
    gaps: int
    born: BirthMessage | None
    points: list[PathPoint]


class TrackPath(Struct, frozen=True, rename={"class_name": "class"}):
    """Where one track was within a span of time. `present_s` is how long it was in the picture then."""

    track_id: int
    uid: str
    class_id: int
    class_name: str
    present_s: float
    points: list[PathPoint]


class PathsPage(Struct, frozen=True, rename={"begins": "from", "ends": "to"}):
    """Tracks by their number with where they were within a span of media time; `next_cursor` is null on the last
    page."""

    stream: str
    epoch: int
    begins: float
    ends: float
    width: int
    height: int
    items: list[TrackPath]
    next_cursor: str | None
