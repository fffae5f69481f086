"""From a name or a path to a detector that is ready to run."""

import os
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from models.catalog import CATALOG, CatalogEntry, default_cache_dir
from models.detector import Abort, Detector, ModelBroken, ModelNotFound
from models.graphcheck import check_graph
from models.inspection import DEFAULT_LIMITS, InspectionLimits, inspect_model
from models.labels import labels_beside
from models.modelfile import read_model
from models.onnx import OnnxDetector
from models.options import DetectorOptions, Inspection
from models.sidefile import with_side_file
from models.verdicts import Verdicts


def load_detector(
    name_or_path: str | Path,
    device: str = "auto",
    options: DetectorOptions | None = None,
    cache_dir: Path | None = None,
    limits: InspectionLimits = DEFAULT_LIMITS,
    abort: Abort | None = None,
) -> Detector:
    """A detector that has run once, so that its first frame is as fast as its second.

    A file that is in no catalogue is first tried in a child process with limits, unless `options.inspect` is off; that
    it passed is remembered in the cache. It may be called in any thread.

    Args:
        name_or_path: a name of the catalogue (`demo` is bundled), or the path of an ONNX file: anything that ends in
            .onnx or has a path separator.
        device: `cpu`, `cuda`, `cuda:1` and others of `models.providers`, or `auto`: CUDA where it works, else the CPU.
        options: what the model does not say itself. Where they say nothing, `<model>.trackd.json` beside a file does,
            and for labels `<model>.labels.txt`.
        cache_dir: where pulled models are kept, the platform's cache folder by default.
        limits: what an unknown file may use up while it is tried.
        abort: lets another thread end the inspection.

    Raises:
        ModelNotFound: no such name or file, or the model was not pulled yet.
        ModelBroken: the file cannot be run, or is not what the catalogue or the checksum beside it promises, or needs
            more memory or time than `limits`.
        ModelUnsupported: it is no detector that can be read, or the options do not fit it.
        ModelAmbiguous: its outputs can be read in several ways; the message says what to set.
        InspectionFailed: no child process could be started, or `abort` ended it.
        DeviceUnavailable: the device is not there.
    """
    options = options or DetectorOptions()
    text = str(name_or_path)
    if not (isinstance(name_or_path, Path) or is_path(text)):
        entry = _entry(text)
        content = _read_entry(entry, cache_dir)
        return OnnxDetector(content, text, device, replace(options, head=options.head or entry.head))
    path = _expanded(Path(name_or_path))
    content = read_model(path)
    options = with_side_file(path, options)
    if options.labels is None:
        options = replace(options, labels=labels_beside(path))
    verdicts = Verdicts(_verdict_folder(options, cache_dir))
    inspection = _inspected(content, text, device, options, verdicts, limits, abort)
    detector = OnnxDetector(content, text, device, options)
    detector.info = replace(detector.info, inspection=inspection)
    return detector


def is_path(text: str) -> bool:
    """Whether a model's name means a file: it ends in .onnx or has a path separator."""
    return text.endswith(".onnx") or "/" in text or os.sep in text


def _read_entry(entry: CatalogEntry, cache_dir: Path | None) -> bytes:
    """The content of a catalogue's model, which is what the catalogue promises."""
    path = entry.path(cache_dir or default_cache_dir())
    again = f"run `trackd models pull {entry.name}`"
    if not path.exists():
        raise ModelNotFound(f"model {entry.name!r} was not pulled yet ({path} is missing): {again}")
    content = read_model(path)
    if entry.sha256 is not None and sha256(content).hexdigest() != entry.sha256:
        raise ModelBroken(f"{path} does not have the sha256 of {entry.name!r}: {again}")
    return content


def _inspected(
    content: bytes,
    name: str,
    device: str,
    options: DetectorOptions,
    verdicts: Verdicts,
    limits: InspectionLimits,
    abort: Abort | None,
) -> Inspection | None:
    """The inspection of a file, made now or at an earlier start; None for one that is trusted or in the catalogue."""
    digest = sha256(content).hexdigest()
    if digest in {entry.sha256 for entry in CATALOG.values()}:
        return None
    if not options.inspect:
        check_graph(content, name)
        return None
    known = verdicts.find(digest, options)
    if known is not None and limits.allow(known, len(content)):
        return known
    inspection = inspect_model(content, name, device, options, limits, abort)
    verdicts.keep(digest, options, inspection)
    return inspection


def _verdict_folder(options: DetectorOptions, cache_dir: Path | None) -> Path | None:
    try:
        return (options.graph_cache or cache_dir or default_cache_dir()) / "inspected"
    except RuntimeError:  # a user without a home
        return None


def _expanded(path: Path) -> Path:
    try:
        return path.expanduser()
    except RuntimeError:
        raise ModelNotFound(f"no model file at {path}: there is no such home folder") from None


def _entry(name: str) -> CatalogEntry:
    if name not in CATALOG:
        raise ModelNotFound(f"there is no model {name!r}: choose {', '.join(CATALOG)}, or give a path ending in .onnx")
    return CATALOG[name]
