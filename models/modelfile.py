"""Reads a model file once, and says what it is where it is no model."""

import re
from hashlib import sha256
from pathlib import Path

from models.detector import ModelBroken, ModelNotFound
from models.regular import read_regular

MOST_BYTES = 2**31 - 1
"""A protobuf message cannot be larger."""

CHECKSUM_ENDING = ".sha256"
"""Of the file with the checksum beside a model, behind the model's own ending."""

SIDE_FILE_BYTES = 4096
"""More than that is no checksum."""

_EXPORT = "export it to ONNX"
_BEGINNINGS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"version https://git-lfs", "is a Git LFS pointer, not the model: run `git lfs pull` where it came from"),
    (0, b"PK\x03\x04", f"is a zip archive, such as PyTorch writes its checkpoints (.pt): {_EXPORT}"),
    (0, b"\x80\x02", f"is a Python pickle, such as PyTorch wrote its checkpoints: {_EXPORT}"),
    (0, b"\x89HDF\r\n\x1a\n", f"is an HDF5 file, such as Keras writes: {_EXPORT}"),
    (0, b"\x1f\x8b", "is compressed with gzip: unpack it first"),
    (0, b"GGUF", "is a GGUF file of a language model, no detector"),
    (4, b"TFL3", f"is a TensorFlow Lite model: {_EXPORT}"),
    (4, b"ORTM", "is in onnxruntime's own format (.ort): give the ONNX file that it was made from"),
    (8, b'{"', f"is a safetensors file, weights without a graph: {_EXPORT}"),
)
"""Where in the file, which bytes, and what to say about them."""

_ENDINGS = {
    ".engine": f"is a TensorRT engine by its name, which runs on one kind of GPU only: {_EXPORT}",
    ".plan": f"is a TensorRT engine by its name, which runs on one kind of GPU only: {_EXPORT}",
    ".trt": f"is a TensorRT engine by its name, which runs on one kind of GPU only: {_EXPORT}",
    ".pb": f"is a TensorFlow graph by its name: {_EXPORT}",
    ".mlmodel": f"is a Core ML model by its name: {_EXPORT}",
}


def read_model(path: Path) -> bytes:
    """The content of a model file that passed the cheap checks.

    The file is read once, so that what was hashed is what runs. Where `<path>.sha256` lies beside it, as `sha256sum`
    writes it, the content has that hash.

    Raises:
        ModelNotFound: there is no such file.
        ModelBroken: it is no regular file, unreadable, empty, too large, of another format, or not of the hash beside.
    """
    try:
        content = read_regular(path, MOST_BYTES)
    except FileNotFoundError:
        raise ModelNotFound(f"no model file at {str(path)!r}") from None
    except OSError as error:
        raise ModelBroken(f"{path} cannot be read: {error.strerror}") from error
    if not content:
        raise ModelBroken(f"{path} is empty")
    other = recognised(content, path.suffix)
    if other is not None:
        raise ModelBroken(f"{path} {other}")
    promised = _checksum_beside(path)
    if promised is not None and sha256(content).hexdigest() != promised:
        raise ModelBroken(f"{path} does not have the sha256 that {path.name}.sha256 states: fetch it again")
    return content


def recognised(content: bytes, suffix: str = "") -> str | None:
    """What a file is that is no ONNX model, and what to do about it; None where it may be one."""
    start = content[:512].lstrip()
    for offset, magic, what in _BEGINNINGS:
        if content[offset : offset + len(magic)] == magic:
            return what
    if re.match(rb"<!doctype html|<html", start, re.IGNORECASE):
        return "is a web page, not a model: its address answered with something else"
    if start[:5] == b"<?xml":
        return f"is an XML file, such as OpenVINO writes: {_EXPORT}"
    if start and start.isascii() and re.search(rb"[^\t\n\r\x20-\x7e]", start) is None:
        return "is a text file, not a model"
    return _ENDINGS.get(suffix.lower())


def _checksum_beside(path: Path) -> str | None:
    side = path.with_name(path.name + CHECKSUM_ENDING)
    try:
        text = read_regular(side, SIDE_FILE_BYTES)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ModelBroken(f"{side} cannot be read: {error.strerror}") from error
    found = re.match(rb"\s*\\?([0-9a-fA-F]{64})(?:\s|$)", text)
    if found is None:
        raise ModelBroken(f"{side} states no sha256: its first word must be 64 hexadecimal digits")
    return found.group(1).decode().lower()
