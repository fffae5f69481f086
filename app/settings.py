"""What the operator decides, read once at start from flags, `TRACKD_*` variables and `trackd.toml`, in this order.

Nobody else reads the environment. Every model is frozen and refuses unknown keys, so that a misspelt one is
an error and not a default.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from app.counting_settings import CountingSettings
from app.detection_settings import DetectionSettings
from app.inference_settings import DeviceName, InferenceSettings, ModelSettings
from app.limits import Limits
from app.mistakes import told
from app.publish_settings import PublishSettings
from app.source_settings import SourcePolicy, SourceSettings
from app.tracker_settings import TrackerSettings

PREFIX = "TRACKD_"
CONFIG_VARIABLE = "TRACKD_CONFIG"
STREAM_ID_PATTERN = r"^[A-Za-z0-9._-]{1,64}$"
MODEL_NAME_PATTERN = STREAM_ID_PATTERN
DEVICES = "auto, cpu, cuda, tensorrt, openvino, coreml or directml; cuda:1 is the second GPU, openvino:GPU Intel's"


class SettingsError(ValueError):
    """The settings cannot be used; the message has one line per mistake and names where it stands."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StreamSettings(_Frozen):
    """Everything that can be said of one stream."""

    tracker: TrackerSettings = TrackerSettings()
    classes: tuple[int | str, ...] | None = Field(
        default=None, max_length=1000, description="ids or names to keep; null: all"
    )
    labels: tuple[str, ...] | None = Field(
        default=None, max_length=65_536, description="class names for posted detections"
    )
    model: str | None = Field(
        default=None, description="name of the loaded model that sees the frames; null: the service's default"
    )
    detection: DetectionSettings = Field(
        default=DetectionSettings(), description="how its pictures are looked at, as a table"
    )
    overload: Literal["latest", "lossless"] = Field(
        default="latest", description="drop the older, or make the producer wait"
    )
    max_age_ms: float | None = Field(
        default=None,
        gt=0,
        le=3_600_000,
        description="drop a frame whose turn comes longer after its arrival, with overload latest; null: never",
    )
    max_fps: float | None = Field(
        default=None,
        gt=0,
        le=1000,
        description="track at most so many frames per second, evenly by capture time, else by arrival; null: all",
    )
    order: Literal["strict", "skip_late", "reorder"] = Field(
        default="strict", description="refuse a late frame, drop it, or wait reorder_ms for those before it"
    )
    reorder_ms: float = Field(
        default=200.0,
        gt=0,
        le=10_000,
        description="how long a frame waits for those that are missing before it, with order reorder; where frames "
        "have capture times and no numbers each one waits as long",
    )
    camera_motion: bool = Field(
        default=False,
        description="measure in the pictures how the camera moves, and let tracks move along; default true with the "
        "preset accurate",
    )
    counting: CountingSettings = Field(
        default=CountingSettings(), description="zones, lines and the ground of the picture, as a table"
    )
    source: SourceSettings | None = Field(default=None, description="what the server reads by itself, as a table")

    @model_validator(mode="after")
    def _move_with_the_preset(self) -> Self:
        # The preset was measured with the camera's motion; not counted as given, as with the tracker's own values.
        if "camera_motion" not in self.model_fields_set:
            self.__dict__["camera_motion"] = self.tracker.preset == "accurate"
        return self

    @field_validator("tracker")
    @classmethod
    def _consistent(cls, value: TrackerSettings) -> TrackerSettings:
        value.config()
        return value


