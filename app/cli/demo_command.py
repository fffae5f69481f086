"""`trackd demo`: its arguments."""

from typing import Annotated

import typer


def demo(
    seconds: Annotated[
        float | None, typer.Option(min=0.0, help="Stop serving after so many seconds; default at Ctrl-C.")
    ] = None,
    frames: Annotated[int, typer.Option(min=1, max=100_000, help="Frames to track and score first.")] = 300,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65_535, help="Port to listen on; the next free one where it is taken.")
    ] = 8000,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Track and score only.")] = False,
) -> int:
    """Track the demo camera, score the tracks against its exact truth, then serve the page with two demo cameras.

    Needs no download. Press Ctrl-C to end.
    """
    from app.cli.demonstration import DemoRequest, run_demo

    return run_demo(DemoRequest(seconds=seconds, frames=frames, host=host, port=port, serve=not no_serve))
