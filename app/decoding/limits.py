"""What the child process may use."""

import fcntl
import os
import resource
import select
import sys
from contextlib import suppress
from pathlib import Path


def restrict(memory_bytes: int) -> None:
    """Limit this process for good: memory of its own, no files written, no core; first to be killed.

    Linux enforces the memory. macOS does not.
    """
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
    for kind, most in [
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        # Memory that is private and writable: neither the slots, which are shared, nor the libraries count.
        (resource.RLIMIT_DATA, memory_bytes),
    ]:
        _, hard = resource.getrlimit(kind)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))


def end_with(descriptor: int) -> None:
    """Let the kernel end this process when the other end of a pipe is closed, whatever hangs in it.

    `SIGIO` ends a process that does not handle it, and a pipe whose writer is gone raises it.
    """
    if sys.platform != "linux":
        return  # there the thread that takes orders notices
    fcntl.fcntl(descriptor, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(descriptor, fcntl.F_SETFL, fcntl.fcntl(descriptor, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([descriptor], [], [], 0)[0]:
        sys.exit("the service is gone")
