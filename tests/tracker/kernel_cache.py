"""The tracker's own compiling and caching in a package of its own, with two kernels that compile in a moment."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.tracker.scenes import REPOSITORY

AS_THEY_ARE = ("compiled.py", "__main__.py")

ENTRIES = """
from numba import float64

from tracker import halving
from tracker.compiled import compiled
from tracker.doubling import double as _double

double = compiled(_double, float64)
half = compiled(halving.half, float64)
"""

DOUBLING = """
from tracker.compiled import kernel


@kernel
def double(value):
    return value * 2.0
"""

HALVING = DOUBLING.replace("double", "half").replace("2.0", "0.5")

USE = """
from tracker.entries import double, half
from tracker.compiled import is_ready

loaded = sum(sum(entry.stats.cache_hits.values()) for entry in (double, half))
print(double(4.0), half(4.0), loaded, is_ready())
"""

DAMAGE = """
import sys
from numba import float64
from tracker.compiled import cache_folder, compiled
from tracker.doubling import double

compiled(double, float64)
for kind in (".nbi", ".nbc"):
    path = next(cache_folder().glob("doubling.*" + kind))
    data = path.read_bytes()
    half = len(data) // 2
    damages = {"gone": None, "emptied": b"", "cut": data[:-20], "overwritten": b"what is this?" * 9}
    damages |= {"zeroed": bytes(len(data)), "half zeroed": data[:half] + bytes(len(data) - half)}
    for place in range(0, len(data), 1 + len(data) // 12):
        damages[f"flipped at {place}"] = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
    for damage, instead in damages.items():
        # Said before, so that a crash is not silent about its cause.
        print(kind, damage, file=sys.stderr, flush=True)
        path.write_bytes(instead) if instead is not None else path.unlink()
        assert compiled(double, float64)(4.0) == 8.0
        again = compiled(double, float64)
        assert (again(4.0), sum(again.stats.cache_hits.values())) == (8.0, 1), "it was not mended"
"""

Files = dict[str, tuple[int, int, bytes]]


@dataclass(frozen=True)
class Package:
    """A package `tracker` in a folder, and where its machine code may be kept beside it."""

    folder: Path

    @classmethod
    def made(cls, folder: Path) -> "Package":
        package = cls(folder)
        package.home.mkdir(parents=True)
        for name in AS_THEY_ARE:
            shutil.copy(REPOSITORY / "tracker" / name, package.home)
        (package.home / "__init__.py").touch()
        (package.home / "entries.py").write_text(ENTRIES)
        (package.home / "doubling.py").write_text(DOUBLING)
        (package.home / "halving.py").write_text(HALVING)
        return package

    def copied(self, folder: Path) -> "Package":
        """The same package elsewhere, with what it has kept and the times of its files."""
        return Package(shutil.copytree(self.folder, folder))

    @property
    def home(self) -> Path:
        return self.folder / "tracker"

    @property
    def user_cache(self) -> Path:
        return self.folder / "cache"

    def refuse_writing(self, *folders: Path) -> None:
        """Put files in the place of folders: permissions would not stop root."""
        for folder in folders:
            folder.write_text("in the way")

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        # Nothing of the environment but what a process needs, so that no measuring of coverage follows it here.
        env = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        env |= {"XDG_CACHE_HOME": str(self.user_cache), "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-W", "error", *arguments]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, cwd=self.folder, env=env, stdout=pipe, stderr=pipe, text=True)

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """The exit code and what a process of Python wrote."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=120)
        return process.returncode, out.strip(), err.strip()

    def use(self) -> str:
        """What a fresh process says: twice and half of 4, how many kernels it loaded, whether the next finds them."""
        code, out, err = self.run("-c", USE)
        assert (code, err) == (0, "")
        return out

    def kept(self, folder: Path) -> Files:
        """The files of machine code below a folder: by name, which file it is, when it was written, what it holds."""
        files = [file for file in sorted(folder.rglob("*")) if file.suffix in (".nbi", ".nbc")]
        return {file.name: (file.stat().st_ino, file.stat().st_mtime_ns, file.read_bytes()) for file in files}
