"""Optimised graphs on disk: what onnxruntime makes of a model when it opens it, to be opened as it is next time.

On two cores, in processor time, DEIMv2-Atto opens in 130 ms instead of 239 and yolov8n in int8 in 45 instead of 91;
yolox_nano, which has little to optimise, in 30 instead of 31. Only the CPU has its graphs kept here. Other providers
fuse nodes into code of their own, which onnxruntime cannot write down, and have caches of their own.

A file is the SHA-256 of a graph, and the graph. A file that is damaged, of another version or of another processor is
passed over, and a folder that cannot be written to is no error.
"""

import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import onnxruntime as ort

from models.keeping import keep

DIGEST_BYTES = 32
MOST_GRAPHS = 16
"""Graphs that are kept, newest first: old ones belong to versions that nobody runs any more."""


class GraphCache:
    """The optimised graphs in one folder. Several processes may share it."""

    def __init__(self, folder: Path) -> None:
        """Touches nothing yet."""
        self._folder = folder

    def read(self, key: str) -> bytes | None:
        """The graph of this key; None where there is none that is whole."""
        try:
            kept = self._path(key).read_bytes()
        except OSError:
            return None
        digest, graph = kept[:DIGEST_BYTES], kept[DIGEST_BYTES:]
        return graph if graph and sha256(graph).digest() == digest else None

    @contextmanager
    def writing(self, key: str) -> Iterator[Path | None]:
        """A path for onnxruntime to write the graph to; what lies there when the block ends well is kept under the key.

        None where the folder cannot be written to.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            workplace = TemporaryDirectory(prefix=".part-", dir=self._folder, ignore_cleanup_errors=True)
        except OSError:
            yield None
            return
        with workplace as name:
            written = Path(name, "graph.onnx")
            yield written
            with suppress(OSError):
                self._keep(key, written)

    def _keep(self, key: str, written: Path) -> None:
        graph = written.read_bytes()
        keep(self._path(key), sha256(graph).digest() + graph)
        kept = sorted(self._folder.glob("*.graph"), key=lambda path: path.stat().st_mtime, reverse=True)
        for old in kept[MOST_GRAPHS:]:
            old.unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.graph"


def graph_key(content: bytes, provider: str, processor: str) -> str:
    """The key of a model's optimised graph: the model, onnxruntime's version, the provider and the processor."""
    said = "\0".join((ort.__version__, provider, processor))
    return sha256(sha256(content).digest() + said.encode()).hexdigest()


def processor(cpuinfo: Path = Path("/proc/cpuinfo")) -> str:
    """The processor's name and features: convolutions are laid out for the width of its vectors."""
    wanted = ("model name", "flags", "Features", "CPU implementer", "CPU part")
    found = [platform.machine(), platform.processor()]
    with suppress(OSError):
        # All cores repeat what the first says.
        first = cpuinfo.read_text(errors="replace").partition("\n\n")[0]
        found += [line for line in first.splitlines() if line.partition(":")[0].strip() in wanted]
    return "\n".join(found)
