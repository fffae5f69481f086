"""Where the tracks of a stream were: a bounded store of points, numbers only, filled once per tracked frame.

`store` is what an owner fills and asks. `ring` keeps the newest rows of some columns, `table` a summary of each track,
`births` knows which first detection a new track comes from; `points` and `summary` are what is answered.
"""

from app.paths.frame import TrackedRows
from app.paths.points import PathPoints, Span, points_within
from app.paths.store import Paths
from app.paths.summary import Birth, TrackSummary

__all__ = ["Birth", "PathPoints", "Paths", "Span", "TrackSummary", "TrackedRows", "points_within"]
