"""What was measured on this machine before, so that a later start need not measure again."""

import os
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from platform import machine, processor

import msgspec

from app.tuning.measuring import Measured
from models import ModelInfo


class _Notes(msgspec.Struct, frozen=True):
    measured: list[Measured]


def place(folder: Path, info: ModelInfo, cores: int, trackd: str) -> Path:
    """The file for this model on this machine: another model, runtime, number of cores or input means another one."""
    runtime = version("numpy"), _runtime_version(), trackd
    parts = (info.sha256, info.provider, *info.runs_at, info.dtype, cores, machine(), processor(), *runtime)
    return folder / "tuning" / f"{sha256(repr(parts).encode()).hexdigest()[:32]}.json"


def recall(path: Path) -> list[Measured]:
    """What was measured, nothing where there is no such file or it cannot be read."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Notes).measured
    except (OSError, msgspec.MsgspecError):
        return []


def remember(path: Path, measured: list[Measured]) -> None:
    """Keep what was measured. A folder that cannot be written to is no error: the next start measures again."""
    part = path.with_suffix(f".{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(msgspec.json.encode(_Notes(measured)))
        part.replace(path)
    except OSError:
        return


def _runtime_version() -> str:
    import onnxruntime

    return str(onnxruntime.__version__)
