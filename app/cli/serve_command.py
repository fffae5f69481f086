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
    camera: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=ADDRESS",
            help="Open a stream that the server reads by itself: rtsp, rtsps, http, https or demo:, or a video file, "
            "which is read again and again; may be repeated. What is named here is allowed, private addresses too, "
            "and so is its kind for the API. Others see a password in a command line; \\[streams] of trackd.toml "
            "hides it.",
        ),
    ] = None,
    log_level: Annotated[
        str | None, typer.Option(metavar="LEVEL", help="debug, info, warning or error; default info.")
    ] = None,
    log_format: Annotated[str | None, typer.Option(metavar="FORMAT", help="console or json; default console.")] = None,
    config: ConfigOption = None,
) -> int:
    """Serve the API and the page until Ctrl-C or SIGTERM.

    Settings come from flags, TRACKD_* variables and trackd.toml, in this order. A taken port is an error. Ctrl-C and
    SIGTERM let frames in flight finish and end it with 0; a second Ctrl-C ends it at once.
    """
    from app.cli.cameras import with_cameras
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
    run_service(with_cameras(load_settings(overrides, config), camera or ()))
    return 0
