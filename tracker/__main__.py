"""`python -m tracker` compiles the kernels for this machine, so that nobody waits for them later."""

import sys

from tracker.compiled import cache_folder, is_ready


def main() -> int:
    """Compile what is not compiled yet; 1 where the result cannot be kept."""
    if is_ready():
        sys.stdout.write(f"The tracker's kernels are ready in {cache_folder()}\n")
        return 0
    folder = cache_folder()
    import tracker.entries  # noqa: F401 - loading is what it is for

    if folder is None:
        sys.stderr.write("No folder can be written to keep the tracker's kernels: every start compiles them again\n")
        return 1
    sys.stdout.write(f"Compiled the tracker's kernels into {folder}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
