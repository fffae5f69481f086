"""The lines at the end of a run."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from app.cli.interrupt import Interruption
from app.cli.words import counted, size
from app.offline import Summary
from app.offline.gap_filling import GapFilling
from app.offline.opening import STANDARD_OUTPUT
from app.sources import Source
from models import ModelInfo


def describe(
    source: Source,
    summary: Summary,
    info: ModelInfo,
    outputs: Sequence[str],
    interruption: Interruption,
    gaps: GapFilling | None = None,
) -> Iterator[str]:
    """What was done, line by line."""
    if interruption.exit_code:
        yield f"stopped by {interruption.name}; what was written is complete up to there"
    yield (
        f"{source.name}: {counted(summary.frames, 'frame')} in {summary.elapsed_s:.1f} s, {summary.fps:.1f} frames/s, "
        f"{_ids(summary, info)}"
    )
    if source.skipped.count:
        yield f"  skipped {source.skipped.count} that could not be decoded; first: {source.skipped.reasons[0]}"
    if gaps is not None:
        yield f"  filled {counted(gaps.filled, 'box', 'boxes')} in gaps, {gaps.method}"
    yield f"  model {info.name} on {info.provider.removesuffix('ExecutionProvider')}"
    for target in outputs:
        if target != STANDARD_OUTPUT and Path(target).exists():
            yield f"  wrote {target} ({size(Path(target).stat().st_size)})"


def _ids(summary: Summary, info: ModelInfo) -> str:
    by_class = [f"{info.label(class_id)} {count}" for class_id, count in summary.ids_by_class().most_common()]
    return counted(summary.ids, "id") + (f" ({', '.join(by_class)})" if by_class else "")
