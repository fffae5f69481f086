"""Small sequences of the MOT Challenge whose scores are known."""

from collections.abc import Iterable
from pathlib import Path

SIDES = (40.0, 80.0)
Row = tuple[int, int, float, float]  # frame, id, left, top


def lines(rows: Iterable[Row], tail: str, sides: tuple[float, float] = SIDES) -> str:
    return "".join(f"{f},{i},{x:g},{y:g},{sides[0]:g},{sides[1]:g},{tail}\n" for f, i, x, y in rows)


def standing(frames: int, places: dict[int, float], first: int = 1) -> list[Row]:
    """Objects that stay where they are, by id and left edge."""
    return [(frame, i, x, 100.0) for frame in range(first, first + frames) for i, x in places.items()]


def write_sequence(
    folder: Path,
    truth: str,
    detections: str | None = None,
    *,
    frames: int = 10,
    rate: float = 30.0,
    flat: bool = False,
    name: str | None = None,
) -> Path:
    """A sequence in the official layout, or in the flat one."""
    for path, text in (("gt.txt", truth), ("det.txt", detections)):
        target = folder / path if flat else folder / path.removesuffix(".txt") / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if text is not None:
            target.write_text(text)
    (folder / "seqinfo.ini").write_text(
        f"[Sequence]\nname={name or folder.name}\nimDir=img1\nframeRate={rate:g}\nseqLength={frames}\n"
        "imWidth=1920\nimHeight=1080\nimExt=.jpg\n"
    )
    return folder


def write_perfect(folder: Path, *, frames: int = 10, flat: bool = False, rate: float = 30.0) -> Path:
    """Two pedestrians who stand still, and detections that are exactly right."""
    rows = standing(frames, {1: 100.0, 2: 400.0})
    return write_sequence(
        folder, lines(rows, "1,1,1"), lines([(f, -1, x, y) for f, _, x, y in rows], "0.9,-1,-1,-1"),
        frames=frames, flat=flat, rate=rate,
    )  # fmt: skip
