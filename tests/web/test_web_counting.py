"""Zones and lines on the page: drawn, counted, changed, taken back, refused; by mouse, finger and keyboard."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser

STREAM = "/v1/streams/cam1"
MIDDLE = {"points": [[0.4, 0.2], [0.6, 0.2], [0.6, 0.9], [0.4, 0.9]]}
HALVES = {"start": [0.5, 0.1], "end": [0.5, 0.9]}


def configure(server: Any, **counting: Any) -> None:
    """Give the stream zones and lines."""
    server.client.put(STREAM, json={"counting": counting}).raise_for_status()


def counting(server: Any, stream: str = "cam1") -> Any:
    """The zones and lines that the server has."""
    return server.client.get(f"/v1/streams/{stream}").raise_for_status().json()["settings"]["counting"]


def near(points: list[list[float]], wanted: list[list[float]], tolerance: float) -> None:
    """The points are where they were drawn; a pixel of the screen is about a thousandth of the picture."""
    np.testing.assert_allclose(points, wanted, atol=tolerance)


def walk(server: Any, *centres: float) -> None:
    """A person whose feet are at these fractions of the width, a quarter of a second apart."""
    for centre in centres:
        x = 1280 * centre
        box = {"bbox": [x - 40, 200, x + 40, 500], "score": 0.9, "class_id": 0}
        body = {"width": 1280, "height": 720, "detections": [box]}
        server.client.post(f"{STREAM}/detections", json=body).raise_for_status()


def across(start: float, end: float) -> list[float]:
    """From one side to the other in small steps."""
    return [start + (end - start) * step / 60 for step in range(61)]


@pytest.fixture
def stage(server: Any, open_page: Callable[..., Page]) -> Callable[..., Page]:
    """Open the large view of the stream, of which a frame is there."""

    def open_(**options: Any) -> Page:
        page = open_page(f"{server.address}/#/stream/cam1", **options)
        expect(page.locator(".painted")).to_be_visible()
        return page

    walk(server, 0.1)
    return open_


def at(page: Page, x: float, y: float) -> tuple[float, float]:
    """A place of the picture in pixels of the window."""
    box = page.locator(".stage .shapes").bounding_box()
    assert box is not None
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def click(page: Page, *points: tuple[float, float]) -> None:
    """Click places of the picture one after another."""
    for x, y in points:
        page.mouse.click(*at(page, x, y))


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag from one place of the picture to another."""
    page.mouse.move(*at(page, *start))
    page.mouse.down()
    page.mouse.move(*at(page, *end), steps=4)
    page.mouse.up()


def saved(page: Page) -> None:
    """Wait until the page says that the server has everything."""
    expect(page.locator(".save-state")).to_have_text("Saved")


def row(page: Page, key: str) -> Locator:
    """What a zone or a line came to."""
    return page.locator(f'.count-row[data-key="{key}"]')


def test_a_zone_that_is_drawn_on_a_camera_counts_at_once_and_is_there_after_a_reload(page: Page, server: Any) -> None:
    server.demo_camera("demo")
    page.goto(f"{server.address}/#/stream/demo")
    expect(page.locator(".stage .painted")).to_be_visible()
    page.locator("#edit-zones").click()
    click(page, (0.02, 0.4), (0.98, 0.4), (0.98, 0.98), (0.02, 0.98))
    page.mouse.dblclick(*at(page, 0.01, 0.7))
    expect(row(page, "zone/zone-1").locator(".count-now")).to_have_text(re.compile(r"^[1-9]"))
    expect(page.locator(".shape-tag")).to_have_text(re.compile(r"^zone-1[1-9]"))
    page.reload()
    expect(row(page, "zone/zone-1").locator(".count-now")).to_have_text(re.compile(r"^[1-9]"))
    assert len(counting(server, "demo")["zones"]["zone-1"]["points"]) == 5


