"""Responses that go on as long as a stream does."""

from collections.abc import AsyncIterator

from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from app.api.feed import Feed

KEEP_ALIVE_S = 15.0
RETRY_MS = 2000


class LiveResponse(StreamingResponse):
    """Writes what is made from a feed, and leaves the feed however it ends: also where the client went at once."""

    def __init__(self, feed: Feed, content: AsyncIterator[bytes], media_type: str) -> None:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}  # nginx must not collect the parts
        super().__init__(content, headers=headers, media_type=media_type)
        self._feed = feed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer until the feed ends or the client goes."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._feed.close()
