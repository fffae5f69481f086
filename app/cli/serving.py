"""Running the service from a command."""

from collections.abc import Callable

from app.cli.errors import CommandFailure
from app.server import StartError, run_server
from app.settings import Settings


def run_service(
    settings: Settings, *, seconds: float | None = None, on_ready: Callable[[str], None] | None = None
) -> None:
    """Serve until Ctrl-C or SIGTERM, or for `seconds`.

    Raises:
        CommandFailure: the service cannot start.
    """
    try:
        run_server(settings, seconds=seconds, on_ready=on_ready)
    except StartError as error:
        raise CommandFailure(str(error), error.exit_code) from None
