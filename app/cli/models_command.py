"""`trackd models list | pull | info`: their arguments."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.errors import EXIT_CODES
from app.cli.options import ConfigOption, DeviceOption, HeadOption, InferenceOption

models_cli = typer.Typer(
    help="Detectors with a name: what there is, fetching one, looking into one.",
    no_args_is_help=False,
    epilog=EXIT_CODES,
    rich_markup_mode="rich",
)

CacheOption = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Where pulled models are kept; default TRACKD_CACHE_DIR, else the user's cache."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]


@models_cli.callback(invoke_without_command=True)
def _models(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@models_cli.command("list", epilog=EXIT_CODES)
def list_models(cache_dir: CacheOption = None, config: ConfigOption = None, as_json: JsonOption = False) -> int:
    """List the named models and whether they are here."""
    from app.cli.catalogue import list_catalogue

    return list_catalogue(cache_dir, config, as_json=as_json)


@models_cli.command(epilog=EXIT_CODES)
def pull(
    names: Annotated[list[str], typer.Argument(help="Names from `trackd models list`.")],
    cache_dir: CacheOption = None,
    mirror: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="Folder to fetch from in place of the official one: https, or http on this machine."
        ),
    ] = None,
    config: ConfigOption = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, errors only.")] = False,
) -> int:
    """Fetch models. What broke off is resumed, and what does not match its hash is refused."""
    from app.cli.catalogue import pull_models

    return pull_models(names, cache_dir, config, mirror, quiet=quiet)


@models_cli.command(epilog=EXIT_CODES)
def info(
    model: Annotated[str, typer.Argument(help="Name from `trackd models list`, or path of an ONNX file.")],
    device: DeviceOption = None,
    head: HeadOption = None,
    inference: InferenceOption = None,
    cache_dir: CacheOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> int:
    """Load a model and tell how it is read; of a named one that is not here, tell what the catalogue knows."""
    from app.cli.catalogue import show_model
    from app.cli.inference_options import inference_values

    overrides = {"device": device, "cache_dir": cache_dir, "inference": inference_values(inference, head)}
    return show_model(model, overrides, config, as_json=as_json)
