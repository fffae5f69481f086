"""The configuration as the kernels read it: one record of plain numbers."""

import numpy as np

from tracker.config import ByteTrackConfig
from tracker.table import Records

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
        ("fuse_score", "|b1"),
        ("emit_detection", "|b1"),
    ],
    align=True,
)


def options_of(config: ByteTrackConfig) -> Records:
    """The one row of `OPTIONS` that a configuration stands for, read-only."""
    options = np.zeros(1, OPTIONS)
    for name in ("emit_detection",):
        options[name] = config.emit == "detection"
    for name in OPTIONS.names or ():
        if name != "emit_detection":
            options[name] = getattr(config, name)
    options.setflags(write=False)
    return options
