"""Places in front of a detector, and the streams that wait for one."""

from collections.abc import Callable


class Line:
    """A bounded number of places; streams wait in the order they came, each once, however many frames it has.

    A frame that waits in its stream is not decoded yet and can still give way to a newer one; one that has a place is
    on its way. So there are as many places as keep the detector busy, and no more.
    """

    def __init__(self, places: int) -> None:
        """All places are free."""
        self._free = places
        self._waiting: dict[str, Callable[[], None]] = {}

    def __len__(self) -> int:
        """How many streams wait."""
        return len(self._waiting)

    @property
    def has_place(self) -> bool:
        """Whether a frame may take a place without overtaking anybody."""
        return self._free > 0

    def take(self) -> None:
        """A frame takes a place, whether there is one or not."""
        self._free -= 1

    def give_back(self) -> None:
        """A frame leaves its place: those who wait are called, first come first served, as long as there is one."""
        self._free += 1
        while self._free > 0 and self._waiting:
            self._waiting.pop(next(iter(self._waiting)))()

    def wait(self, stream_id: str, call: Callable[[], None]) -> None:
        """`call` will be called once, when there may be a place for this stream. It keeps the turn of one before it."""
        self._waiting[stream_id] = call

    def disband(self) -> None:
        """Call all who wait: nobody will be served here any more."""
        waiting, self._waiting = self._waiting, {}
        for call in waiting.values():
            call()
