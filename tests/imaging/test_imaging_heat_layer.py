"""What a heat map looks like at the edge of what numbers can say."""

import numpy as np

from app.imaging.heat import Heat, heat_layer


def test_a_heat_map_of_the_shortest_time_there_is_has_its_colours_too():
    least_s = 1e-320  # one over it is infinite
    seconds = np.zeros((48, 64))
    seconds[10:20, 10:20] = least_s
    layer = heat_layer(Heat(seconds, top_s=least_s, total_s=least_s, radius=1.0), (64, 48))
    assert layer[15, 15, 3] > 150
    assert not layer[40, 50].any()
