"""Remembers which model files passed their inspection, so that they are tried once and not at every start."""

import json
from pathlib import Path

import onnxruntime as ort

from models.keeping import keep
from models.options import DetectorOptions, Inspection

VERSION = 1
"""Of what an inspection means: what passed under another one is tried again."""


class Verdicts:
    """Verdicts on files by their sha256, one small file each; whoever can write the folder is trusted.

    What cannot be read counts as unknown, and what cannot be kept is tried again next time.
    """

    def __init__(self, folder: Path | None) -> None:
        """Keeps them in `folder`, which need not exist; None keeps nothing."""
        self._folder = folder

    def find(self, sha256: str, options: DetectorOptions) -> Inspection | None:
        """What the inspection of this file showed at an earlier start, None where it is not known to have passed."""
        facts = _facts(sha256, options)
        if self._folder is None:
            return None
        try:
            kept = json.loads(_path(self._folder, facts).read_bytes())
            if {key: kept[key] for key in facts} != facts:
                return None
            memory_bytes, seconds = kept["memory_bytes"], float(kept["seconds"])
            memory_bytes = None if memory_bytes is None else int(memory_bytes)
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            return None
        return Inspection(memory_bytes=memory_bytes, seconds=seconds, known=True)

    def keep(self, sha256: str, options: DetectorOptions, inspection: Inspection) -> None:
        """Remember that a file passed."""
        if self._folder is None:
            return
        facts = _facts(sha256, options)
        text = json.dumps(facts | {"memory_bytes": inspection.memory_bytes, "seconds": inspection.seconds})
        keep(_path(self._folder, facts), text.encode())


def _facts(sha256: str, options: DetectorOptions) -> dict[str, object]:
    """What a verdict is about: of the options, only the size of the input changes what runs."""
    return {
        "sha256": sha256,
        "input_size": list(options.input_size) if options.input_size else None,
        "inspection": VERSION,
        "onnxruntime": ort.__version__,
    }


def _path(folder: Path, facts: dict[str, object]) -> Path:
    size = facts["input_size"]
    shape = "x".join(map(str, size)) if isinstance(size, list) else "own"
    return folder / f"{facts['sha256']}-{shape}.json"
