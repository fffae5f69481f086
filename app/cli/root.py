"""The commands and what `trackd` says of itself. Heavy imports wait until a command runs."""

from importlib.metadata import PackageNotFoundError, version
from typing import Annotated

import typer

from app.cli.bench_command import bench
from app.cli.demo_command import demo
from app.cli.errors import EXIT_CODES
from app.cli.eval_command import evaluate
from app.cli.explain_command import explain
from app.cli.models_command import models_cli
from app.cli.serve_command import serve
from app.cli.track_command import track

cli = typer.Typer(
    name="trackd",
    help="Multi-object tracking: frames or detections in, boxes with identities that last out.",
    epilog=EXIT_CODES,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
cli.command(epilog=EXIT_CODES)(track)
cli.command(epilog=EXIT_CODES)(demo)
cli.command(epilog=EXIT_CODES)(serve)
cli.command("eval", epilog=EXIT_CODES)(evaluate)
cli.command(epilog=EXIT_CODES)(explain)
cli.command(epilog=EXIT_CODES)(bench)
cli.add_typer(models_cli, name="models")


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"trackd {_version()}")
        raise typer.Exit


def _version() -> str:
    try:
        return version("trackd")
    except PackageNotFoundError:
        return "of a source tree that is not installed"


@cli.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    show_version: Annotated[
        bool, typer.Option("--version", help="Print the version and end.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
