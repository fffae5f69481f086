"""Which frames of a stream are looked at."""


class Cadence:
    """Counts the frames of one stream as they are begun: the first is looked at, and then each k-th."""

    def __init__(self) -> None:
        self._begun = 0  # since the last one that was to be looked at, itself included

    def is_due(self, every: int) -> bool:
        """Whether the frame that begins next is looked at."""
        return self._begun == 0 or self._begun >= every

    def begin(self, *, looked_at: bool) -> None:
        """Count a frame that begins."""
        self._begun = 1 if looked_at else self._begun + 1

    def restart(self) -> None:
        """The next frame is looked at: it begins an epoch, or a frame was not seen although it was its turn."""
        self._begun = 0
