"""The configuration as the kernels read it: one record of plain numbers."""

import numpy as np

from tracker.config import ByteTrackConfig
from tracker.table import Records

XYAH, XYWH, XYWH_HEIGHT = 0, 1, 2
"""The codes of `box_state`."""

_STATES = {"xyah": XYAH, "xywh": XYWH, "xywh_height": XYWH_HEIGHT}

OPTIONS = np.dtype(
    [
        ("track_thresh", "<f8"),
        ("low_thresh", "<f8"),
        ("birth_thresh", "<f8"),
        ("match_thresh", "<f8"),
        ("second_match_thresh", "<f8"),
        ("unconfirmed_match_thresh", "<f8"),
        ("duplicate_thresh", "<f8"),
        ("max_lost", "<f8"),
        ("frame_rate", "<f8"),
        ("height_weight", "<f8"),
        ("expansion", "<f8"),
        ("confidence_weight", "<f8"),
        ("direction_weight", "<f8"),
        ("score_boost", "<f8"),
        ("noise_floor", "<f8"),
        ("lost_low_thresh", "<f8"),
        ("relink_distance", "<f8"),
        ("coast", "<f8"),
        ("box_state", "<i8"),
        ("fuse_score", "|b1"),
        ("class_aware", "|b1"),
        ("class_vote", "|b1"),
        ("centre_distance", "|b1"),
        ("replay", "|b1"),
        ("boost_unlikely", "|b1"),
        ("remembers", "|b1"),
        ("emit_detection", "|b1"),
    ],
    align=True,
)
"""The fields of `ByteTrackConfig` that the kernels need.

    max_lost        `lost_buffer` in frames of this stream
    noise_floor     1 stands for None: noise is never scaled
    box_state       `XYAH`, `XYWH` or `XYWH_HEIGHT`
    remembers       whether some option needs the rows of `table.MEMORY`
    emit_detection  whether `emit` is "detection"
"""


def options_of(config: ByteTrackConfig) -> Records:
    """The one row of `OPTIONS` that a configuration stands for, read-only."""
    translated = {
        "noise_floor": 1.0 if config.noise_floor is None else config.noise_floor,
        "box_state": _STATES[config.box_state],
        "remembers": bool(config.class_vote or config.replay or config.confidence_weight or config.direction_weight),
        "emit_detection": config.emit == "detection",
    }
    options = np.zeros(1, OPTIONS)
    for name in OPTIONS.names or ():
        options[name] = translated[name] if name in translated else getattr(config, name)
    options.setflags(write=False)
    return options
