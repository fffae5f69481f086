"""Concerns that come and go with the vitals of one stream, without flickering."""

from collections import Counter
from dataclasses import dataclass

from app.vitals.figures import Figures
from app.vitals.frame import VitalFrame
from app.vitals.rules import EXPLAINED, LEAST_SPAN_S, RULES, ConcernKind, Sign
from app.vitals.vitals import Vitals
from tracker import ByteTrackConfig

APPEARS_AFTER = 3
"""Looks in a row at which something is worth saying before it is said; a look comes with each slice of the window."""

LEAVES_AFTER = 5
"""Looks in a row at which it is clearly not before it is taken back."""

CLEARLY_NOT = 0.75
"""The strength below which a sign is clearly none."""


@dataclass(frozen=True, slots=True)
class Concern:
    """Something that looks wrong since `since`, media time, in words that stay; and which settings may help."""

    kind: ConcernKind
    detail: str
    settings: tuple[str, ...]
    since: float


@dataclass(frozen=True, slots=True)
class Change:
    """A concern appeared, or it is gone: because it no longer looks so, or because settings changed."""

    concern: Concern
    gone: bool
    why: str = ""


class Checkup:
    """Owns the vitals of one stream and the concerns that stand. One thread feeds and asks."""

    def __init__(self) -> None:
        self.vitals = Vitals()
        self._config: ByteTrackConfig | None = None
        self._standing: dict[ConcernKind, Concern] = {}
        self._for: Counter[ConcernKind] = Counter()
        self._against: Counter[ConcernKind] = Counter()

    @property
    def concerns(self) -> tuple[Concern, ...]:
        """Those that stand, what is nearest to a cause first."""
        return tuple(self._standing[kind] for kind in RULES if kind in self._standing)

    def add(self, frame: VitalFrame) -> tuple[Change, ...]:
        """Take one frame, and say what changed by it."""
        changes: tuple[Change, ...] = ()
        if frame.config is not self._config and frame.config != self._config:
            if self._config is not None:
                changes = self._begin_anew()
            self._config = frame.config
        if self.vitals.add(frame) and (figures := self.vitals.figures()) is not None:
            changes += self._look(figures, frame.config)
        return changes

    def restart(self) -> tuple[Change, ...]:
        """Forget everything: an epoch begins."""
        self.vitals, self._config = Vitals(), None
        return self._clear("a new epoch began")

    def judged(self) -> tuple[Concern, ...]:
        """What looks wrong at this very moment, for a run that is over."""
        figures = self.vitals.figures()
        if figures is None or self._config is None:
            return ()
        signs = _signs(figures, self._config)
        return tuple(
            Concern(kind, sign.detail, sign.settings, figures.pts)
            for kind, sign in signs.items()
            if sign.strength >= 1.0 and not _explained(kind, signs)
        )

    def _begin_anew(self) -> tuple[Change, ...]:
        self.vitals.look_anew()
        return self._clear("settings changed, and it is looked at anew")

    def _clear(self, why: str) -> tuple[Change, ...]:
        gone = tuple(Change(concern, gone=True, why=why) for concern in self.concerns)
        self._standing.clear()
        self._for.clear()
        self._against.clear()
        return gone

    def _look(self, figures: Figures, config: ByteTrackConfig) -> tuple[Change, ...]:
        signs = _signs(figures, config)
        changes: list[Change] = []
        for kind in RULES:
            sign = signs.get(kind)
            strength = 0.0 if sign is None or _explained(kind, signs) else sign.strength
            self._for[kind] = self._for[kind] + 1 if strength >= 1.0 else 0
            self._against[kind] = self._against[kind] + 1 if strength < CLEARLY_NOT else 0
            standing = self._standing.get(kind)
            if standing is None and sign is not None and self._for[kind] >= APPEARS_AFTER:
                concern = self._standing[kind] = Concern(kind, sign.detail, sign.settings, figures.pts)
                changes.append(Change(concern, gone=False))
            elif standing is not None and self._against[kind] >= LEAVES_AFTER:
                changes.append(Change(self._standing.pop(kind), gone=True, why="it no longer looks so"))
        return tuple(changes)


def _signs(figures: Figures, config: ByteTrackConfig) -> dict[ConcernKind, Sign]:
    if figures.span_s < LEAST_SPAN_S:
        return {}
    return {kind: sign for kind, rule in RULES.items() if (sign := rule(figures, config)) is not None}


def _explained(kind: ConcernKind, signs: dict[ConcernKind, Sign]) -> bool:
    """Whether another sign that is worth saying explains this one."""
    return any(kind in EXPLAINED.get(other, ()) for other, sign in signs.items() if sign.strength >= 1.0)
