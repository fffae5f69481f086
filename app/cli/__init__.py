"""The command line: `trackd track | demo | serve | eval | explain | bench | models`."""

import sys

from app.cli.errors import explain


def main() -> None:
    """Run the command that the arguments name and end the process with its exit code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command; what went wrong and was to be expected is one line on standard error. Returns the exit code."""
    from app.cli.root import cli

    try:
        code = cli(args=arguments, prog_name="trackd", standalone_mode=False)
    except Exception as error:
        known = explain(error)
        if known is None:
            raise
        sys.stderr.write(f"trackd: error: {known.message}\n")
        return known.exit_code
    return code if isinstance(code, int) else 0
