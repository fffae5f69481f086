"""Sets of parameters that were measured together."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

_MOT17: dict[str, Any] = {"track_thresh": 0.6, "match_thresh": 0.9}

PRESETS: Mapping[str, Mapping[str, Any]] = MappingProxyType({
    "default": {},
    "mot17": _MOT17,
    "mot20": {"track_thresh": 0.6, "match_thresh": 0.7, "fuse_score": False},
    "accurate": {
        **_MOT17,
        "lost_buffer": 45,
        "duplicate_thresh": 0.0,
        "box_state": "xywh_height",
        "height_weight": 2.0,
        "lost_low_thresh": 0.3,
        "coast": 1,
        "class_vote": True,
    },
})  # fmt: skip
"""The parameters of each preset that differ from the defaults of `ByteTrackConfig`.

    default   the reference implementation's
    mot17     what the paper's authors used for MOT17
    mot20     what they used for the crowds of MOT20
    accurate  the most accurate without appearance; camera motion should come with every call. docs/accuracy.md has what
              each of its parameters is worth
"""
