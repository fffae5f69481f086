"""The tracker's kernels, made ready before the first frame: they are compiled once on a machine."""

from collections.abc import Callable

WAIT = "compiling the tracker's kernels; this happens once on a machine and takes about a minute"


def load_kernels(say: Callable[[str], None]) -> None:
    """Load the kernels, and say so first where they have to be compiled."""
    from tracker.compiled import is_ready

    if not is_ready():
        say(WAIT)
    import tracker.entries  # noqa: F401 - loading is what it is for
