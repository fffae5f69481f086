"""Where tracks were: heat maps, trajectories, the story of one track, the paths of many."""

from typing import Annotated, Any, Literal
from zlib import crc32

import msgspec
from fastapi import APIRouter, Path, Query, Request, Response

from app.api.access import EngineDep, StreamId
from app.api.caching import is_fresh
from app.api.descriptions import problems
from app.api.pictures import MIN_WIDTH
from app.api.problem import invalid
from app.engine.asking import PageAsked, PictureAsked
from app.engine.port import Engine
from app.framing import MAX_SEQ
from app.path_messages import PathsPage, TrackStory

DEFAULT_ITEMS = 100
DEFAULT_POINTS = 100
STORY_POINTS = 500
_REF = "#/components/schemas/{name}"

From = Annotated[
    float | None,
    Query(alias="from", ge=-1e12, le=1e12, allow_inf_nan=False, description="seconds of media time; the oldest known"),
]
To = Annotated[
    float | None,
    Query(alias="to", ge=-1e12, le=1e12, allow_inf_nan=False, description="seconds of media time; the newest frame's"),
]
Last = Annotated[
    float | None,
    Query(gt=0, le=1e12, allow_inf_nan=False, description="instead of `from`: so many seconds before the newest frame"),
]
Classes = Annotated[
    str | None, Query(min_length=1, max_length=4096, description="names or numbers, with commas between; all")
]
Width = Annotated[
    int | None, Query(ge=MIN_WIDTH, description="shrink to this width, in pixels; 1920 at most when not given")
]
Annotate = Annotated[
    bool,
    Query(description="over the newest frame, dimmed, with zones, lines and a legend below; 0: alone, transparent"),
]
Points = Annotated[int, Query(ge=2, le=STORY_POINTS, description="points of one track at most, evenly thinned")]
TrackId = Annotated[int, Path(ge=1, le=MAX_SEQ, description="number of the track")]
Kind = Literal["heatmap", "trajectories"]


def router() -> APIRouter:
    """The calls that tell where tracks were."""
    api = APIRouter(prefix="/v1/streams/{stream_id}", tags=["paths"])
    api.get("/heatmap.png", summary="Where tracks spent their time", **_png("a heat map of seconds"))(get_heatmap)
    api.get("/trajectories.png", summary="The ways that tracks took", **_png("lines that end in arrows"))(
        get_trajectories
    )
    api.get(
        "/paths",
        summary="The ways that tracks took, as numbers",
        response_class=Response,
        responses={**_json(PathsPage, "tracks by their number"), **problems(404, 422, 429)},
    )(get_paths)
    api.get(
        "/tracks/{track_id}",
        summary="The story of one track",
        response_class=Response,
        responses={**_json(TrackStory, "as it stands at the newest frame"), **problems(404, 422)},
    )(get_track)
    return api


async def get_heatmap(
    request: Request,
    engine: EngineDep,
    stream_id: StreamId,
    begins: From = None,
    ends: To = None,
    last_s: Last = None,
    classes: Classes = None,
    width: Width = None,
    annotate: Annotate = True,
) -> Response:
    """How many seconds tracks spent at each place, by their feet: the middle of a box's lower edge.

    A span of media time of the newest epoch, as far back as `limits.path_points` reaches. Who stood still at a place
    for 10 s counts 10 there; between frames that are tracked one walks on. Transparent where nobody was.
    """
    asked = _picture("heatmap", engine, begins, ends, last_s, classes, width, annotate)
    return await _picture_answer(request, engine, stream_id, asked)


async def get_trajectories(
    request: Request,
    engine: EngineDep,
    stream_id: StreamId,
    begins: From = None,
    ends: To = None,
    last_s: Last = None,
    classes: Classes = None,
    width: Width = None,
    annotate: Annotate = True,
) -> Response:
    """The ways of feet, in the colours that boxes have, fainter towards their beginning, with an arrow at their end.

    A line is open where its track was lost.
    """
    asked = _picture("trajectories", engine, begins, ends, last_s, classes, width, annotate)
    return await _picture_answer(request, engine, stream_id, asked)


