"""Memory that both processes see: a row of slots, each large enough for any picture.

Pages that nobody has written take no memory, so a slot may be as large as the largest frame allowed.
"""

import mmap
import os
import tempfile

SLOTS = 8


def make(slot_bytes: int) -> int:
    """A file descriptor of new memory for `SLOTS` slots."""
    size = SLOTS * rounded(slot_bytes)
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("trackd-frames", os.MFD_CLOEXEC)
    else:
        with tempfile.TemporaryFile() as file:
            descriptor = os.dup(file.fileno())
    os.ftruncate(descriptor, size)
    return descriptor


def attach(descriptor: int, slot_bytes: int) -> mmap.mmap:
    """The slots as memory."""
    return mmap.mmap(descriptor, SLOTS * rounded(slot_bytes))


def rounded(slot_bytes: int) -> int:
    """The size of a slot: whole pages."""
    return -(-slot_bytes // mmap.PAGESIZE) * mmap.PAGESIZE
