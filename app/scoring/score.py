"""The scores that people compare, out of all that was measured."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from app.scoring.measures import Measures

ALPHAS = tuple(round(0.05 * step, 2) for step in range(1, 20))
"""The IoU thresholds of HOTA, 0.05 to 0.95."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How good tracks are: 1 is best, MOTA may be negative; HOTA, DetA and AssA are means over `ALPHAS`.

    `hota_curve` has HOTA at each of `ALPHAS`. `fragments` counts how often an object was found again after it was not,
    `switches` how often it was then found under another id. `objects` and `tracks` are numbers of identities.
    """

    hota: float
    det_a: float
    ass_a: float
    mota: float
    idf1: float
    switches: int
    fragments: int
    misses: int
    false_positives: int
    objects: int
    tracks: int
    hota_curve: tuple[float, ...]

    @classmethod
    def of(cls, measures: Measures) -> Self:
        """The scores among `measures`."""
        hota, clear, identity = (measures.by_metric[name] for name in ("HOTA", "CLEAR", "Identity"))
        return cls(
            hota=float(np.mean(hota["HOTA"])),
            det_a=float(np.mean(hota["DetA"])),
            ass_a=float(np.mean(hota["AssA"])),
            mota=float(clear["MOTA"]),
            idf1=float(identity["IDF1"]),
            switches=int(clear["IDSW"]),
            fragments=int(clear["Frag"]),
            misses=int(clear["CLR_FN"]),
            false_positives=int(clear["CLR_FP"]),
            objects=measures.objects,
            tracks=measures.tracks,
            hota_curve=tuple(np.asarray(hota["HOTA"], np.float64).tolist()),
        )
