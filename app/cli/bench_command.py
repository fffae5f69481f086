"""`trackd bench`: its arguments."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.options import ConfigOption, DeviceOption, HeadOption, InferenceOption, ModelOption


def bench(
    model: ModelOption = None,
    device: DeviceOption = None,
    head: HeadOption = None,
    inference: InferenceOption = None,
    pictures: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Folder of JPEGs to send; default the demo camera at 1920x1080.", show_default=False
        ),
    ] = None,
    streams: Annotated[
        int | None,
        typer.Option(min=1, max=256, help="Try so many streams; default what was found to hold.", show_default=False),
    ] = None,
    fps: Annotated[
        float | None,
        typer.Option(min=0.1, max=240.0, help="Frames per second of each; default 10.", show_default=False),
    ] = None,
    seconds: Annotated[
        float, typer.Option(min=0.5, max=600.0, help="How long each run of the whole path takes.")
    ] = 5.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
    config: ConfigOption = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No notes, the result only.")] = False,
) -> int:
    """Measure a model on this machine: the best device, callers, threads and batch, and how many streams it holds.

    Prints what to put into trackd.toml. Other work on the machine makes every figure worse.
    """
    from app.cli.benching import BenchRequest, run_bench
    from app.cli.inference_options import inference_values

    return run_bench(
        BenchRequest(
            model=model,
            device=device,
            inference=inference_values(inference, head),
            pictures=pictures,
            streams=streams,
            fps=fps,
            seconds=seconds,
            as_json=as_json,
            config=config,
            quiet=quiet,
        )
    )
