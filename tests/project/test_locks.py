import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = {
    "dev": ("cpu", "video", "eval", "dev"),
    "runtime-cpu": ("cpu", "video", "eval"),
    "runtime-gpu": ("gpu", "video", "eval"),
}


def lock_text(name: str) -> str:
    return (ROOT / "requirements" / f"{name}.lock").read_text(encoding="utf-8")


def pins(name: str) -> dict[str, str]:
    found = re.findall(r"^([a-z0-9][a-z0-9._-]*)==([^ \\\n]+)", lock_text(name), flags=re.MULTILINE)
    return {canonicalize_name(package): version for package, version in found}


def declared(*extras: str) -> list[Requirement]:
    metadata = PROJECT["project"]
    lines = [*metadata["dependencies"], *PROJECT["build-system"]["requires"]]
    for extra in extras:
        lines += metadata["optional-dependencies"][extra]
    return [Requirement(line) for line in lines]


def test_every_lock_in_the_folder_is_known_here() -> None:
    assert {path.stem for path in (ROOT / "requirements").iterdir()} == set(LOCKS)


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_what_the_project_declares_in_a_version_that_it_allows(name: str) -> None:
    locked = pins(name)
    for requirement in declared(*LOCKS[name]):
        version = locked.get(canonicalize_name(requirement.name))
        assert version is not None, f"{name}.lock lacks {requirement.name}: run `make lock`"
        assert requirement.specifier.contains(version), f"{name}.lock has {requirement.name} {version}: run `make lock`"


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_neither_an_address_nor_a_path(name: str) -> None:
    stray = [line for line in lock_text(name).splitlines() if not re.match(r"^([a-z0-9]| {4}--hash=sha256:)", line)]
    assert stray == []
    assert not re.search(r"://|file:|/|@|index|find-links", lock_text(name))


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_of_a_lock_has_hashes(name: str) -> None:
    blocks = re.split(r"^(?=[a-z0-9])", lock_text(name), flags=re.MULTILINE)[1:]
    bare = [block.split()[0] for block in blocks if not re.search(r"--hash=sha256:[0-9a-f]{64}\b", block)]
    assert bare == []
    assert len(blocks) == len(pins(name)), "a package stands twice"


@pytest.mark.parametrize("package", ["numpy", "numba", "llvmlite", "simplejpeg", "opencv-python-headless", "av"])
def test_a_compiled_package_is_locked_for_many_platforms(package: str) -> None:
    block = lock_text("runtime-cpu").split(f"\n{package}==", 1)[1].split("==", 1)[0]
    assert block.count("--hash=") >= 5, "these are not the published files"


@pytest.mark.parametrize("name", ["runtime-cpu", "runtime-gpu"])
def test_what_runs_is_what_was_tested(name: str) -> None:
    tested = pins("dev")
    differing = {p: (v, tested[p]) for p, v in pins(name).items() if p in tested and tested[p] != v}
    assert differing == {}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_has_one_runtime_and_one_opencv(name: str) -> None:
    locked = pins(name)
    assert len({"onnxruntime", "onnxruntime-gpu"} & locked.keys()) == 1
    assert "opencv-python" not in locked
    assert "torch" not in locked
