"""Pages about the service itself, without any other host: Swagger UI over the OpenAPI description, and the problems."""

from collections.abc import Iterator
from importlib.resources import files
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import FileResponse, HTMLResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from app.api.descriptions import problems
from app.api.problem import problem_type
from app.errors import TrackdError

ASSETS = ("swagger-ui-bundle.js", "swagger-ui.css", "favicon.png")


class ProblemKind(BaseModel):
    """One kind of problem document."""

    type: str
    title: str
    status: int
    meaning: str


def router() -> APIRouter:
    """/docs with its files, and /problems."""
    api = APIRouter()
    api.get("/docs", include_in_schema=False)(swagger)
    api.get("/docs/{name}", include_in_schema=False)(asset)
    api.get("/problems/{slug}", tags=["problems"], summary="What a problem's `type` means", responses=problems(404))(
        problem_kind
    )
    return api


async def swagger(request: Request) -> HTMLResponse:
    """Swagger UI from the installed package: nothing is fetched from elsewhere."""
    root = request.scope.get("root_path", "")
    return get_swagger_ui_html(
        openapi_url=f"{root}/openapi.json",
        title="trackd: the API",
        swagger_js_url=f"{root}/docs/{ASSETS[0]}",
        swagger_css_url=f"{root}/docs/{ASSETS[1]}",
        swagger_favicon_url=f"{root}/docs/{ASSETS[2]}",
    )


async def asset(name: str) -> FileResponse:
    """A file of Swagger UI."""
    if name not in ASSETS:
        raise HTTPException(404)
    return FileResponse(str(files("fastapi_offline") / "static" / name), headers={"Cache-Control": "max-age=86400"})


async def problem_kind(slug: Annotated[str, Path(max_length=64)]) -> ProblemKind:
    """The kinds of the service's own errors; those of HTTP itself, such as `not-found`, are named after the status."""
    for kind in _kinds(TrackdError):
        if kind.slug == slug and "slug" in vars(kind):
            meaning = (kind.__doc__ or "").strip()
            return ProblemKind(type=problem_type(slug), title=kind.title, status=kind.status, meaning=meaning)
    raise HTTPException(404, f"no problem {slug!r}")


def _kinds(root: type[TrackdError]) -> Iterator[type[TrackdError]]:
    yield root
    for below in root.__subclasses__():
        yield from _kinds(below)