def test_who_walks_through_a_zone_and_over_a_line_is_counted_by_class(server: Any, stage: Callable[..., Page]) -> None:
    server.client.put(STREAM, json={"labels": ["person"]}).raise_for_status()
    server.client.patch(STREAM, json={"counting": {"zones": {"door": MIDDLE}, "lines": {"sill": HALVES}}})
    page = stage()
    walk(server, *across(0.1, 0.5))
    expect(row(page, "zone/door").locator(".count-now")).to_have_text("1")
    walk(server, *across(0.5, 0.9))
    expect(row(page, "zone/door")).to_contain_text(re.compile(r"0 inside.*1 entered, 1 left, stayed [\d.]+ s"))
    expect(row(page, "zone/door")).to_contain_text("person 1")
    # Towards the end of the line, which points down, right is where the walker came from.
    expect(row(page, "line/sill")).to_contain_text(re.compile(r"1 a minute.*0 forward →, 1 backward ←"))
    expect(row(page, "line/sill")).to_contain_text("person 0 → 1 ←")
    page.get_by_role("button", name="Reset counts").click()
    page.get_by_role("dialog").get_by_role("button", name="Reset counts").click()
    expect(page.locator("#toasts")).to_contain_text("The counts start again.")
    walk(server, 0.9)
    expect(row(page, "line/sill")).to_contain_text("0 forward →, 0 backward ←")


def test_a_zone_is_closed_at_its_first_corner_moved_and_given_another_corner(
    server: Any, stage: Callable[..., Page]
) -> None:
    page = stage()
    page.locator("#edit-zones").click()
    click(page, (0.2, 0.2), (0.4, 0.2), (0.4, 0.6), (0.9, 0.9))
    page.keyboard.press("Backspace")
    click(page, (0.2, 0.2))
    saved(page)
    near(counting(server)["zones"]["zone-1"]["points"], [[0.2, 0.2], [0.4, 0.2], [0.4, 0.6]], 0.002)
    drag(page, (0.35, 0.3), (0.45, 0.4))
    drag(page, (0.5, 0.3), (0.6, 0.3))
    drag(page, (0.55, 0.5), (0.8, 0.5))
    saved(page)
    expect(page.locator(".corner")).to_have_count(4)
    points = counting(server)["zones"]["zone-1"]["points"]
    near(points[:2], [[0.3, 0.3], [0.6, 0.3]], 0.005)


def test_a_line_is_dragged_named_and_turned_round(server: Any, stage: Callable[..., Page]) -> None:
    page = stage()
    page.locator("#edit-zones").click()
    page.get_by_role("button", name="Line", exact=True).click()
    drag(page, (0.5, 0.1), (0.5, 0.9))
    page.get_by_role("textbox", name="Name").fill("gate")
    page.get_by_role("textbox", name="Name").press("Enter")
    expect(row(page, "line/gate")).to_be_visible()
    saved(page)
    before = counting(server)["lines"]["gate"]
    page.get_by_role("button", name="Turn round").click()
    saved(page)
    after = counting(server)["lines"]
    assert list(after) == ["gate"]
    assert (after["gate"]["start"], after["gate"]["end"]) == (before["end"], before["start"])


def test_what_was_done_is_undone_and_done_again(server: Any, stage: Callable[..., Page]) -> None:
    configure(server, zones={"door": MIDDLE})
    page = stage()
    row(page, "zone/door").get_by_role("button", name="door").click()
    page.get_by_label("Point of a box that counts").select_option("centre")
    saved(page)
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(row(page, "zone/door")).to_have_count(0)
    saved(page)
    assert counting(server)["zones"] == {}
    page.keyboard.press("Control+z")
    expect(row(page, "zone/door")).to_be_visible()
    page.keyboard.press("Control+z")
    saved(page)
    assert counting(server)["zones"]["door"]["anchor"] == "bottom"
    page.get_by_role("button", name="Redo").click()
    saved(page)
    assert counting(server)["zones"]["door"]["anchor"] == "centre"


def test_what_the_server_refuses_is_told_at_the_shape_and_can_be_mended(
    server: Any, stage: Callable[..., Page], watch: Any
) -> None:
    watch.allow("422")
    page = stage()
    page.locator("#edit-zones").click()
    click(page, (0.2, 0.2), (0.8, 0.8), (0.8, 0.2), (0.2, 0.8))
    page.keyboard.press("Enter")
    expect(page.locator(".shape-form").get_by_role("alert")).to_contain_text("give the corners in turn")
    expect(page.locator(".shape.wrong")).to_have_count(1)
    expect(page.locator(".save-state")).to_have_text("Not saved")
    assert counting(server)["zones"] == {}
    drag(page, (0.8, 0.8), (0.9, 0.1))
    expect(page.locator(".shape.wrong")).to_have_count(0)
    saved(page)
    assert list(counting(server)["zones"]) == ["zone-1"]


