"""Which models may be loaded while the service runs, and loading one. Everything here blocks: it needs a thread."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath, PureWindowsPath

from app.errors import InvalidInput, ModelRefused, ModelUnknown
from app.inference_settings import ModelSettings
from app.loading import load_for
from app.settings import Settings
from models import CATALOG, Abort, Detector, ModelError, ModelNotFound, default_cache_dir, labels, modelfile, sidefile
from models.regular import read_regular

SUFFIX = ".onnx"
HOW_TO_READ = (labels.ENDING, sidefile.ENDING)
"""Endings of the files beside a model that say how it is read."""


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A file that may be loaded: `source` as it was named, and where that is."""

    source: str
    path: Path

    def mark(self) -> tuple[str, ...] | None:
        """What tells whether the file is still the same: hashes of the model and of what says how it is read.

        None where it cannot be told.
        """
        try:
            return _sha256(self.path), *(_sha256(self.path.with_suffix(e), missing="") for e in HOW_TO_READ)
        except OSError:
            return None


def locate(source: str, service: Settings) -> ModelFile:
    """The file that a source names.

    Whoever can reach the service may name what is in the catalogue, what the operator's own settings name, and files
    below the folder that the operator opened for it.

    Raises:
        InvalidInput: a file that may not be named.
        ModelUnknown: there is no such file.
    """
    entry = CATALOG.get(source)
    if entry is not None:
        return ModelFile(source, entry.path(service.cache_dir or default_cache_dir()))
    if source in {service.model, *(spec.source for spec in service.models.values())}:
        return ModelFile(source, Path(source).expanduser())
    if service.model_dir is None:
        raise _refused(f"no model {source!r}: choose {', '.join(CATALOG)}; files may be named if model_dir is set")
    return ModelFile(source, _below(service.model_dir, source))


def open_model(file: ModelFile, spec: ModelSettings, service: Settings, abort: Abort) -> Detector:
    """A detector that has run once. `abort` ends what an unknown file is put through before.

    Raises:
        ModelUnknown: there is no such file, or it was not pulled yet.
        ModelRefused: it cannot be loaded, with the reason.
    """
    named = file.source if file.source in CATALOG else str(file.path)
    try:
        return load_for(service.speaking_of(spec).model_copy(update={"model": named}), abort=abort)
    except (ModelError, ValueError, MemoryError) as error:
        detail = _without_place(str(error), file)
        if isinstance(error, ModelNotFound):
            raise ModelUnknown(detail) from error
        raise ModelRefused(detail, kind=type(error).__name__) from error


def _without_place(detail: str, file: ModelFile) -> str:
    """The message with the file, and those beside it, as the source names them: where ours lie is nobody's business."""
    ours, theirs = str(file.path.with_suffix("")), file.source.removesuffix(file.path.suffix)
    return detail.replace(ours, theirs).replace(repr(ours)[1:-1], theirs)


def _below(folder: Path, source: str) -> Path:
    """A file below `folder`, with every link followed before it is judged, also those beside it that are read too."""
    windows = PureWindowsPath(source)
    parts = {*PurePosixPath(source).parts, *windows.parts}
    if windows.drive or windows.root or ".." in parts or not source.isprintable():
        raise _refused(f"{source!r} must be a path below model_dir, without '..'")
    if not source.endswith(SUFFIX):
        raise _refused(f"{source!r} is no catalogue name ({', '.join(CATALOG)}) and does not end in {SUFFIX}")
    try:
        top, path = folder.resolve(), (folder / source).resolve()
        found = path.is_file()
        beside = [*(path.with_suffix(e) for e in HOW_TO_READ), path.with_name(path.name + modelfile.CHECKSUM_ENDING)]
        astray = [side.name for side in beside if not side.resolve().is_relative_to(top)]
    except (OSError, RuntimeError):  # a name that is too long, a circle of links
        raise ModelUnknown(f"no model file {source!r}") from None
    if not path.is_relative_to(top) or path.suffix != SUFFIX:
        raise _refused(f"{source!r} leads to a file that is not below model_dir, or does not end in {SUFFIX}")
    if not found:
        raise ModelUnknown(f"no model file {source!r}")
    if astray:
        raise _refused(f"{astray[0]} beside {source!r} leads to a file that is not below model_dir")
    return path


def _refused(detail: str) -> InvalidInput:
    return InvalidInput(detail, errors=[{"pointer": "/source", "detail": detail}])


def _sha256(path: Path, missing: str | None = None) -> str:
    try:
        return sha256(read_regular(path, modelfile.MOST_BYTES)).hexdigest()
    except FileNotFoundError:
        if missing is None:
            raise
        return missing
