"""An evaluation as a picture: HOTA over its thresholds, and the main scores side by side."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from app.offline import OutputError
from app.offline.opening import check_target, writing
from app.scoring import ALPHAS, Score, ScoringUnavailable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SUFFIXES = (".png", ".svg", ".pdf")
BARS = {"HOTA": "hota", "DetA": "det_a", "AssA": "ass_a", "MOTA": "mota", "IDF1": "idf1"}
TOTAL_COLOUR = "#111111"
NAMED_COLOURS = 10
GROUP_WIDTH = 0.84


def check_picture(target: str) -> None:
    """Refuse early what cannot become a picture.

    Raises:
        OutputError: the name ends in no known format, or the file cannot be created.
        ScoringUnavailable: matplotlib is not installed.
    """
    if Path(target).suffix.lower() not in SUFFIXES:
        raise OutputError(f"cannot write {target}: a picture's name ends in {', '.join(SUFFIXES)}")
    check_target(target)
    try:
        import matplotlib  # noqa: F401 - an extra, and whether it is there is asked before the work and not after
    except ImportError:
        raise ScoringUnavailable("plots need matplotlib: install trackd with its extra, trackd[eval]") from None


def plot(parts: Mapping[str, Score], overall: Score, title: str, target: str) -> None:
    """Draw the scores of sequences, or of classes, and what they come to.

    Raises:
        OutputError: the file cannot be written.
    """
    # Imported here: an extra, and slow. A Figure of one's own leaves pyplot and its backends alone.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(max(13.0, 9.0 + 0.55 * len(parts)), 5.2), layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2, width_ratios=(1.0, 1.6 + 0.04 * len(parts)))
    colours = _colours(len(parts))
    _draw_curves(left, parts, overall, colours)
    _draw_bars(right, parts, overall, colours)
    figure.suptitle(title, fontsize=12)
    rows = -(-(len(parts) + 1) // 8)
    handles, labels = left.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=-(-len(labels) // rows), frameon=False, fontsize=9)
    with writing(target):
        figure.savefig(target, dpi=150)


def _draw_curves(axes: "Axes", parts: Mapping[str, Score], overall: Score, colours: Sequence[str]) -> None:
    def draw(name: str, score: Score, colour: str, width: float) -> None:
        label = f"{name}  {100 * score.hota:.1f}"
        axes.plot(ALPHAS, _per_cent(score.hota_curve), color=colour, linewidth=width, label=label)

    for (name, score), colour in zip(parts.items(), colours, strict=True):
        draw(name, score, colour, 1.4)
    draw("overall", overall, TOTAL_COLOUR, 2.6)
    axes.set(xlabel="IoU threshold α", ylabel="HOTA at α, %", xlim=(0.0, 1.0), ylim=(0.0, 100.0))
    axes.set_title("HOTA over the IoU threshold (legend: mean)", fontsize=10)
    axes.grid(alpha=0.3)


def _draw_bars(axes: "Axes", parts: Mapping[str, Score], overall: Score, colours: Sequence[str]) -> None:
    width = GROUP_WIDTH / (len(parts) + 1)
    everything = [*parts.values(), overall]
    for index, (score, colour) in enumerate(zip(everything, [*colours, TOTAL_COLOUR], strict=True)):
        heights = _per_cent([getattr(score, name) for name in BARS.values()])
        places = [group - GROUP_WIDTH / 2 + (index + 0.5) * width for group in range(len(BARS))]
        bars = axes.bar(places, heights, width * 0.92, color=colour)
        if score is overall:
            ground = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.5}  # a neighbour may be higher
            axes.bar_label(bars, fmt="%.1f", fontsize=9, padding=2, fontweight="bold", bbox=ground)
    lowest = min([0.0, *(100 * score.mota for score in everything)])
    axes.set(xticks=range(len(BARS)), xticklabels=list(BARS), ylim=(lowest * 1.08, 105.0), ylabel="%")
    axes.set_title("Scores (figures: overall)", fontsize=10)
    axes.grid(axis="y", alpha=0.3)
    axes.set_axisbelow(True)


def _colours(count: int) -> list[str]:
    """A colour per part: well apart for a few, along a scale for many."""
    from matplotlib import colormaps
    from matplotlib.colors import to_hex

    if count <= NAMED_COLOURS:
        return [to_hex(colormaps["tab10"](index)) for index in range(count)]
    return [to_hex(colormaps["viridis"](index / (count - 1) * 0.95)) for index in range(count)]


def _per_cent(values: Sequence[float]) -> list[float]:
    return [100 * value for value in values]
