"""A folder of models that a service may load, for all tests of the fleet."""

from pathlib import Path

import pytest

from app.settings import Settings
from tests.engine.tiny_models import NEW, OLD, Gate, folder_settings, write_model


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where it is remembered which files were tried, so that each is tried once."""
    return tmp_path_factory.getbasetemp() / "tried"


@pytest.fixture
def given(tmp_path: Path, tried: Path) -> Settings:
    """Settings that allow three models, of which old.onnx and new.onnx lie there."""
    write_model(tmp_path / "old.onnx", OLD)
    write_model(tmp_path / "new.onnx", NEW)
    return folder_settings(tmp_path, tried, models=3)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    """Holds every loading of a model until the test opens it."""
    return Gate(monkeypatch)
