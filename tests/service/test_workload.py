"""How the cores are shared out between the detector's callers."""

import pytest

from app.inference_settings import InferenceSettings
from app.tuning import Workload, plan_cpu


@pytest.mark.parametrize(
    ("cores", "callers", "threads", "expected"),
    [
        (1, None, None, Workload(2, 1)),
        (2, None, None, Workload(3, 1)),
        (16, None, None, Workload(8, 2)),
        (16, 2, None, Workload(2, 8)),
        (16, None, 4, Workload(5, 4)),
        (2, 4, None, Workload(4, 1)),
        (2, None, 8, Workload(1, 8)),
        (2, 3, 3, Workload(3, 3)),
    ],
)
def test_cores_are_shared_out_and_what_is_given_is_kept(cores, callers, threads, expected):
    assert plan_cpu(InferenceSettings(callers=callers, threads=threads), cores) == expected
