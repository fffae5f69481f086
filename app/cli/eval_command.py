"""`trackd eval`: its arguments."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.options import (
    DetThreshOption,
    EmitOption,
    InterpolateOption,
    LostBufferOption,
    LowThreshOption,
    MatchThreshOption,
    MaxGapOption,
    PresetOption,
    SetOption,
    TrackThreshOption,
)

WHAT = "What is scored"
OUTPUTS = "Outputs"


def evaluate(
    folders: Annotated[
        list[Path],
        typer.Argument(
            metavar="FOLDER...",
            show_default=False,
            help="Sequences of the MOT Challenge, or folders of such: SEQ/gt/gt.txt, SEQ/det/det.txt and "
            "SEQ/seqinfo.ini, or gt.txt and det*.txt right in SEQ.",
        ),
    ],
    tracks: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE|FOLDER",
            help="Score these tracks instead of tracking here: MOT text or JSON lines of `trackd track`; a folder has "
            "SEQ.txt or SEQ.jsonl for each sequence.",
            rich_help_panel=WHAT,
        ),
    ] = None,
    detections: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The file of detections, where there are several.", rich_help_panel=WHAT),
    ] = None,
    half_val: Annotated[
        bool,
        typer.Option(
            "--half-val",
            help="The second half of each sequence, frames n//2+2 to n counted anew from 1, on which results are "
            "published.",
            rich_help_panel=WHAT,
        ),
    ] = False,
    frames: Annotated[
        str | None,
        typer.Option(metavar="A:B", help="Frames A to B of each sequence, counted anew from 1.", rich_help_panel=WHAT),
    ] = None,
    whole_tracks: Annotated[
        bool,
        typer.Option(
            "--whole-tracks",
            help="--tracks number the frames of whole sequences: cut the same part out of them.",
            rich_help_panel=WHAT,
        ),
    ] = False,
    classes: Annotated[
        str,
        typer.Option(
            metavar="mot|all|1,2,...",
            help="mot: pedestrians (class 1) as the MOT Challenge scores them, with its distractors. all, or numbers: "
            "each class of the truth on its own, and both averages.",
            rich_help_panel=WHAT,
        ),
    ] = "mot",
    benchmark: Annotated[
        str | None,
        typer.Option(
            metavar="MOT15|MOT16|MOT17|MOT20",
            help="Whose distractors count; default by the name of the sequence, else MOT17.",
            rich_help_panel=WHAT,
        ),
    ] = None,
    any_shape: Annotated[
        bool,
        typer.Option(
            "--any-shape",
            help="Keep boxes of up to 100 square pixels or wider than 1.6 times their height, which ByteTrack's "
            "authors leave out with pedestrians.",
            rich_help_panel=WHAT,
        ),
    ] = False,
    interpolate: InterpolateOption = None,
    max_gap: MaxGapOption = None,
    preset: PresetOption = None,
    track_thresh: TrackThreshOption = None,
    low_thresh: LowThreshOption = None,
    det_thresh: DetThreshOption = None,
    match_thresh: MatchThreshOption = None,
    lost_buffer: LostBufferOption = None,
    emit: EmitOption = None,
    assignments: SetOption = None,
    camera_motion: Annotated[
        bool | None,
        typer.Option(
            "--camera-motion/--no-camera-motion",
            help="Use SEQ/camera_motion.txt; with --preset accurate that is the default where the file is there.",
            show_default=False,
            rich_help_panel="Tracker",
        ),
    ] = None,
    fps: Annotated[
        float | None,
        typer.Option(
            min=0.1, max=480.0, help="Frames per second, where seqinfo.ini has them wrong.", rich_help_panel="Tracker"
        ),
    ] = None,
    json: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="All scores; - is standard output.", rich_help_panel=OUTPUTS),
    ] = None,
    plot: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="A picture of the scores: .png, .svg or .pdf.", rich_help_panel=OUTPUTS),
    ] = None,
    save_tracks: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="The tracks that were scored, as MOT text.", rich_help_panel=OUTPUTS),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no table, errors only.")] = False,
) -> int:
    """Score the tracker, or tracks that are there, against truth: HOTA, MOTA and IDF1.

    The settings file is not read: the scores come from the arguments alone. OVERALL takes all sequences as one.
    """
    from app.cli.eval_plan import EvalRequest
    from app.cli.evaluation import run_eval
    from app.cli.tracker_options import tracker_values

    return run_eval(
        EvalRequest(
            folders=folders,
            tracks=tracks,
            detections=detections,
            half_val=half_val,
            frames=frames,
            whole_tracks=whole_tracks,
            classes=classes,
            benchmark=benchmark,
            any_shape=any_shape,
            interpolate=None if interpolate is None else interpolate.value,
            max_gap=max_gap,
            preset=preset,
            tracker=tracker_values(
                assignments,
                track_thresh=track_thresh,
                low_thresh=low_thresh,
                det_thresh=det_thresh,
                match_thresh=match_thresh,
                lost_buffer=lost_buffer,
                emit=emit,
            ),
            camera_motion=camera_motion,
            frame_rate=fps,
            json=json,
            plot=plot,
            save_tracks=save_tracks,
            quiet=quiet,
        )
    )
