"""Options that say how pictures are looked at."""

from typing import Annotated

import typer

LOOKING = "How pictures are looked at"

DetectEveryOption = Annotated[
    int | None,
    typer.Option(
        "--detect-every",
        metavar="K",
        help="Detect in each K-th frame and say where tracks are expected in those between; 1 to 30.",
        rich_help_panel=LOOKING,
    ),
]
RegionOption = Annotated[
    str | None,
    typer.Option(
        "--region",
        metavar="X1,Y1,X2,Y2",
        help="Look at this part only, in pixels or in percent as in 0%,40%,100%,100%. More points make a polygon, "
        "'x,y x,y x,y': boxes whose centre is outside are not tracked.",
        rich_help_panel=LOOKING,
    ),
]
TilesOption = Annotated[
    str | None,
    typer.Option(
        "--tiles",
        metavar="auto|CxR|SIDE",
        help="Cut pictures into overlapping tiles to find small objects: columns x rows as in 3x2, tiles of so many "
        "pixels, or as many as the model's input needs. Each tile costs as much as a picture.",
        rich_help_panel=LOOKING,
    ),
]
OverlapOption = Annotated[
    float | None,
    typer.Option(
        "--overlap",
        metavar="SHARE",
        help="Share of a tile that its neighbour shows too, 0 to 0.8; default 0.2.",
        rich_help_panel=LOOKING,
    ),
]
WholeOption = Annotated[
    bool | None,
    typer.Option(
        "--whole/--no-whole",
        help="Look at the whole picture too, beside its tiles; default yes.",
        rich_help_panel=LOOKING,
        show_default=False,
    ),
]
MergeOption = Annotated[
    str | None,
    typer.Option(
        "--merge",
        metavar="nms|ios|weighted",
        help="How boxes of one object in several tiles are made one: the best by intersection over union, by "
        "intersection over the smaller box, or their mean; default nms.",
        rich_help_panel=LOOKING,
    ),
]
ClassScoreOption = Annotated[
    list[str] | None,
    typer.Option(
        "--class-score",
        metavar="CLASS=SCORE",
        help="Detections of this class must exceed a score of their own, as in person=0.4; may be repeated.",
        rich_help_panel=LOOKING,
    ),
]
