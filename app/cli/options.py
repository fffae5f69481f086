"""Options that several commands share."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

GAPS = "Gaps"
TRACKER = "Tracker"

ModelOption = Annotated[
    str | None,
    typer.Option("--model", "-m", metavar="NAME|PATH", help="Name from `trackd models list`, or path of an ONNX file."),
]
DeviceOption = Annotated[
    str | None,
    typer.Option(
        "--device",
        metavar="DEVICE",
        help="auto, cpu, cuda, tensorrt, openvino, coreml or directml; cuda:1 is the second GPU, openvino:GPU Intel's. "
        "auto takes CUDA where it works, else DirectML, else the CPU.",
    ),
]
HeadOption = Annotated[
    str | None,
    typer.Option("--head", metavar="HEAD", help="Output layout of the model, where it does not show it itself."),
]
InferenceOption = Annotated[
    list[str] | None,
    typer.Option(
        "--inference",
        metavar="NAME=VALUE",
        help="Any setting of \\[inference], as in --inference colour=rgb or input_size=384,640; may be repeated.",
    ),
]
ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Settings file; default TRACKD_CONFIG, else ./trackd.toml if there."),
]


class Interpolation(StrEnum):
    """How gaps are filled: the methods of `tracker.interpolation`, which the help does without."""

    LINEAR = "linear"
    GAUSSIAN = "gaussian"


InterpolateOption = Annotated[
    Interpolation | None,
    typer.Option(
        "--interpolate",
        help="Fill the frames in which a track was not seen. linear: on the line from before to after. gaussian: and "
        "smooth all boxes.",
        rich_help_panel=GAPS,
    ),
]
MaxGapOption = Annotated[
    int | None,
    typer.Option(
        "--max-gap",
        min=2,
        max=100_000,
        help="Fill between boxes at most so many frames of the source apart; default 20.",
        rich_help_panel=GAPS,
    ),
]
TrackThreshOption = Annotated[
    float | None,
    typer.Option(
        "--track-thresh",
        min=0.0,
        max=1.0,
        help="Detections above it keep and start tracks; default 0.5.",
        rich_help_panel=TRACKER,
    ),
]
LowThreshOption = Annotated[
    float | None,
    typer.Option(
        "--low-thresh",
        min=0.0,
        max=1.0,
        help="Detections from here to track-thresh keep tracks; default 0.1.",
        rich_help_panel=TRACKER,
    ),
]
DetThreshOption = Annotated[
    float | None,
    typer.Option(
        "--det-thresh",
        min=0.0,
        max=1.0,
        help="Score that starts a track; default track-thresh + 0.1.",
        rich_help_panel=TRACKER,
    ),
]
MatchThreshOption = Annotated[
    float | None,
    typer.Option(
        "--match-thresh",
        min=0.0,
        max=1.0,
        help="How far a box may be from a track; bigger is looser; default 0.8.",
        rich_help_panel=TRACKER,
    ),
]
LostBufferOption = Annotated[
    int | None,
    typer.Option(
        "--lost-buffer",
        min=0,
        max=100_000,
        help="Frames of a 30 fps stream that a lost track is kept; default 30.",
        rich_help_panel=TRACKER,
    ),
]
EmitOption = Annotated[
    str | None,
    typer.Option(
        "--emit",
        metavar="posterior|detection",
        help="Box of a track: the filter's, or the detection as it came; default posterior.",
        rich_help_panel=TRACKER,
    ),
]
PresetOption = Annotated[
    str | None,
    typer.Option(
        "--preset",
        metavar="NAME",
        help="Parameters to start from: default, mot17, mot20 or accurate; the other options change them.",
        rich_help_panel=TRACKER,
    ),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="Any parameter of the tracker, as in --set fuse_score=false; may be repeated.",
        rich_help_panel=TRACKER,
    ),
]
