"""What the child process says of a source that it cannot read."""


class Unreadable(Exception):
    """The source cannot be read, or no longer; the message says why in words for people."""


class Silent(Unreadable):
    """The source is there and says nothing."""
