"""`trackd explain`: its arguments."""

from typing import Annotated

import typer

from app.cli.options import (
    TRACKER,
    ConfigOption,
    DetThreshOption,
    DeviceOption,
    EmitOption,
    HeadOption,
    InferenceOption,
    LostBufferOption,
    LowThreshOption,
    MatchThreshOption,
    ModelOption,
    PresetOption,
    SetOption,
    TrackThreshOption,
)

QUESTION = "What is explained"
FRAMES = "Frames"
DETECTIONS = "Sources of detections"
PICTURES = "Sources of pictures"


def explain(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="Detections: a MOT file, or a sequence as `trackd eval` takes it. Or pictures: anything that `trackd "
            "track` takes.",
        ),
    ],
    track_id: Annotated[
        int | None,
        typer.Option("--id", min=1, help="Tell the story of this id.", rich_help_panel=QUESTION),
    ] = None,
    frame: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Show what every detection and every track did in this frame, or with --id what that track did.",
            rich_help_panel=QUESTION,
        ),
    ] = None,
    switches: Annotated[
        bool,
        typer.Option(
            "--switches",
            help="List where an object changed its id, and why; with --id where it had or got that one. Needs truth: "
            "gt.txt, or the demo camera. An object and a track match at an IoU of at least 0.5, as CLEAR MOT has it.",
            rich_help_panel=QUESTION,
        ),
    ] = False,
    close: Annotated[
        float,
        typer.Option(
            min=0.0,
            max=1.0,
            help="A match is a close call if its runner-up costs at most so much more.",
            rich_help_panel=QUESTION,
        ),
    ] = 0.1,
    json: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="The answer for machines; - is standard output.", rich_help_panel=QUESTION),
    ] = None,
    preset: PresetOption = None,
    camera_motion: Annotated[
        bool | None,
        typer.Option(
            "--camera-motion/--no-camera-motion",
            help="Let tracks move along with the camera; default with --preset accurate. Its motion is measured in "
            "pictures, and read from SEQ/camera_motion.txt for detections.",
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
        str | None,
        typer.Option(
            metavar="A:B",
            help="Track frames A to B, counted anew from 1; pictures are tracked from the first on, as in :300.",
            rich_help_panel=FRAMES,
        ),
    ] = None,
    half_val: Annotated[
        bool,
        typer.Option(
            "--half-val", help="The second half, as `trackd eval` has it, counted anew.", rich_help_panel=FRAMES
        ),
    ] = False,
    fps: Annotated[
        float | None,
        typer.Option(
            min=0.1, max=480.0, help="Frames per second, where the source does not say.", rich_help_panel=FRAMES
        ),
    ] = None,
    classes: Annotated[
        str | None,
        typer.Option(
            metavar="A,B,...",
            help="Of pictures: keep these classes, as in `trackd track`. Of truth: match these, as in `trackd eval`.",
            rich_help_panel=FRAMES,
        ),
    ] = None,
    detections: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="The file of detections, where there are several.", rich_help_panel=DETECTIONS
        ),
    ] = None,
    model: ModelOption = None,
    device: DeviceOption = None,
    head: HeadOption = None,
    inference: InferenceOption = None,
    config: ConfigOption = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no text, errors only.")] = False,
) -> int:
    """Explain why a track was born, lost or switched: at which stage, at what cost, and what else was in reach.

    The source is tracked anew, with the same ids as `trackd track` and `trackd eval` give with the same options.
    Without --id, --frame or --switches it lists the ids.
    """
    from app.cli.explain_request import ExplainRequest
    from app.cli.explaining import run_explain
    from app.cli.inference_options import inference_values
    from app.cli.tracker_options import tracker_values

    return run_explain(
        ExplainRequest(
            source=source,
            track_id=track_id,
            frame=frame,
            switches=switches,
            close=close,
            json=json,
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
            half_val=half_val,
            frame_rate=fps,
            classes=classes,
            detections=detections,
            model=model,
            device=device,
            inference=inference_values(inference, head),
            config=config,
            quiet=quiet,
        )
    )
