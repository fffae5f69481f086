import io

from rich.console import Console

from app.cli.progress import BarProgress, LineProgress


def test_frames_that_are_written_at_the_end_are_told_of_by_a_line() -> None:
    text = io.StringIO()
    with LineProgress(text, "street", 500) as progress:
        progress.written(1, 480)
    assert text.getvalue() == "street: wrote 1 of 480 frames\n"


def test_the_bar_begins_anew_for_frames_that_are_written_at_the_end() -> None:
    text = io.StringIO()
    console = Console(file=text, force_terminal=True, width=100, color_system=None)
    with BarProgress(console, "street", None) as progress:
        progress.written(480, 480)
    last = [line for line in text.getvalue().splitlines() if "frames/s" in line][-1]
    assert "writing" in last
    assert "480" in last
    assert "street" not in last
