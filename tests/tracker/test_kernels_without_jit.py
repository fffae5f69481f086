"""The compiled kernels and the Python that they are written as give the same bits."""

import os
import subprocess
import sys

import pytest

from tests.tracker.digests import digest
from tests.tracker.scenes import COMPILED, REPOSITORY

OTHER_WAY = "1" if COMPILED else "0"


@pytest.mark.timeout(600)
def test_the_compiled_tracker_and_the_interpreted_one_agree_to_the_last_bit() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from tests.tracker.digests import digest; print(digest())"],
        cwd=REPOSITORY,
        env=os.environ | {"NUMBA_DISABLE_JIT": OTHER_WAY},
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == [digest()]
