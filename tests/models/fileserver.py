"""A real HTTP server on the loopback interface that misbehaves as told."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


@dataclass
class Behaviour:
    """What the server does, and what it was asked.

    Attributes:
        content: of every file.
        ranges: whether it honours `Range`.
        declares_length: whether it says how long the content is.
        refuses_ranges: whether it answers them with 416.
        shift: how far beyond the byte asked for its ranges begin.
        cuts: for each of the first requests, after how many body bytes the line breaks.
        status: answered in place of the content.
        location: where to redirect to.
        asked: the `Range` header of every request, in order.
    """

    content: bytes
    ranges: bool = True
    declares_length: bool = True
    refuses_ranges: bool = False
    shift: int = 0
    cuts: list[int] = field(default_factory=list)
    status: int | None = None
    location: str | None = None
    asked: list[str | None] = field(default_factory=list)


@contextmanager
def served(behaviour: Behaviour) -> Iterator[str]:
    """The base URL of a running server."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.headers.get("Range")
            behaviour.asked.append(asked)
            if behaviour.status is not None:
                self.send_response(behaviour.status)
                if behaviour.location:
                    self.send_header("Location", behaviour.location)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            if asked and behaviour.refuses_ranges:
                self.send_error(416)
                return
            first = int(asked.removeprefix("bytes=").rstrip("-")) if asked and behaviour.ranges else 0
            first += behaviour.shift if first else 0
            size = len(behaviour.content)
            body = behaviour.content[first:]
            self.send_response(206 if first else 200)
            if first:
                self.send_header("Content-Range", f"bytes {first}-{size - 1}/{size}")
            if behaviour.declares_length:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            cut = behaviour.cuts.pop(0) if behaviour.cuts else len(body)
            self.wfile.write(body[:cut])
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
