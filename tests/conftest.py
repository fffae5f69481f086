"""What every test module may ask for."""

import os
from pathlib import Path

import hypothesis
import pytest

REPOSITORY = Path(__file__).resolve().parent.parent

# A loaded machine is no reason for a property test to fail: what is too slow is caught by pytest's timeout. The same
# examples come every time, so that a change is judged by what it changed; `make explore` looks for new ones.
hypothesis.settings.register_profile("trackd", deadline=None, print_blob=True, derandomize=True)
hypothesis.settings.register_profile("explore", deadline=None, print_blob=True)
hypothesis.settings.load_profile("explore" if os.environ.get("TRACKD_EXPLORE") else "trackd")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of test data beside the repository, or a skip that says where it was looked for."""
    folder = (REPOSITORY / os.environ.get("TRACKD_SHARED", "../shared")).resolve()
    if not (folder / "data").is_dir():
        pytest.skip(f"no test data at {folder}; set TRACKD_SHARED to the folder that holds it")
    return folder
