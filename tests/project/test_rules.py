import re
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
PROJECT = tomllib.loads(TEXT)
PACKAGES = ("app", "models", "tracker")


def sources(*folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def section(header: str) -> list[str]:
    """The lines of one TOML table, as written."""
    return TEXT.split(f"[{header}]\n", 1)[1].split("\n[", 1)[0].splitlines()


def ignored_rules() -> list[str]:
    lines = section("tool.ruff.lint")
    lines = lines[lines.index("ignore = [") + 1 :]
    lines += section("tool.ruff.lint.per-file-ignores")
    return [line.strip() for line in lines if re.match(r'^    "[A-Z]+\d+"', line)]


def test_every_ignored_lint_rule_has_its_reason() -> None:
    rules = ignored_rules()
    declared = PROJECT["tool"]["ruff"]["lint"]
    count = len(declared["ignore"]) + sum(map(len, declared["per-file-ignores"].values()))
    assert len(rules) == count, "one rule per line, so that each can have its reason"
    assert [line for line in rules if not re.search(r",\s+# \S+ \S+", line)] == []


def test_every_dependency_has_its_reason() -> None:
    lines = section("project")
    dependencies = lines[lines.index("dependencies = [") + 1 :] + section("project.optional-dependencies")
    named = [line.strip() for line in dependencies if line.startswith('    "')]
    assert len(named) > 30
    assert [line for line in named if not re.search(r",\s+# \S+ \S+", line)] == []


def silenced_without_reason(path: Path) -> list[str]:
    """Lines that silence a check without naming rule and reason: behind it, or as a comment on the line above."""
    lines = path.read_text(encoding="utf-8").splitlines()
    found = []
    for above, line in zip(["", *lines], lines, strict=False):
        mark = re.search(r"#\s*(?:noqa|type:\s*ignore)(.*)", line)
        if mark is None:
            continue
        complete = re.match(r"(?:: ?[A-Z]+\d+|\[[a-z, -]+\])(.*)", mark[1])
        if complete is None or not (re.search(r"\w+ \w+", complete[1]) or above.lstrip().startswith("# ")):
            found.append(f"{path.relative_to(ROOT)}: {line.strip()}")
    return found


def test_every_silenced_check_names_its_rule_and_its_reason() -> None:
    searched = [path for path in sources(*PACKAGES, "tests", "training", "scripts") if path != Path(__file__)]
    assert [line for path in searched for line in silenced_without_reason(path)] == []


def test_no_package_or_module_has_a_name_that_says_nothing() -> None:
    empty = re.compile(r"^(utils?|helpers?|common|misc|managers?)$")
    assert [
        path for path in sources(*PACKAGES) if any(empty.match(part.removesuffix(".py")) for part in path.parts)
    ] == []


def test_tests_are_modules_without_packages_and_with_names_of_their_own() -> None:
    modules = [path for path in sources("tests") if path.name != "conftest.py"]
    assert [path for path in modules if path.name == "__init__.py"] == []
    names = [path.name for path in modules]
    assert sorted(names) == sorted(set(names))


def test_every_package_is_typed() -> None:
    assert [name for name in PACKAGES if not (ROOT / name / "py.typed").is_file()] == []


def test_the_imports_go_one_way() -> None:
    command = Path(sysconfig.get_path("scripts")) / "lint-imports"
    done = subprocess.run([command, "--no-logo", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_tracker_is_imported_without_anything_that_sees_or_serves() -> None:
    heavy = (
        "av",
        "cv2",
        "fastapi",
        "httpx",
        "msgspec",
        "onnxruntime",
        "pydantic",
        "simplejpeg",
        "uvicorn",
        "app",
        "models",
    )
    program = f"import sys; sys.modules.update(dict.fromkeys({heavy!r})); import tracker; tracker.ByteTracker"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
