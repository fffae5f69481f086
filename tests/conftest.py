"""What every test module may ask for."""

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

REPOSITORY = Path(__file__).resolve().parent.parent

# A loaded machine is no reason for a property test to fail: what is too slow is caught by pytest's timeout. The same
# examples come every time, so that a change is judged by what it changed; `make explore` looks for new and for more.
hypothesis.settings.register_profile("trackd", deadline=None, print_blob=True, derandomize=True, max_examples=40)
hypothesis.settings.register_profile("explore", deadline=None, print_blob=True, max_examples=200)
hypothesis.settings.load_profile("explore" if os.environ.get("TRACKD_EXPLORE") else "trackd")

SHARED = os.environ.get("TRACKD_SHARED", "../shared")


@pytest.fixture(scope="session", autouse=True)
def _only_settings_in_the_environment() -> Iterator[None]:
    """What is said to the tests is no setting of a service that they start, and a service refuses what it does not
    know."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("TRACKD_SHARED", raising=False)
        patch.delenv("TRACKD_EXPLORE", raising=False)
        yield


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of test data beside the repository, or a skip that says where it was looked for."""
    folder = (REPOSITORY / SHARED).resolve()
    if not (folder / "data").is_dir():
        pytest.skip(f"no test data at {folder}; set TRACKD_SHARED to the folder that holds it")
    return folder
