"""Detectors with a name: the bundled one, and official releases that can be pulled."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from models.detector import DownloadFailed, ModelNotFound

if TYPE_CHECKING:
    from models.download import Progress

WEIGHTS = Path(__file__).parent / "weights"
YOLOX_RELEASE = "https://github.com/Megvii-BaseDetection/YOLOX/releases/download/0.1.1rc0/"


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogEntry:
    """A named model.

    Attributes:
        name: what users type.
        summary: one line about it.
        licence: SPDX identifier.
        head: output layout.
        input: (height, width), None where it is free.
        url: where it is released, None for a bundled one.
        size_bytes, sha256: of the released file, None for a bundled one.
    """

    name: str
    summary: str
    licence: str
    head: str
    input: tuple[int, int] | None
    url: str | None = None
    size_bytes: int | None = None
    sha256: str | None = None

    @property
    def bundled(self) -> bool:
        """Whether the model comes with the program and needs no pull."""
        return self.url is None

    def path(self, cache_dir: Path) -> Path:
        """Where the file is, or would be after a pull."""
        return WEIGHTS / f"{self.name}.onnx" if self.bundled else cache_dir / "models" / f"{self.name}.onnx"


def _yolox(name: str, summary: str, side: int, size_bytes: int, sha256: str) -> CatalogEntry:
    return CatalogEntry(
        name=name,
        summary=summary,
        licence="Apache-2.0",
        head="yolox",
        input=(side, side),
        url=f"{YOLOX_RELEASE}{name}.onnx",
        size_bytes=size_bytes,
        sha256=sha256,
    )


CATALOG: Mapping[str, CatalogEntry] = MappingProxyType(
    {
        entry.name: entry
        for entry in (
            CatalogEntry(
                name="demo",
                summary="bundled, for the demo camera only: people, cars and cyclists that the project draws itself",
                licence="Apache-2.0",
                head="yolov8",
                input=None,
            ),
            _yolox(
                "yolox_nano",
                "80 classes of COCO, the fastest: real video on any CPU",
                416,
                3_659_407,
                "c789161ed43c8269fcd4e67c67eeeb4e80c622da2eb296a20bc6007bd18a0b7d",
            ),
            _yolox(
                "yolox_tiny",
                "80 classes of COCO, better, about 4 times the work of nano",
                416,
                20_219_662,
                "427cc366d34e27ff7a03e2899b5e3671425c262ea2291f88bb942bc1cc70b0f7",
            ),
            _yolox(
                "yolox_s",
                "80 classes of COCO, the best here, for a GPU or few frames: about 20 times the work of nano",
                640,
                35_858_002,
                "c5c2d13e59ae883e6af3b45daea64af4833a4951c92d116ec270d9ddbe998063",
            ),
        )
    }
)
"""Every named model by its name."""


def default_cache_dir() -> Path:
    """The folder where this platform keeps what can be fetched again, `~/.cache/trackd` on Linux."""
    home = Path.home()
    if sys.platform == "win32":
        return home / "AppData" / "Local" / "trackd" / "Cache"
    return (home / "Library" / "Caches" if sys.platform == "darwin" else home / ".cache") / "trackd"


def pull(
    name: str,
    cache_dir: Path | None = None,
    progress: "Progress | None" = None,
    base_url: str | None = None,
) -> Path:
    """The path of a named model, fetched if it is not there yet; what is there is checked against its hash.

    Args:
        name: of the catalogue; a bundled model is there already.
        cache_dir: where to keep it, the platform's cache folder by default.
        progress: called with (bytes that are there, bytes in all).
        base_url: a mirror to use in place of the official folder: https, or http on the loopback interface.

    Raises:
        ModelNotFound: there is no such name.
        DownloadFailed: offline, not found, disk full, not https, or broken off; what arrived is resumed next time.
        ChecksumMismatch: what came is not what the catalogue promises.
    """
    if name not in CATALOG:
        raise ModelNotFound(f"there is no model {name!r}: choose {', '.join(CATALOG)}")
    return pull_entry(CATALOG[name], cache_dir or default_cache_dir(), progress, base_url)


def pull_entry(
    entry: CatalogEntry, cache_dir: Path, progress: "Progress | None" = None, base_url: str | None = None
) -> Path:
    """The path of an entry's model, fetched if it is not there yet; arguments and errors as for `pull`."""
    path = entry.path(cache_dir)
    if entry.url is None or entry.size_bytes is None or entry.sha256 is None:
        if not path.exists():
            raise DownloadFailed(f"the bundled model {path} is missing: install trackd again")
        return path
    # It brings httpx, a tenth of a second of every start, and few starts fetch anything.
    from models.download import fetch

    url = f"{base_url.rstrip('/')}/{entry.url.rsplit('/', 1)[1]}" if base_url else entry.url
    fetch(url, path, entry.size_bytes, entry.sha256, progress or _ignore)
    return path


def _ignore(done: int, total: int) -> None:
    pass
