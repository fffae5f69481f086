"""What was measured on this machine before, so that a later start need not measure again."""

from collections.abc import Sequence
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import msgspec

from app.tuning.measuring import Measured
from models import ModelInfo
from models.graph_cache import processor
from models.keeping import keep


class _Notes(msgspec.Struct, frozen=True):
    measured: list[Measured]


def place(folder: Path, info: ModelInfo, cores: int, circumstances: Sequence[object]) -> Path:
    """The file for this model on this machine: another model, input, runtime, processor or number of cores, or other
    `circumstances` mean another one."""
    runtime = version("numpy"), _runtime_version(), *circumstances
    parts = (info.sha256, info.provider, *info.runs_at, info.dtype, cores, processor(), *runtime)
    return folder / "tuning" / f"{sha256(repr(parts).encode()).hexdigest()[:32]}.json"


def recall(path: Path) -> list[Measured]:
    """What was measured, nothing where there is no such file or it cannot be read."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Notes).measured
    except (OSError, msgspec.MsgspecError):
        return []


def remember(path: Path, measured: list[Measured]) -> None:
    """Keep what was measured. A folder that cannot be written to is no error: the next start measures again."""
    keep(path, msgspec.json.encode(_Notes(measured)))


def _runtime_version() -> str:
    import onnxruntime

    return str(onnxruntime.__version__)
