"""Points and births in the words and numbers of the API."""

from collections.abc import Iterable, Sequence

from app.errors import InvalidInput
from app.path_messages import BirthMessage, PathPoint
from app.paths import Birth, PathPoints, TrackSummary


def class_ids(names: Sequence[str], labels: Sequence[str]) -> frozenset[int]:
    """The ids of classes given by name or number.

    Raises:
        InvalidInput: a name that is no label.
    """
    by_name = {label: index for index, label in reversed(list(enumerate(labels)))}
    unknown = [name for name in names if name not in by_name and not name.isdecimal()]
    if unknown:
        known = ", ".join(labels) or "none: use numbers"
        detail = f"no class {unknown[0]!r}; known are {known}"
        raise InvalidInput(f"/query/classes: {detail}", errors=[{"pointer": "/query/classes", "detail": detail}])
    return frozenset(by_name[name] if name in by_name else int(name) for name in names)


def rows_of(points: PathPoints) -> list[PathPoint]:
    """Times to a microsecond, pixels to 0.01, scores to 0.0001."""
    columns = (points.pts, 6), (points.x, 2), (points.y, 2), (points.score, 4)
    pts, x, y, score = (column.astype(float).round(digits).tolist() for column, digits in columns)
    return list(zip(pts, x, y, score, strict=True))


def last_row(told: TrackSummary, points: PathPoints) -> list[PathPoint]:
    """Where the track was last, if that is after its last point."""
    if len(points) and points.pts[-1] >= told.last_pts:
        return []
    x1, _, x2, y2 = told.bbox
    return [(round(told.last_pts, 6), round((x1 + x2) / 2, 2), round(y2, 2), round(told.score, 4))]


def rounded(box: Iterable[float]) -> list[float]:
    """A box to 0.01 pixels."""
    return [round(side, 2) for side in box]


def birth_message(told: TrackSummary) -> BirthMessage | None:
    """What a track began with, and why it did."""
    born = told.born
    if born is None:
        return None
    return BirthMessage(born.seq, round(born.pts, 6), round(born.score, 4), rounded(born.bbox), in_words(born, told))


def in_words(born: Birth, told: TrackSummary) -> str:
    """Why a detection started a track (Y. Zhang et al., "ByteTrack", ECCV 2022, algorithm 1)."""
    reached = f"track_thresh {born.high:.3g} and det_thresh {born.least:.3g}"
    if born.score > born.high and born.score >= born.least:
        passed = f"its score {born.score:.2f} is above {reached}"
    else:
        passed = f"its score {born.score:.2f} was raised above {reached}, because tracks were expected near"
    begun = f"In frame {born.seq} no track took this detection, and {passed}"
    if born.at_once:
        return f"{begun}: a track began. It was the first frame of all, where nothing more is asked."
    return f"{begun}: a track began. Frame {told.first_seq} confirmed it, where it was found again."
