"""Detector models: what is loaded, what the catalogue knows; loading and removing."""

from fastapi import APIRouter, Request, Response

from app.api.access import EngineDep, ModelName
from app.api.body import read_object
from app.api.descriptions import json_body, problems
from app.api.model_views import ModelPage, ModelView, view_of, views
from app.engine.stream_settings import validated
from app.errors import ModelUnknown
from app.inference_settings import ModelSettings


def router() -> APIRouter:
    """The calls under /v1/models."""
    api = APIRouter(prefix="/v1/models", tags=["models"])
    api.get("", summary="List models")(list_models)
    api.get("/{name}", summary="Show a model", responses=problems(404))(get_model)
    api.get("/{name:path}", include_in_schema=False)(get_model)  # a source may hold slashes
    api.put(
        "/{name}",
        summary="Load a model, or a new version of one",
        responses={201: {"model": ModelView, "description": "Loaded"}, **problems(404, 409, 413, 415, 422, 503, 507)},
        openapi_extra=json_body(ModelSettings),
    )(put_model)
    api.delete("/{name}", status_code=204, summary="Remove a model", responses=problems(404, 409, 422, 503))(
        delete_model
    )
    return api


async def list_models(engine: EngineDep) -> ModelPage:
    """Those that serve first, the default at their head; then those being loaded and those that could not be; then the
    rest of the catalogue."""
    return ModelPage(items=list(views(engine)))


async def get_model(engine: EngineDep, name: str) -> ModelView:
    """One model by its name, or by what it was loaded from."""
    known = list(views(engine))
    named = [view for view in known if view.name == name] or [view for view in known if view.source == name]
    if not named:
        raise ModelUnknown(f"no model {name!r}; known are {', '.join(view.name for view in known)}")
    return named[0]


async def put_model(request: Request, response: Response, engine: EngineDep, name: ModelName) -> ModelView:
    """Answers once the model serves: 201 under a new name, 200 where it has taken the place of another version or is
    the same as before, file and settings alike.

    Streams go on meanwhile. A frame belongs to the version that served when its turn came, tracks live on, and the old
    version is freed after its last frame. A version that cannot be loaded, or does not know a class that a stream asks
    for, changes nothing.

    `source` is a name of the catalogue that was pulled, a source that the service's own settings name, or a path below
    the folder that the operator opened with `model_dir`.
    """
    body = await read_object(request, engine.settings.limits.json_body_bytes)
    state, made = await engine.put_model(name, validated(ModelSettings, body))
    response.status_code = 201 if made else 200
    return view_of(state)


async def delete_model(engine: EngineDep, name: ModelName) -> Response:
    """Answers once its memory is free. The default model and one that a stream names cannot go."""
    await engine.delete_model(name)
    return Response(status_code=204)
