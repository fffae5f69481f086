"""What an evaluation found, by sequence and by class, and taken together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.scoring import Measures, Score, average_classes, combine_sequences, pool_classes
from tracker import ByteTrackConfig, MotRows

PEDESTRIANS = "pedestrian"
"""The one class of the MOT Challenge."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SequenceResult:
    """One sequence: `tracks` are those that were scored, `by_class` what was measured, `origin` the file they are from.

    `config` is the tracker's and `median_ms` its time for one frame; both are None where tracks were made elsewhere.
    """

    name: str
    first_frame: int
    frames: int
    tracks: MotRows
    by_class: Mapping[str, Measures]
    origin: str
    config: ByteTrackConfig | None = None
    median_ms: float | None = None
    camera_motion: bool = False

    @property
    def measures(self) -> Measures:
        """All classes together, every detection with the same weight."""
        return _pooled(self.by_class)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Evaluation:
    """Several sequences, and what they come to."""

    sequences: Sequence[SequenceResult]

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes that were scored."""
        return tuple(self.sequences[0].by_class)

    def by_sequence(self) -> dict[str, Score]:
        """The scores of each sequence, all classes together."""
        return {sequence.name: Score.of(sequence.measures) for sequence in self.sequences}

    def by_class(self) -> dict[str, Score]:
        """The scores of each class, all sequences together."""
        return {name: Score.of(measures) for name, measures in self._classes().items()}

    def overall(self) -> Score:
        """All sequences and classes together, every detection with the same weight."""
        return Score.of(_pooled(self._classes()))

    def class_average(self) -> Score:
        """All sequences together, every class with the same weight."""
        return Score.of(average_classes(self._classes()))

    def _classes(self) -> dict[str, Measures]:
        return {
            name: combine_sequences({sequence.name: sequence.by_class[name] for sequence in self.sequences})
            for name in self.classes
        }


def _pooled(by_class: Mapping[str, Measures]) -> Measures:
    return next(iter(by_class.values())) if len(by_class) == 1 else pool_classes(by_class)
