"""The kernels that Python calls, made ready when this module is imported.

Loading them takes most of a second, so this module is imported where they are first needed and not before: reading a
file of tracks, or asking a command for its help, needs none.
"""

from numba import boolean, float64, from_dtype, int64, types

from tracker.compiled import compiled
from tracker.options import OPTIONS
from tracker.soundness import are_sound as _are_sound
from tracker.step import step as _step
from tracker.table import MEMORY, TRACK

_TABLE = types.Array(from_dtype(TRACK), 1, "C", readonly=True)
_MEMORY = types.Array(from_dtype(MEMORY), 1, "C", readonly=True)
_OPTIONS = types.Array(from_dtype(OPTIONS), 1, "C", readonly=True)
_MATRIX = types.Array(float64, 2, "C", readonly=True)
_FLOATS = types.Array(float64, 1, "C", readonly=True)
_INTS = types.Array(int64, 1, "C", readonly=True)

step = compiled(
    _step, _TABLE, _MEMORY, _MATRIX, _FLOATS, _INTS, _MATRIX, _OPTIONS, float64, float64, int64, boolean, boolean
)
are_sound = compiled(_are_sound, _MATRIX, _FLOATS, _INTS)
