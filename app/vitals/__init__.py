"""How well tracking does, as far as that shows without ground truth: numbers only, fed once per tracked frame.

`checkup` is what an owner feeds and asks. `vitals` takes frames apart, some at once: `batch` has their columns, `lives`
the tracks, `steps` how these went on, `succession` which new ones take the place of others, `camera` moves them along,
`margin` tells how near associations are to being refused, `intervals` how evenly frames come; `window` has the sums of
the last minute, `baseline` what was before it. `figures` is what comes of it, `rules` say what looks wrong.
"""

from app.vitals.checkup import Change, Checkup, Concern
from app.vitals.figures import Figures
from app.vitals.frame import VitalFrame
from app.vitals.rules import ConcernKind
from app.vitals.vitals import Vitals

__all__ = ["Change", "Checkup", "Concern", "ConcernKind", "Figures", "VitalFrame", "Vitals"]
