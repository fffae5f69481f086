"""Exit codes, and which error ends with which of them.

Errors that are not listed are defects of trackd and keep their traceback.
"""

from typing import NamedTuple

import typer

EXIT_OK = 0
EXIT_FAILURE = 1
EXIT_USAGE = 2
EXIT_MODEL = 3
EXIT_SOURCE = 4
EXIT_OUTPUT = 5
EXIT_INTERRUPTED = 130
EXIT_TERMINATED = 143

EXIT_CODES = (
    "Exit codes: 0 done, 1 address in use or other failure, 2 usage or settings, 3 model, 4 source, 5 output, "
    "130 interrupted by Ctrl-C, 143 terminated."
)


class CommandFailure(Exception):
    """A command cannot go on; the message says why in one line, `exit_code` is what the process ends with."""

    def __init__(self, message: str, exit_code: int = EXIT_FAILURE) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class UsageFailure(CommandFailure):
    """The arguments cannot be used as they are; the message says what would be right."""

    def __init__(self, message: str) -> None:
        super().__init__(message, EXIT_USAGE)


class Explained(NamedTuple):
    """One line for people, one number for scripts."""

    message: str
    exit_code: int


def explain(error: Exception) -> Explained | None:
    """What to tell about an error that was to be expected, or None for a defect."""
    if isinstance(error, CommandFailure):
        return Explained(_line(error), error.exit_code)
    # The base of typer's usage errors has no public name; that of one of them has.
    usage: type = typer.BadParameter.__bases__[0]
    if isinstance(error, usage):
        return Explained(_usage(error), EXIT_USAGE)
    return next((Explained(_line(error), code) for kind, code in _codes() if isinstance(error, kind)), None)


def _codes() -> tuple[tuple[type[Exception], int], ...]:
    # Imported here: an error of usage needs none of the rooms behind these.
    from app.offline.sink import OutputError
    from app.scoring import ScoringUnavailable
    from app.settings import SettingsError
    from app.sources import SourceError
    from models import ModelError

    return (
        (SettingsError, EXIT_USAGE),
        (ModelError, EXIT_MODEL),
        (SourceError, EXIT_SOURCE),
        (OutputError, EXIT_OUTPUT),
        (ScoringUnavailable, EXIT_FAILURE),
    )


def _line(error: Exception) -> str:
    return " ".join(str(error).split())


def _usage(error: Exception) -> str:
    message = error.format_message() if hasattr(error, "format_message") else str(error)
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "trackd"
    return f"{' '.join(message.split()).rstrip('.')} (see {command} --help)"
