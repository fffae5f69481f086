"""The kernels that only other kernels call, compiled for tests to call, and kept as the tracker's own are.

With `NUMBA_DISABLE_JIT=1` they are the Python functions that they are written as.
"""

from numba import float64, from_dtype, int32, int64, types

# First, so that a cache that holds the kernels of tests holds the tracker's as well.
import tracker.entries  # noqa: F401 - loading is what it is for
from tracker import assignment, duplicates, kalman
from tracker import candidates as pairs
from tracker.compiled import compiled
from tracker.table import TRACK

_TRACK = from_dtype(TRACK)
_FLOATS = types.Array(float64, 1, "C")
_MATRIX = types.Array(float64, 2, "C")
_INDICES = types.Array(int32, 1, "C")
_BOOLS = types.Array(types.boolean, 1, "C")

assign = compiled(assignment.assign, _INDICES, _INDICES, _FLOATS, float64, int64)
candidates = compiled(pairs.candidates, _MATRIX, _MATRIX, _BOOLS, float64)
overlap = compiled(pairs.overlap, _MATRIX, int64, _MATRIX, int64)
twins = compiled(duplicates.twins, types.Array(_TRACK, 1, "C"), _MATRIX, float64, types.boolean)

initiate = compiled(kalman.initiate, _TRACK, _FLOATS, int64)
predict = compiled(kalman.predict, _TRACK, float64, int64)
advance = compiled(kalman.advance, _TRACK, float64, int64)
warp = compiled(kalman.warp, _TRACK, _MATRIX, int64)
update = compiled(kalman.update, _TRACK, _FLOATS, float64, int64)
to_xyxy = compiled(kalman.to_xyxy, _TRACK, _FLOATS, int64)
distance = compiled(kalman.distance, _TRACK, _FLOATS, int64)
