"""Writing the tracks that were scored as MOT text."""

from collections.abc import Sequence
from pathlib import Path

from app.evaluation.results import SequenceResult
from app.offline import OutputError
from app.offline.opening import writing
from tracker import MotRows


def check_folder(folder: Path) -> None:
    """Refuse early what cannot become a folder of tracks.

    Raises:
        OutputError: it is a file, or the folder that it should lie in does not exist.
    """
    if folder.exists() and not folder.is_dir():
        raise OutputError(f"cannot write {folder}: it is a file; name a folder")
    if not folder.parent.is_dir():
        raise OutputError(f"cannot write {folder}: there is no folder {folder.parent}")


def save_tracks(results: Sequence[SequenceResult], folder: Path, *, classes: bool) -> None:
    """Write `SEQ.txt` for each sequence, with frames counted from the first that was evaluated.

    Args:
        classes: whether the eighth column is the class, in rows of nine as truth has them, or unused.

    Raises:
        OutputError: a file cannot be written.
    """
    for result in results:
        path = folder / f"{result.name}.txt"
        with writing(str(path)):
            folder.mkdir(exist_ok=True)
            path.write_text("".join(_lines(result.tracks, classes)), encoding="ascii")


def _lines(rows: MotRows, classes: bool) -> list[str]:
    sides = rows.xyxy[:, 2:] - rows.xyxy[:, :2]
    columns = (rows.frame, rows.track_id, rows.xyxy[:, 0], rows.xyxy[:, 1], sides[:, 0], sides[:, 1], rows.score)
    numbers = zip(*(column.tolist() for column in columns), strict=True)
    lines = [f"{f},{i},{x:.4f},{y:.4f},{w:.4f},{h:.4f},{score:.6f}" for f, i, x, y, w, h, score in numbers]
    if classes:
        return [f"{line},{class_id},-1\n" for line, class_id in zip(lines, rows.class_id.tolist(), strict=True)]
    return [f"{line},-1,-1,-1\n" for line in lines]
