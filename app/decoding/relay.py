"""Between FFmpeg and an RTSP camera: what the camera says before it plays is read, and passed on as it was understood.

FFmpeg follows a camera that answers with a redirect (RFC 2326, section 11.3), wherever that leads, and sends its UDP
packets to any host that the camera names as the source. Neither can be turned off. So FFmpeg is given an address on
loopback, and what stands there connects to the one address that was checked, over TLS where the scheme asks for it.
From PLAY on, where FFmpeg takes no redirects any more, bytes are passed on as they are.

Where it reads over UDP, packets come to FFmpeg's own socket; what it sends goes to the camera's address.
"""

import select
import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self
from urllib.parse import quote

from app.decoding.connecting import connect
from app.decoding.errors import Unreadable
from app.decoding.replies import Replies
from app.decoding.words import Open

CHUNK = 64 * 1024


class RtspRelay:
    """One connection to a camera, and the door to it: `url` is what FFmpeg opens, once.

    `refusal` says why the relay ended the conversation, None where it did not. A thread of its own passes bytes on.
    """

    def __init__(self, order: Open) -> None:
        """Connect to the camera. Blocks.

        Raises:
            Unreadable: it cannot be reached, or its certificate does not fit.
        """
        self.refusal: str | None = None
        self._camera = connect(order)
        self._camera.settimeout(None)  # FFmpeg keeps time
        self._ip = self._camera.getpeername()[0]
        self._door = socket.create_server(("127.0.0.1", 0), backlog=1)
        self._door.settimeout(order.timeout_s)
        self._client: socket.socket | None = None
        self.url = f"rtsp://{_credentials(order)}127.0.0.1:{self._door.getsockname()[1]}{order.target}"
        self._thread = threading.Thread(target=self._run, name="rtsp-relay", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the conversation. Idempotent."""
        for sock in (self._door, self._client, self._camera):
            if sock is not None:
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
        self._thread.join()

    def _run(self) -> None:
        try:
            self._client, _ = self._door.accept()
            self._door.close()  # one client, once
            self._client.settimeout(None)
            self._client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._converse(self._client)
        except Unreadable as refused:
            self.refusal = str(refused)
        except OSError:
            pass  # one of the two has gone, and the other learns of it
        finally:
            for sock in (self._door, self._client, self._camera):
                if sock is not None:
                    sock.close()

    def _converse(self, client: socket.socket) -> None:
        replies: Replies | None = Replies(self._ip)
        while True:
            pending = getattr(self._camera, "pending", int)()
            ready = [self._camera] if pending else select.select([client, self._camera], [], [])[0]
            if client in ready:
                asked = client.recv(CHUNK)
                if not asked:
                    return
                if replies is not None and asked.startswith(b"PLAY "):
                    client.sendall(replies.rest)
                    replies = None
                self._camera.sendall(asked)
            if self._camera in ready:
                said = self._camera.recv(CHUNK)
                if not said:
                    return
                client.sendall(said if replies is None else replies.feed(said))


def _credentials(order: Open) -> str:
    if order.user is None:
        return ""
    password = "" if order.password is None else f":{quote(order.password, safe='')}"
    return f"{quote(order.user, safe='')}{password}@"
