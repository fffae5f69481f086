"""The modules that draw and count, by themselves, in the browser."""

from typing import Any

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def run(page: Page, body: str, argument: Any = None, **exports: str) -> Any:
    """Run JavaScript with modules of the page at hand: names of exports, and the module that each is from."""
    imports = "".join(f'const {{ {name} }} = await import("/web/js/{module}.js");' for name, module in exports.items())
    return page.evaluate(f"async (argument) => {{ {imports} {body} }}", argument)


def test_forward_is_to_the_right_of_one_who_goes_from_start_to_end(page: Page) -> None:
    right = run(page, "return argument.map(([a, b]) => toTheRight(a, b));", [
        [[0, 0], [2, 0]], [[0, 0], [0, 5]],
    ], toTheRight="draw/geometry")  # fmt: skip
    assert right == [[0, 1], [-1, 0]]


def test_a_bow_tie_crosses_itself_and_a_square_does_not(page: Page) -> None:
    shapes = [[[0, 0], [1, 1], [1, 0], [0, 1]], [[0, 0], [1, 0], [1, 1], [0, 1]]]
    assert run(page, "return argument.map(crossesItself);", shapes, crossesItself="draw/geometry") == [True, False]


def test_shapes_in_pixels_become_fractions_and_wait_for_the_size_of_the_picture(page: Page) -> None:
    settings = {
        "counting": {"zones": {"a": {"points": [[0, 0], [640, 0], [640, 360]], "unit": "pixels", "anchor": "top"}}},
        "detection": {},
    }
    read = "return [...shapesOf(argument, size).values()];"
    sized = run(page, "const size = { width: 1280, height: 720 };" + read, settings, shapesOf="model/shapes")
    unsized = run(page, "const size = { width: null, height: null };" + read, settings, shapesOf="model/shapes")
    assert sized == [{"kind": "zone", "name": "a", "points": [[0, 0], [0.5, 0], [0.5, 0.5]], "anchor": "top"}]
    assert unsized == []


def test_a_new_name_is_one_zone_gone_and_one_come(page: Page) -> None:
    patch = run(
        page,
        """
        const shape = { kind: "zone", name: "new", points: [[0, 0], [1, 0], [1, 1]], anchor: "top" };
        return patchOf([["zone/old", null], ["zone/new", shape], ["region/region", null]]);
        """,
        patchOf="model/shapes",
    )
    assert patch["counting"]["zones"]["old"] is None
    assert patch["counting"]["zones"]["new"]["unit"] == "fractions"
    assert patch["detection"] == {"region": None, "region_unit": None, "region_anchor": None}


def test_crossings_are_summed_by_the_second_they_were_heard_in_and_a_reset_begins_anew(page: Page) -> None:
    found = run(
        page,
        """
        const history = new CountHistory();
        const hear = (s, forward, backward, occupancy) => history.add({
          zones: { z: { occupancy } }, lines: { l: { forward, backward, by_class: {} } },
        }, s * 1000);
        hear(5, 7, 1, 2);
        hear(6, 9, 1, 3);
        hear(9, 9, 2, 0);
        const before = [history.perMinute("l"), history.occupancyOf("z")];
        hear(10, 1, 0, 0);
        hear(11, 2, 0, 0);
        return { before, after: history.perMinute("l"), bars: history.crossingsOf("l", "forward").at(-1) };
        """,
        CountHistory="model/count-history",
    )
    assert found["before"] == [3, [2, 3, 3, 3, 0]]
    assert found["after"] == 1
    assert found["bars"] == 1


def test_a_history_goes_back_three_minutes_and_no_further(page: Page) -> None:
    kept = run(
        page,
        """
        const history = new CountHistory();
        for (let s = 0; s < 500; s += 1) history.add({ zones: { z: { occupancy: s } }, lines: {} }, s * 1000);
        const values = history.occupancyOf("z");
        history.add({ zones: { z: { occupancy: 7 } }, lines: {} }, 9_000_000);
        const later = history.occupancyOf("z");
        return [values.length, values[0], values.at(-1), later.length, later[0], later.at(-1)];
        """,
        CountHistory="model/count-history",
    )
    assert kept == [180, 320, 499, 180, 499, 7]


def test_names_of_one_stream_have_colours_of_their_own_that_stay(page: Page) -> None:
    names = [f"zone-{number}" for number in range(1, 8)] + [f"line-{number}" for number in range(1, 8)]
    colours = run(page, "return Object.fromEntries(coloursOfNames(argument));", names, coloursOfNames="draw/colour")
    again = run(page, "return Object.fromEntries(coloursOfNames(argument));", names[::-1], coloursOfNames="draw/colour")
    assert len(set(colours.values())) == len(names)
    assert again == colours


def test_a_shape_that_is_moved_stays_whole_and_in_the_picture(page: Page) -> None:
    points = run(
        page,
        "return moved([[0.1, 0.1], [0.4, 0.1], [0.4, 0.3]], [0.2, 0.2], [0.9, 0.25]);",
        moved="view/shape-editor",
    )
    assert points == [[0.7, 0.15], [1, 0.15], [1, 0.35]]


def test_a_score_is_judged_as_the_tracker_does(page: Page) -> None:
    verdicts = run(
        page,
        "return argument.map((score) => verdictOf(score, { low: 0.1, high: 0.5, birth: 0.6 }));",
        [0.1, 0.11, 0.5, 0.55, 0.6, 0.99],
        verdictOf="draw/verdicts",
    )
    assert verdicts == ["ignored", "holds", "holds", "keeps", "starts", "starts"]
