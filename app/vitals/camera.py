"""Boxes that move along with the camera, over some frames."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Camera:
    """How the camera moved before each of F frames: whether it `moves` at all, (F,), and where it does in any of them,
    (F, 2, 3) its `motions` from the frame before."""

    motions: Floats
    moves: NDArray[np.bool_]

    @classmethod
    def of(cls, motions: Sequence[Floats | None]) -> Self:
        """These motions, None where it stood still."""
        moves = np.array([motion is not None for motion in motions])
        if not moves.any():
            return cls(np.empty((0, 2, 3)), moves)
        turns = np.zeros((len(motions), 2, 3))
        for number in np.flatnonzero(moves).tolist():
            turns[number] = motions[number]
        return cls(turns, moves)

    def carried(self, xyxy: Floats, velocity: Floats, since: Rows, until: Rows) -> tuple[Floats, Floats]:
        """Boxes (R, 4) and velocities (R, 2) as of frame `since` where they stand in frame `until`, both (R,).

        Corners move each by itself, and stay corners, frame by frame.
        """
        if not len(self.motions):
            return xyxy, velocity
        xyxy, velocity, at = xyxy.copy(), velocity.copy(), since.copy()
        while len(due := np.flatnonzero(at < until)):
            at[due] += 1
            due = due[self.moves[at[due]]]
            turn, shift = self.motions[at[due], :, :2].transpose(0, 2, 1), self.motions[at[due], None, :, 2]
            corners = xyxy[due].reshape(-1, 2, 2) @ turn + shift
            xyxy[due] = np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1)
            velocity[due] = (velocity[due, None, :] @ turn)[:, 0]
        return xyxy, velocity
