"""The command line: `trackd track | demo | serve | eval | explain | bench | models`."""

import sys


def main() -> None:
    """Run the command that the arguments name and end the process with its exit code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command; what went wrong and was to be expected is one line on standard error. Returns the exit code."""
    try:
        from app.cli.root import cli  # takes a moment, in which Ctrl-C is no defect either

        code = cli(args=arguments, prog_name="trackd", standalone_mode=False)
    except KeyboardInterrupt:
        return 130  # as `app.cli.errors.EXIT_INTERRUPTED`, which may be what was being imported
    except Exception as error:
        from app.cli.errors import explain

        known = explain(error)
        if known is None:
            raise
        sys.stderr.write(f"trackd: error: {known.message}\n")
        return known.exit_code
    return code if isinstance(code, int) else 0
