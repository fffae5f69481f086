"""`trackd track`: its arguments."""

from typing import Annotated

import typer

from app.cli.detection_options import (
    ClassScoreOption,
    DetectEveryOption,
    MergeOption,
    OverlapOption,
    RegionOption,
    TilesOption,
    WholeOption,
)
from app.cli.options import (
    GAPS,
    TRACKER,
    ConfigOption,
    DetThreshOption,
    DeviceOption,
    EmitOption,
    HeadOption,
    InferenceOption,
    Interpolation,
    LostBufferOption,
    LowThreshOption,
    MatchThreshOption,
    MaxGapOption,
    ModelOption,
    PresetOption,
    SetOption,
    TrackThreshOption,
)

OUTPUTS = "Outputs"
WHAT = "What is detected"
FRAMES = "Frames"
COUNTING = "Counting"


def track(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="Video file, picture, folder of pictures, MOT Challenge sequence, or the demo camera: "
            "'demo:?seed=1&frames=300&width=960&height=540&fps=30'.",
        ),
    ],
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Video with boxes, ids and trails: .mp4, .mov or .mkv.",
            rich_help_panel=OUTPUTS,
        ),
    ] = None,
    mot: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="MOT Challenge rows; - is standard output.", rich_help_panel=OUTPUTS),
    ] = None,
    json: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="One JSON message per frame, as the service answers; - is standard output.",
            rich_help_panel=OUTPUTS,
        ),
    ] = None,
    trace: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="One line of JSON per frame: which detection went where, at which stage and what cost, and what else "
            "was in reach; - is standard output. `trackd explain` tells it in words.",
            rich_help_panel=OUTPUTS,
        ),
    ] = None,
    heatmap: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Picture, .png, of how many seconds tracks spent at each place, by their feet, over the last frame; "
            "written at the end.",
            rich_help_panel=OUTPUTS,
        ),
    ] = None,
    trajectories: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Picture, .png, of the ways that tracks took, with an arrow where each was seen last, over the last "
            "frame; written at the end.",
            rich_help_panel=OUTPUTS,
        ),
    ] = None,
    zones: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="TOML or JSON with zones, lines and ground, as a stream's `counting`. What they came to is "
            "in JSON messages, in the video and in the summary.",
            rich_help_panel=COUNTING,
        ),
    ] = None,
    events: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="One line of JSON per event: tracks that start and end, enter and leave zones, cross lines; - is "
            "standard output.",
            rich_help_panel=COUNTING,
        ),
    ] = None,
    interpolate: Annotated[
        Interpolation | None,
        typer.Option(
            help="Fill the frames in which a track was not seen, in every output. linear: on the line from before to "
            "after, written up to two gaps late. gaussian: and smooth all boxes; written at the end. A filled box is "
            'drawn thin in the video, has "interpolated": true in JSON and 0 in the ninth column of MOT rows. A video '
            "needs a second reading of the source.",
            rich_help_panel=GAPS,
        ),
    ] = None,
    max_gap: MaxGapOption = None,
    model: ModelOption = None,
    device: DeviceOption = None,
    head: HeadOption = None,
    inference: InferenceOption = None,
    classes: Annotated[
        str | None,
        typer.Option(metavar="A,B,...", help="Keep these classes only, by name or number.", rich_help_panel=WHAT),
    ] = None,
    min_score: Annotated[
        float | None,
        typer.Option(
            min=0.0,
            max=0.99,
            help="Detections at or below it never reach the tracker; default 0.1.",
            rich_help_panel=WHAT,
        ),
    ] = None,
    class_score: ClassScoreOption = None,
    region: RegionOption = None,
    tiles: TilesOption = None,
    overlap: OverlapOption = None,
    whole: WholeOption = None,
    merge: MergeOption = None,
    detect_every: DetectEveryOption = None,
    preset: PresetOption = None,
    camera_motion: Annotated[
        bool | None,
        typer.Option(
            "--camera-motion/--no-camera-motion",
            help="Measure in the pictures how the camera moves, and let tracks move along; default with --preset "
            "accurate. Costs 3 to 5 ms a frame.",
            rich_help_panel=TRACKER,
            show_default=False,
        ),
    ] = None,
    track_thresh: TrackThreshOption = None,
    low_thresh: LowThreshOption = None,
    det_thresh: DetThreshOption = None,
    match_thresh: MatchThreshOption = None,
    lost_buffer: LostBufferOption = None,
    emit: EmitOption = None,
    assignments: SetOption = None,
    frames: Annotated[
        int | None, typer.Option(min=1, help="Stop after so many frames.", rich_help_panel=FRAMES)
    ] = None,
    every: Annotated[int, typer.Option(min=1, help="Take every n-th frame.", rich_help_panel=FRAMES)] = 1,
    fps: Annotated[
        float | None,
        typer.Option(
            min=0.1,
            max=480.0,
            help="Frames per second of a folder of pictures, or of a video that states it wrongly.",
            rich_help_panel=FRAMES,
        ),
    ] = None,
    config: ConfigOption = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no summary, errors only.")] = False,
) -> int:
    """Track a video, pictures or the demo camera, and write what was found.

    An output that exists is replaced. Ctrl-C ends in good order: rows are complete and the video plays.
    """
    from app.cli.inference_options import inference_values
    from app.cli.looking import detection_values
    from app.cli.track_plan import TrackRequest
    from app.cli.tracker_options import tracker_values
    from app.cli.tracking import run_track

    return run_track(
        TrackRequest(
            source=source,
            video=output,
            mot=mot,
            json=json,
            trace=trace,
            zones=zones,
            events=events,
            heatmap=heatmap,
            trajectories=trajectories,
            interpolate=None if interpolate is None else interpolate.value,
            max_gap=max_gap,
            model=model,
            device=device,
            inference=inference_values(inference, head),
            classes=classes,
            min_score=min_score,
            detection=detection_values(
                every=detect_every,
                region=region,
                tiles=tiles,
                overlap=overlap,
                whole=whole,
                merge=merge,
                class_scores=class_score,
            ),
            preset=preset,
            camera_motion=camera_motion,
            tracker=tracker_values(
                assignments,
                track_thresh=track_thresh,
                low_thresh=low_thresh,
                det_thresh=det_thresh,
                match_thresh=match_thresh,
                lost_buffer=lost_buffer,
                emit=emit,
            ),
            frames=frames,
            every=every,
            frame_rate=fps,
            config=config,
            quiet=quiet,
        )
    )
