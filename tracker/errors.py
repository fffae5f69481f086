"""What the tracking library raises.

All of them are `ValueError`: something that the caller handed in is wrong, and nothing was changed.

    ValueError
    +-- TrackerError
        +-- DetectionsError    arrays that break the contract of `Detections`
        +-- OutOfOrderError    a frame at or before the last one
        +-- MotionError        a camera motion that is not one
        +-- StateError         a snapshot that is damaged, or that belongs to another configuration
        +-- MotFormatError     a line that is not MOT Challenge text
"""


class TrackerError(ValueError):
    """The root of this package's errors."""


class DetectionsError(TrackerError):
    """The arrays given as detections break their contract.

    Attributes:
        field: the array at fault: `xyxy`, `score` or `class_id`.
        row: the first row at fault, or None where the array as a whole is.
    """

    def __init__(self, message: str, field: str, row: int | None = None) -> None:
        super().__init__(message)
        self.field = field
        self.row = row


class OutOfOrderError(TrackerError):
    """The presentation time of a frame is not after that of the frame before it; the frame was not used.

    Attributes:
        pts: the time that was given, in seconds.
        previous: the time of the last frame that was used, in seconds.
    """

    def __init__(self, pts: float, previous: float) -> None:
        super().__init__(
            f"pts {pts!r} s is not after the last frame at {previous!r} s: frames must come in order of time"
        )
        self.pts = pts
        self.previous = previous


class MotionError(TrackerError):
    """A camera motion is not a usable (2, 3) affine."""


class StateError(TrackerError):
    """A snapshot cannot be read, or does not fit the tracker that should continue from it."""


class MotFormatError(TrackerError):
    """A line is not a row of MOT Challenge text.

    Attributes:
        line: its number, counted from 1.
    """

    def __init__(self, message: str, line: int) -> None:
        super().__init__(f"line {line}: {message}")
        self.line = line
