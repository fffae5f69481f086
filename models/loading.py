"""From a name or a path to a detector that is ready to run."""

import os
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from models.catalog import CATALOG, CatalogEntry, default_cache_dir
from models.detector import Detector, ModelBroken, ModelNotFound
from models.graphcheck import check_graph
from models.labels import labels_beside
from models.modelfile import read_model
from models.onnx import OnnxDetector
from models.options import DetectorOptions


def load_detector(
    name_or_path: str | Path,
    device: str = "auto",
    options: DetectorOptions | None = None,
    cache_dir: Path | None = None,
) -> Detector:
    """A detector that has run once, so that its first frame is as fast as its second.

    Args:
        name_or_path: a name of the catalogue (`demo` is bundled), or the path of an ONNX file: anything that ends in
            .onnx or has a path separator.
        device: `cpu`, `cuda`, `cuda:N`, or `auto`: CUDA where there is one, else the CPU.
        options: what the model does not say itself. Labels may also lie beside a file, in `<model>.labels.txt`.
        cache_dir: where pulled models are kept, the platform's cache folder by default.

    Raises:
        ModelNotFound: no such name or file, or the model was not pulled yet.
        ModelBroken: the file cannot be run, or is not what the catalogue promises.
        ModelUnsupported: it is no detector that can be read, or the options do not fit it.
        ModelAmbiguous: its outputs can be read in several ways; the message says what to set.
        DeviceUnavailable: the device is not there.
    """
    options = options or DetectorOptions()
    text = str(name_or_path)
    if isinstance(name_or_path, Path) or is_path(text):
        path = Path(name_or_path).expanduser()
        if options.labels is None:
            options = replace(options, labels=labels_beside(path))
        content = read_model(path)
        check_graph(content, text)
        return OnnxDetector(content, text, device, options)
    entry = _entry(text)
    path = entry.path(cache_dir or default_cache_dir())
    if not path.exists():
        raise ModelNotFound(f"model {text!r} was not pulled yet ({path} is missing): run `trackd models pull {text}`")
    content = read_model(path)
    if entry.sha256 is not None and sha256(content).hexdigest() != entry.sha256:
        raise ModelBroken(f"{path} does not have the sha256 of {text!r}: run `trackd models pull {text}`")
    return OnnxDetector(content, text, device, replace(options, head=options.head or entry.head))


def is_path(text: str) -> bool:
    """Whether a model's name means a file: it ends in .onnx or has a path separator."""
    return text.endswith(".onnx") or "/" in text or os.sep in text


def _entry(name: str) -> CatalogEntry:
    if name not in CATALOG:
        raise ModelNotFound(f"there is no model {name!r}: choose {', '.join(CATALOG)}, or give a path ending in .onnx")
    return CATALOG[name]
