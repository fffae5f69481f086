"""What a model wrote for its test card, and one way of reading it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.heads.layout import Array, Split
from models.heads.splits import by_axis


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model wrote for one test card.

    Attributes:
        names: of the outputs.
        arrays: of the outputs, batch axis first.
        input_hw: (height, width) of the input that was run.
        metadata: the model's own.
        classes: how many labels the caller or the metadata name, None if nobody does.
        sized: whether the model takes the sizes of the images as well.
        dtype: of the image input, by NumPy's name.
        masked: whether the model takes a mask of the picture as well.
    """

    names: Sequence[str]
    arrays: Sequence[Array]
    input_hw: tuple[int, int]
    metadata: Mapping[str, str]
    classes: int | None
    sized: bool = False
    dtype: str = "float32"
    masked: bool = False

    def __str__(self) -> str:
        """The outputs as a person would write them down."""
        return ", ".join(f"{n} {list(a.shape)} {a.dtype}" for n, a in zip(self.names, self.arrays, strict=True))

    def short_name(self, index: int) -> str:
        """An output's name in small letters, without a path before it and a tensor's number after it."""
        return self.names[index].lower().rsplit("/", 1)[-1].split(":")[0]

    def is_named(self, index: int, parts: Sequence[str]) -> bool:
        """Whether an output's name has one of these parts."""
        return any(part in self.short_name(index) for part in parts)

    def is_float(self, index: int) -> bool:
        """Whether an output holds floating point numbers."""
        return bool(np.issubdtype(self.arrays[index].dtype, np.floating))

    def with_axes(self, *axes: int) -> list[int]:
        """The outputs that have so many axes."""
        return [index for index, array in enumerate(self.arrays) if array.ndim in axes]


@dataclass(frozen=True, slots=True)
class Match:
    """One way of reading an answer.

    Attributes:
        head: name of the head.
        order: the outputs it takes.
        why: what speaks for it, for people.
        likely: whether the names or values speak for it, and not the shapes alone.
        classes: how many classes the outputs show, None if they do not.
        spare: columns among the classes that need no label: a background, or a class that means that there is nothing.
        extra: whether more columns than the classes may follow.
        split: how a batch falls apart.
        overlapping: in place of what the head says.
    """

    head: str
    order: tuple[int, ...]
    why: str
    likely: bool = True
    classes: int | None = None
    spare: int = 0
    extra: bool = False
    split: Split = by_axis
    overlapping: bool | None = None
