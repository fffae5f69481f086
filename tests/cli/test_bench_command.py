"""`trackd bench` on a tiny real model: what it measures, what it advises, and how it says no."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from app.imaging.draw import encode_jpeg
from app.settings import Settings
from models import available_cores
from tests.cli.conftest import Answer
from tests.models.graphs import table_model

TRACKD = Callable[..., Answer]


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.onnx"
    path.write_bytes(table_model(np.zeros((300, 6), np.float32)))
    return path


@pytest.fixture
def short(tmp_path: Path, model: Path) -> list[object]:
    """The command on one small picture, half a second a run."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    (folder / "grey.jpg").write_bytes(encode_jpeg(np.full((90, 160, 3), 114, np.uint8)))
    return ["bench", "--model", model, "--device", "cpu", "--seconds", 0.5, "--pictures", folder]


def test_it_tells_rates_and_what_they_are_enough_for(trackd: TRACKD, model: Path, short: list[object]) -> None:
    answer = trackd(*short, "--quiet")
    assert (answer.code, answer.err) == (0, "")
    assert f"{model} on cpu" in answer.out
    assert "streams it holds" in answer.out
    assert "0 failed" in answer.out


def test_what_it_advises_can_be_put_into_the_settings_file(trackd: TRACKD, model: Path, short: list[object]) -> None:
    answer = trackd(*short)
    advice = tomllib.loads(answer.out.split("for trackd.toml:\n")[1])
    settings = Settings.model_validate(advice)
    assert settings.model == str(model)
    assert settings.inference.callers is not None
    assert settings.inference.threads is not None
    assert "measuring" in answer.err


def test_a_model_of_the_settings_is_measured_by_its_name(
    trackd: TRACKD, tmp_path: Path, model: Path, short: list[object]
) -> None:
    (tmp_path / "own.toml").write_text(f'[models.cars]\nsource = "{model.as_posix()}"\ndevice = "cpu"\n')
    answer = trackd("bench", "--model", "cars", "--config", tmp_path / "own.toml", *short[5:], "--quiet")
    assert (answer.code, answer.err) == (0, "")
    assert f"{model} on cpu" in answer.out
    told = trackd("models", "info", "cars", "--config", tmp_path / "own.toml")
    assert (told.code, told.err) == (0, "")
    assert str(model) in told.out.replace("\n", "").replace(" ", "")


def test_json_holds_every_figure(trackd: TRACKD, model: Path) -> None:
    answer = trackd(
        "bench", "--model", model, "--device", "cpu", "--seconds", 0.5, "--json", "--streams", 2, "--fps", 5
    )
    document = json.loads(answer.out)
    assert document["cores"] == available_cores()
    assert document["devices"][0]["problem"] is None
    assert all(row["fps"] > 0 and row["latency_ms"] > 0 for row in document["devices"][0]["measured"])
    assert document["whole_path"]["fps"] > 0
    tried = document["tried"]
    assert (tried["streams"], tried["fps"], tried["failed"]) == (2, 5.0, 0)
    assert tried["sent"] == tried["answered"] + tried["dropped"]


def test_a_device_that_is_not_there_is_an_error_of_the_model(trackd: TRACKD, model: Path) -> None:
    answer = trackd("bench", "--model", model, "--device", "coreml", "--quiet")
    assert answer.code == 3
    assert answer.err.count("\n") == 1
    assert "coreml" in answer.err


@pytest.mark.parametrize("make", [lambda folder: None, lambda folder: folder.mkdir()], ids=["missing", "empty"])
def test_a_folder_without_pictures_is_an_error_of_the_source(
    trackd: TRACKD, model: Path, tmp_path: Path, make: Callable[[Path], None]
) -> None:
    make(tmp_path / "pictures")
    answer = trackd("bench", "--model", model, "--pictures", tmp_path / "pictures")
    assert answer.code == 4
    assert "pictures" in answer.err
