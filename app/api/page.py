"""The page of the browser and the viewer that other pages may embed: static files, and who may frame them."""

from pathlib import Path
from typing import Any

from fastapi import APIRouter
from fastapi.responses import FileResponse, Response
from fastapi.staticfiles import StaticFiles

from app.api.access import StreamId

WEB = Path(__file__).parents[1] / "web"

_OURS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "no-referrer",
}
"""The page has buttons that delete streams: no foreign page may put it below its own."""

_EVERYBODYS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "frame-ancestors *",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
"""The viewer changes nothing and has nothing to press. Who can frame it still cannot read it: it is of our origin."""


class PageFiles(StaticFiles):
    """The page's files, asked for anew each time: an upgrade never mixes old and new modules."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """The file, or 304."""
        response = super().file_response(*args, **kwargs)
        response.headers.update(_OURS)
        return response


def router() -> APIRouter:
    """`/` and `/embed/{stream}`; what else the policy of a page says stands in its HTML."""
    api = APIRouter(include_in_schema=False)
    api.get("/")(page)
    api.get("/embed/{stream_id}")(embed)
    return api


async def page() -> FileResponse:
    """Every stream, and all that can be done."""
    return FileResponse(WEB / "index.html", headers=_OURS)


async def embed(stream_id: StreamId) -> FileResponse:
    """One stream without anything around it. It need not be open yet: the viewer waits for it."""
    return FileResponse(WEB / "embed.html", headers=_EVERYBODYS)