class Settings(BaseSettings):
    """The service's settings."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix=PREFIX, env_nested_delimiter="__", env_ignore_empty=True
    )

    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: int = Field(default=8000, ge=0, le=65_535, description="port to listen on; 0 takes a free one")
    model: str = Field(
        default="demo", min_length=1, description="catalogue name, path of an ONNX file, or a name from `models`"
    )
    device: DeviceName = Field(default="auto", description=DEVICES)
    cache_dir: Path | None = Field(default=None, description="where pulled models are kept")
    model_dir: Path | None = Field(
        default=None, description="folder whose ONNX files may be loaded over HTTP; default none"
    )
    inspect_models: bool = Field(
        default=True, description="try an unknown model file in a child process with limits before it is loaded"
    )
    allowed_origins: tuple[str, ...] = Field(
        default=(), description="origins, beside our own, whose pages may open WebSockets"
    )
    log_format: Literal["console", "json"] = Field(default="console", description="lines for people, or JSON")
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="least level logged")
    drain_s: float = Field(default=8.0, gt=0, le=600, description="seconds that frames in flight get at shutdown")
    inference: InferenceSettings = InferenceSettings()
    models: dict[str, ModelSettings] = Field(default={}, description="models loaded at start beside the default one")
    limits: Limits = Limits()
    sources: SourcePolicy = SourcePolicy()
    publish: PublishSettings = PublishSettings()
    stream: StreamSettings = Field(default=StreamSettings(), description="what a stream gets that says nothing itself")
    streams: dict[str, StreamSettings] = Field(default={}, description="streams opened at start")

    @property
    def default_model(self) -> ModelSettings:
        """What `model` stands for: one of `models`, else a source with the service's own device and inference."""
        return self.models.get(self.model) or ModelSettings(
            source=self.model, device=self.device, inference=self.inference
        )

    def spoken_of(self) -> "Settings":
        """The settings with the default model as the only one, spelt out."""
        return self.speaking_of(self.default_model)

    def speaking_of(self, spec: ModelSettings) -> "Settings":
        """The settings with this model as the only one."""
        own = {"model": spec.source, "device": spec.device or self.device, "inference": spec.inference}
        return self.model_copy(update={**own, "models": {}})

    @field_validator("models")
    @classmethod
    def _names(cls, value: dict[str, ModelSettings]) -> dict[str, ModelSettings]:
        for name in value:
            if not re.fullmatch(MODEL_NAME_PATTERN, name):
                raise ValueError(f"model name {name!r} must match {MODEL_NAME_PATTERN}")
        return value

    @model_validator(mode="after")
    def _known_models(self) -> Self:
        default = model_name(self.model)
        if default in self.models and self.model not in self.models:
            raise ValueError(f"models.{default}: the default model {self.model} has this name; choose another")
        if len({default, *self.models}) > self.limits.models:
            raise ValueError(f"models: with the default one they are more than limits.models, {self.limits.models}")
        for where, stream in {
            "stream": self.stream,
            **{f"streams.{name}": s for name, s in self.streams.items()},
        }.items():
            if stream.model not in (None, default, *self.models):
                raise ValueError(
                    f"{where}.model: no model {stream.model!r}; known are {', '.join([default, *self.models])}"
                )
        return self

    @field_validator("streams")
    @classmethod
    def _ids(cls, value: dict[str, StreamSettings]) -> dict[str, StreamSettings]:
        for stream_id in value:
            if not re.fullmatch(STREAM_ID_PATTERN, stream_id):
                raise ValueError(f"stream id {stream_id!r} must match {STREAM_ID_PATTERN}")
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags before variables before the file; no dotenv and no secrets folder."""
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls))


def model_name(source: str) -> str:
    """What a model that nobody named is called: its catalogue name, or the last part of its path."""
    return re.sub(r"[^A-Za-z0-9._-]", "-", re.split(r"[/\\]", source)[-1])[-64:] or "model"


def load_settings(overrides: Mapping[str, Any] | None = None, config: Path | None = None) -> Settings:
    """Settings from flags (`overrides`, None means not given), `TRACKD_*` variables and a TOML file.

    The file is `config`, else the one named by TRACKD_CONFIG, else `trackd.toml` in the working folder if there is one.

    Raises:
        SettingsError: an unknown key or variable, a value out of range, a file that is missing or no TOML.
    """
    given = {key: value for key, value in (overrides or {}).items() if value is not None}
    path = _config_path(config)
    _refuse_unknown_variables()

    class _WithFile(Settings):
        model_config = SettingsConfigDict(toml_file=path)

    try:
        found = _WithFile(**given)
    except ValidationError as error:
        raise SettingsError(_explain(error)) from None
    except ValueError as error:  # TOML that does not parse, or a variable that is no JSON where a structure is needed
        raise SettingsError(f"{path or 'settings'}: {error}") from None
    return found


def _config_path(config: Path | None) -> Path | None:
    named = config or (Path(os.environ[CONFIG_VARIABLE]) if os.environ.get(CONFIG_VARIABLE) else None)
    if named is None:
        default = Path("trackd.toml")
        return default if default.is_file() else None
    if not named.is_file():
        raise SettingsError(f"no settings file at {named}")
    return named


def _refuse_unknown_variables() -> None:
    """pydantic-settings passes over variables that no field claims; a misspelt one would be silently without effect."""
    known = set(Settings.model_fields)
    for variable in os.environ:
        if variable.upper().startswith(PREFIX) and variable.upper() != CONFIG_VARIABLE:
            field = variable[len(PREFIX) :].lower().split("__")[0]
            if field not in known:
                names = ", ".join(f"{PREFIX}{name.upper()}" for name in sorted(known))
                raise SettingsError(f"unknown variable {variable}; known are {CONFIG_VARIABLE}, {names}")


def _explain(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(str(part) for part in e['loc']) or 'settings'}: {told(e)}" for e in error.errors())
