import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ("compose.yaml", "compose.gpu.yaml")


def service(name: str) -> dict[str, Any]:
    """The service of a compose file, over what it extends, one level deep as compose merges it."""
    own = yaml.safe_load((ROOT / "docker" / name).read_text(encoding="utf-8"))["services"]["trackd"]
    base = own.pop("extends", None)
    return service(base["file"]) | own if base else own


def instructions(keyword: str) -> list[str]:
    joined = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    return [line.removeprefix(keyword).strip() for line in joined.splitlines() if line.startswith(f"{keyword} ")]


@pytest.mark.parametrize("name", COMPOSE)
def test_the_service_runs_without_privileges_on_a_read_only_root(name: str) -> None:
    found = service(name)
    assert found["user"] == "10001:10001"
    assert found["read_only"] is True
    assert found["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in found["security_opt"]
    assert found["tmpfs"]


@pytest.mark.parametrize("name", COMPOSE)
def test_the_port_is_open_to_this_machine_only(name: str) -> None:
    assert [port for port in service(name)["ports"] if not port.startswith("127.0.0.1:")] == []


@pytest.mark.parametrize("name", COMPOSE)
def test_every_named_volume_is_declared(name: str) -> None:
    volumes = yaml.safe_load((ROOT / "docker" / name).read_text(encoding="utf-8"))["volumes"]
    assert {volume.split(":")[0] for volume in service(name)["volumes"]} <= volumes.keys()


def test_the_gpu_service_asks_for_a_gpu_and_refuses_to_do_without() -> None:
    found = service("compose.gpu.yaml")
    assert found["environment"]["TRACKD_DEVICE"] == "cuda"
    assert found["build"]["args"]["EXTRA"] == "gpu"
    (device,) = found["deploy"]["resources"]["reservations"]["devices"]
    assert device["capabilities"] == ["gpu"]


def test_the_image_runs_as_a_numeric_user_that_is_not_root() -> None:
    *_, user = instructions("USER")
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user)
    assert service("compose.yaml")["user"] == user


def test_the_image_asks_its_own_readiness() -> None:
    (check,) = instructions("HEALTHCHECK")
    assert "/readyz" in check


def test_the_image_installs_a_lock_that_exists_and_nothing_unhashed() -> None:
    installs = [run for run in instructions("RUN") if "pip install" in run]
    assert len(installs) == 2
    assert "--require-hashes --requirement requirements/runtime-${EXTRA}.lock" in installs[0]
    assert "--no-index" in installs[1]
    for name in COMPOSE:
        assert (ROOT / "requirements" / f"runtime-{service(name)['build']['args']['EXTRA']}.lock").is_file()


def test_everything_the_image_copies_reaches_the_builder() -> None:
    allowed = [
        line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] == "!"
    ]
    copied = [word for line in instructions("COPY") if "--from" not in line for word in line.split()[:-1]]
    patterns = [re.compile(re.escape(entry).replace(r"\*", ".*")) for entry in allowed]
    names = [word.replace("${EXTRA}", "cpu") for word in copied]
    assert [name for name in names if not any(pattern.fullmatch(name) for pattern in patterns)] == []
