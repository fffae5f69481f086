"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

ModelOption = Annotated[
    str | None,
    typer.Option("--model", "-m", metavar="NAME|PATH", help="Name from `trackd models list`, or path of an ONNX file."),
]
DeviceOption = Annotated[
    str | None,
    typer.Option("--device", help="auto, cpu, cuda or cuda:N. auto takes CUDA where there is one.", metavar="DEVICE"),
]
HeadOption = Annotated[
    str | None,
    typer.Option("--head", metavar="HEAD", help="Output layout of the model, where it does not show it itself."),
]
ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Settings file; default TRACKD_CONFIG, else ./trackd.toml if there."),
]
