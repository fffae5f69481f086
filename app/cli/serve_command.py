"""`trackd serve`: flags over TRACKD_* variables over trackd.toml over defaults."""

from typing import Annotated

import typer

from app.cli.options import ConfigOption, DeviceOption, HeadOption, InferenceOption, ModelOption


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; default 127.0.0.1")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65_535, help="Port to listen on; 0 takes a free one; default 8000.")
    ] = None,
    model: ModelOption = None,
    device: DeviceOption = None,
    head: HeadOption = None,
    inference: InferenceOption = None,
    log_level: Annotated[
        str | None, typer.Option(metavar="LEVEL", help="debug, info, warning or error; default info.")
    ] = None,
    log_format: Annotated[str | None, typer.Option(metavar="FORMAT", help="console or json; default console.")] = None,
    config: ConfigOption = None,
) -> int:
    """Serve the API and the page until Ctrl-C or SIGTERM.

    Settings come from flags, TRACKD_* variables and trackd.toml, in this order. A taken port is an error.
    """
    from app.cli.inference_options import inference_values
    from app.cli.serving import run_service
    from app.settings import load_settings

    overrides = {
        "host": host,
        "port": port,
        "model": model,
        "device": device,
        "inference": inference_values(inference, head),
        "log_level": log_level,
        "log_format": log_format,
    }
    run_service(load_settings(overrides, config))
    return 0
