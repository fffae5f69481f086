"""Box conversions, over (N, 4) arrays.

`xyxy` is x1, y1, x2, y2; `tlwh` is left, top, width, height. All in pixels, with real-valued sides.
"""

import numpy as np

from tracker.types import Floats


def xyxy_to_tlwh(xyxy: Floats) -> Floats:
    """Left, top, width, height of (N, 4) corner boxes."""
    return np.concatenate([xyxy[:, :2], xyxy[:, 2:] - xyxy[:, :2]], axis=1)


def tlwh_to_xyxy(tlwh: Floats) -> Floats:
    """Corners of (N, 4) left, top, width, height boxes."""
    return np.concatenate([tlwh[:, :2], tlwh[:, :2] + tlwh[:, 2:]], axis=1)
