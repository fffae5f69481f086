"""The opening of WebSockets, as uvicorn does it, with an answer for what is no opening."""

import msgspec
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

_PROBLEM = {
    "type": "about:blank",
    "title": "Bad Request",
    "status": 400,
    "detail": "the request could not be read: its lines may have at most 8192 bytes, and it at most 128 headers",
}
_BODY = msgspec.json.encode(_PROBLEM)
_ANSWER = (
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: application/problem+json\r\nConnection: close\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(_BODY), _BODY)
)


class Handshakes(WebSocketsSansIOProtocol):
    """Answers a request that websockets cannot read; uvicorn would leave its connection open without a word."""

    def data_received(self, data: bytes) -> None:
        """Hand the bytes on, and end a connection whose request was not understood."""
        super().data_received(data)
        if self.conn.handshake_exc is not None and not self.handshake_initiated and not self.transport.is_closing():
            self.transport.write(_ANSWER)
            self.transport.close()