def test_the_keyboard_alone_draws_moves_and_deletes(server: Any, stage: Callable[..., Page]) -> None:
    page = stage()
    page.locator("#edit-zones").focus()
    page.keyboard.press("Enter")
    for keys in ("ArrowLeft", "ArrowDown", "ArrowRight"):
        page.keyboard.press("Space")
        for _ in range(5):
            page.keyboard.press(keys)
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.locator(".shape-tools").get_by_role("status")).to_have_text("zone-1 is drawn.")
    saved(page)
    square = [[0.5, 0.5], [0.4, 0.5], [0.4, 0.6], [0.5, 0.6]]
    near(counting(server)["zones"]["zone-1"]["points"], square, 1e-6)
    page.get_by_role("button", name=re.compile("^Corner 2,")).focus()
    page.keyboard.press("Shift+ArrowUp")
    page.get_by_role("button", name="Zone zone-1").focus()
    page.keyboard.press("ArrowRight")
    saved(page)
    assert counting(server)["zones"]["zone-1"]["points"][1] == pytest.approx([0.42, 0.498], abs=1e-6)
    page.keyboard.press("Delete")
    expect(row(page, "zone/zone-1")).to_have_count(0)
    saved(page)
    page.keyboard.press("Escape")
    expect(page.locator("#edit-zones")).to_be_focused()
    expect(page.locator("#stage")).to_be_visible()
    assert counting(server)["zones"] == {}


def test_a_finger_draws_too_and_nothing_is_wider_than_a_phone(server: Any, stage: Callable[..., Page]) -> None:
    page = stage(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.locator("#edit-zones").tap()
    for x, y in ((0.2, 0.2), (0.7, 0.2), (0.7, 0.8)):
        page.touchscreen.tap(*at(page, x, y))
    page.get_by_role("button", name="Close shape").tap()
    expect(page.locator(".shape-form")).to_be_visible()
    saved(page)
    assert len(counting(server)["zones"]["zone-1"]["points"]) == 3
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0


def test_two_pages_see_each_others_changes_and_none_is_written_over_silently(
    server: Any, stage: Callable[..., Page]
) -> None:
    configure(server, zones={"door": MIDDLE})
    one, other = stage(), stage()
    for page in (one, other):
        row(page, "zone/door").get_by_role("button", name="door").click()
    one.mouse.move(*at(one, 0.5, 0.5))
    one.mouse.down()
    one.mouse.move(*at(one, 0.6, 0.5), steps=3)
    other.get_by_label("Point of a box that counts").select_option("top")
    saved(other)
    one.mouse.up()
    expect(one.locator(".shape-form").get_by_role("alert")).to_contain_text("Changed on another page meanwhile.")
    assert counting(server)["zones"]["door"]["anchor"] == "top"
    assert counting(server)["zones"]["door"]["points"] == MIDDLE["points"]
    one.get_by_role("button", name="Take the server's").click()
    expect(one.get_by_label("Point of a box that counts")).to_have_value("top")
    drag(one, (0.5, 0.5), (0.6, 0.5))
    saved(one)
    expect(other.get_by_role("button", name=re.compile("^Corner 1, 50 %"))).to_be_visible()


def test_the_region_and_the_ground_are_drawn_like_zones(server: Any, stage: Callable[..., Page]) -> None:
    page = stage()
    page.get_by_role("button", name="Draw the region on the picture").click()
    drag(page, (0.1, 0.1), (0.9, 0.95))
    saved(page)
    page.get_by_role("button", name="Ground", exact=True).click()
    click(page, (0.3, 0.4), (0.7, 0.4), (0.9, 0.9), (0.1, 0.9))
    saved(page)
    page.get_by_label("From corner 1 to 2").fill("4")
    page.get_by_label("From corner 2 to 3").fill("12")
    page.get_by_label("From corner 2 to 3").press("Enter")
    saved(page)
    found = server.client.get(STREAM).json()["settings"]
    assert found["detection"]["region_unit"] == "fractions"
    assert found["detection"]["region"][0] == pytest.approx([0.1, 0.1], abs=0.003)
    assert found["counting"]["ground"]["metres"] == [[0, 0], [4, 0], [4, 12], [0, 12]]
    walk(server, *across(0.4, 0.5))
    expect(page.locator("#stage tr[data-track]")).to_contain_text("m/s")


def test_shapes_are_hidden_with_their_switch_and_shown_while_they_are_drawn(
    server: Any, stage: Callable[..., Page]
) -> None:
    configure(server, zones={"door": MIDDLE})
    page = stage()
    expect(page.locator(".shape")).to_be_visible()
    page.keyboard.press("z")
    expect(page.locator(".shape")).to_be_hidden()
    page.locator("#edit-zones").click()
    expect(page.locator(".shape")).to_be_visible()
