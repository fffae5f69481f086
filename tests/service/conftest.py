"""The settings of a test come from the test alone."""

import os

import pytest


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in [name for name in os.environ if name.startswith("TRACKD_")]:
        monkeypatch.delenv(variable)