async def get_paths(
    engine: EngineDep,
    stream_id: StreamId,
    begins: From = None,
    ends: To = None,
    last_s: Last = None,
    classes: Classes = None,
    points: Points = DEFAULT_POINTS,
    limit: Annotated[int | None, Query(ge=1, description="tracks of one page, 100 when not given")] = None,
    cursor: Annotated[
        str | None, Query(pattern=r"^[0-9]{1,15}$", description="`next_cursor` of the page before")
    ] = None,
) -> Response:
    """Where tracks were within a span of media time; a point every 0.1 s at most."""
    most = engine.settings.limits.list_items
    if limit is not None and limit > most:
        raise invalid("/query/limit", f"{limit} is above {most}")
    asked = PageAsked(
        **_span(begins, ends, last_s, classes),
        items=limit or min(DEFAULT_ITEMS, most),
        points=points,
        after=int(cursor or 0),
    )
    page = await engine.paths(stream_id, asked)
    return Response(msgspec.json.encode(page), headers={"Cache-Control": "no-cache"}, media_type="application/json")


async def get_track(
    engine: EngineDep, stream_id: StreamId, track_id: TrackId, points: Points = STORY_POINTS
) -> Response:
    """When and why it began, where it was, how often it was lost, and how it stands."""
    story = engine.track(stream_id, track_id, points)
    return Response(msgspec.json.encode(story), headers={"Cache-Control": "no-cache"}, media_type="application/json")


def path_schemas() -> dict[str, Any]:
    """Schemas of the answers, which FastAPI does not find by itself."""
    _, schemas = msgspec.json.schema_components([TrackStory, PathsPage], ref_template=_REF)
    return schemas


def _picture(
    kind: Kind,
    engine: Engine,
    begins: float | None,
    ends: float | None,
    last_s: float | None,
    classes: str | None,
    width: int | None,
    annotate: bool,
) -> PictureAsked:
    most = engine.settings.limits.image_side
    if width is not None and width > most:
        raise invalid("/query/width", f"{width} is above {most}")
    return PictureAsked(**_span(begins, ends, last_s, classes), kind=kind, width=width, annotate=annotate)


def _span(begins: float | None, ends: float | None, last_s: float | None, classes: str | None) -> dict[str, Any]:
    if last_s is not None and begins is not None:
        raise invalid("/query/last_s", "give either from or last_s")
    if begins is not None and ends is not None and ends < begins:
        raise invalid("/query/to", f"{ends:g} is before from, {begins:g}")
    named = None if classes is None else tuple(name.strip() for name in classes.split(",") if name.strip())
    return {"begins": begins, "ends": ends, "last_s": last_s, "classes": named}


async def _picture_answer(request: Request, engine: Engine, stream_id: str, asked: PictureAsked) -> Response:
    message = engine.newest(stream_id).message
    drawn = f"{asked!r}{engine.stream(stream_id).settings.counting!r}"
    tag = f'"{message.epoch}-{message.seq}-{crc32(drawn.encode()):08x}"'
    headers = {
        "ETag": tag,
        "Frame-Seq": str(message.seq),
        "Frame-Epoch": str(message.epoch),
        "Cache-Control": "no-cache",
    }
    if is_fresh(request, tag):
        return Response(status_code=304, headers=headers)
    return Response(await engine.path_picture(stream_id, asked), headers=headers, media_type="image/png")


def _png(what: str) -> dict[str, Any]:
    described = {"description": f"A PNG, {what}; `Frame-Seq` and `Frame-Epoch` name the newest frame it knows"}
    return {
        "response_class": Response,
        "responses": {
            200: {**described, "content": {"image/png": {}}},
            304: {"description": "still the picture of `If-None-Match`"},
            **problems(404, 422, 429),
        },
    }


def _json(kind: type[msgspec.Struct], description: str) -> dict[int | str, dict[str, Any]]:
    schema = {"$ref": _REF.format(name=kind.__name__)}
    return {200: {"description": description, "content": {"application/json": {"schema": schema}}}}
