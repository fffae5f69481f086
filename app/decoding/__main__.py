"""The child process of a source: `python -m app.decoding LINE MEMORY SLOT_BYTES MOST_BYTES SCHEME`."""

import contextlib
import os
import socket
import sys

from app.decoding.errors import Silent, Unreadable
from app.decoding.limits import end_with, restrict
from app.decoding.link import Link, Stopped
from app.decoding.memory import attach
from app.decoding.reading import WEB, read


def main() -> None:
    """Read one source after another, until the service ends this process."""
    line, memory, slot_bytes, most_bytes = map(int, sys.argv[1:5])
    end_with(sys.stdin.fileno())
    restrict(most_bytes)
    link = Link(socket.socket(fileno=line), attach(memory, slot_bytes))
    os.close(memory)
    if sys.argv[5] not in WEB:  # of those it shows when they answer whether PyAV is needed
        with contextlib.suppress(ImportError):
            import app.decoding.video  # noqa: F401  # before the time for opening runs
    link.ready()
    while True:
        _read_one(link)


def _read_one(link: Link) -> None:
    order = link.order()
    try:
        read(order, link)
    except Stopped:
        link.lost("it was stopped")
    except Unreadable as error:
        link.lost(str(error), silent=isinstance(error, Silent))
    except (MemoryError, BlockingIOError):  # the latter where there is no room for another thread
        link.lost("it needs more memory than a source may have")
    except Exception as error:  # noqa: BLE001  # whatever else a stranger's video provokes is its fault
        link.lost(f"{type(error).__name__} while it was read")
    else:
        link.over()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
