"""The lines at the end of a run."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import UNSET

from app.cli.counting import count_lines
from app.cli.interrupt import Interruption
from app.cli.words import counted, size
from app.offline import Summary
from app.offline.gap_filling import GapFilling
from app.offline.opening import STANDARD_OUTPUT
from app.sources import Source
from models import Finding, ModelInfo
from models.providers import short


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
    if summary.camera:
        yield f"  {_camera(summary)}"
    if summary.counts is not UNSET:
        yield from count_lines(summary.counts)
    if gaps is not None:
        yield f"  filled {counted(gaps.filled, 'box', 'boxes')} in gaps, {gaps.method}"
    for concern in summary.what_looks_wrong():
        yield f"  looks wrong: {concern.detail} ({', '.join(concern.settings)})"
    yield f"  model {info.name} on {short(info.provider)}{f' ({info.note})' if info.note else ''}"
    for target in outputs:
        if target != STANDARD_OUTPUT and Path(target).exists():
            yield f"  wrote {target} ({size(Path(target).stat().st_size)})"


def _camera(summary: Summary) -> str:
    """How often the motion was measured, and why not else. Before the first frame there is nothing to measure from."""
    findings = {finding: count for finding, count in summary.camera.most_common() if finding is not Finding.FIRST}
    reasons = [f"{count} not: {finding}" for finding, count in findings.items() if finding is not Finding.MEASURED]
    told = f"camera motion measured in {summary.camera[Finding.MEASURED]} of {counted(sum(findings.values()), 'frame')}"
    return "; ".join([told, *reasons])


def _ids(summary: Summary, info: ModelInfo) -> str:
    by_class = [f"{info.label(class_id)} {count}" for class_id, count in summary.ids_by_class().most_common()]
    return counted(summary.ids, "id") + (f" ({', '.join(by_class)})" if by_class else "")
