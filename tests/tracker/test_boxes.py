"""The two ways of writing a box."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tracker.boxes import tlwh_to_xyxy, xyxy_to_tlwh


@given(seed=st.integers(0, 2**32 - 1))
def test_every_conversion_has_its_way_back(seed: int) -> None:
    random = np.random.default_rng(seed)
    corner = random.uniform(-50, 100, (6, 2))
    xyxy = np.concatenate([corner, corner + random.uniform(0.5, 80, (6, 2))], axis=1)
    np.testing.assert_allclose(tlwh_to_xyxy(xyxy_to_tlwh(xyxy)), xyxy, atol=1e-9)


def test_a_box_has_a_corner_and_sides() -> None:
    assert xyxy_to_tlwh(np.array([[10.0, 20, 50, 120]])).tolist() == [[10, 20, 40, 100]]
    assert tlwh_to_xyxy(np.array([[10.0, 20, 40, 100]])).tolist() == [[10, 20, 50, 120]]
    assert tlwh_to_xyxy(np.empty((0, 4))).shape == (0, 4)
