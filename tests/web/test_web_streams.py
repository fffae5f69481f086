"""Streams on the page: cards, pictures with their boxes, the large view, what can be done to a stream."""

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from app.imaging.draw import colour_of

pytestmark = pytest.mark.browser

BOX = [200.0, 150.0, 500.0, 600.0]
OTHER = [800.0, 100.0, 1100.0, 400.0]


def show(page: Page, server: Any, stream: str) -> None:
    """Open a stream's large view by its address."""
    page.goto(f"{server.address}/#/stream/{stream}")
    expect(page.locator("#stage-title")).to_have_text(stream)


def test_a_card_shows_rates_counts_and_books(page: Page, server: Any) -> None:
    server.detections("cam1", BOX, OTHER, frames=5)
    card = page.locator('.card[data-stream="cam1"]')
    expect(card.locator(".figures")).to_contain_text(re.compile(r"tracks now\s*2"))
    expect(card.locator(".figures")).to_contain_text(re.compile(r"ids so far\s*2"))
    expect(card.locator(".figures")).to_contain_text(re.compile(r"latency\s*[\d.]+ ms"))
    expect(card.locator(".books")).to_contain_text(re.compile(r"received\s*5.*tracked\s*5.*dropped\s*0.*rejected\s*0"))
    expect(card.locator(".pill")).to_have_text("receiving")
    expect(page.locator(".totals")).to_contain_text("1 stream")


def test_rejected_frames_are_coloured(page: Page, server: Any) -> None:
    server.detections("cam1", BOX)
    server.client.post("/v1/streams/cam1/frames", content=b"no picture")
    row = page.locator(".card .books > div", has_text="rejected")
    expect(row.locator("dd")).to_have_text("1")
    expect(row).to_have_class("bad")


def test_boxes_are_drawn_in_the_colours_that_the_server_draws(
    page: Page, server: Any, painted: Any, until: Any
) -> None:
    server.detections("cam1", BOX, OTHER)
    for track_id in (1, 2):
        blue, green, red = colour_of(track_id)
        until(page, f"(wanted) => ({painted.of_colour})(wanted) > 200", [".card", [red, green, blue]])


def test_a_stream_of_detections_has_a_grid_and_asks_for_no_picture(
    page: Page, server: Any, painted: Any, until: Any
) -> None:
    server.detections("radar", BOX)
    until(page, f"() => ({painted.covered})('.card') > 0")
    server.detections("radar", BOX, frames=5)
    expect(page.locator(".card .books")).to_contain_text(re.compile(r"tracked\s*8"))
    assert page.evaluate(f"({painted.level})('.card')") > 0
    assert page.evaluate("askedPictures") == []


def test_the_newest_picture_is_shown_when_a_frame_came(page: Page, server: Any, painted: Any, until: Any) -> None:
    for level in (60, 200):
        server.picture("cam1", level)
        until(page, f"(level) => Math.abs(({painted.level})('.card') - level) < 8", level)


def test_pictures_that_the_detector_did_not_look_at_are_shown(
    page: Page, server: Any, painted: Any, until: Any
) -> None:
    server.client.put("/v1/streams/cam1", json={"detection": {"every": 30}}).raise_for_status()
    for level in (60, 200, 90):
        server.picture("cam1", level)
        until(page, f"(level) => Math.abs(({painted.level})('.card') - level) < 8", level)


def test_cards_off_the_screen_ask_for_no_pictures(server: Any, open_page: Callable[..., Page]) -> None:
    for number in range(1, 7):
        server.picture(f"cam{number}")
    page = open_page(server.address, viewport={"width": 390, "height": 500})
    expect(page.locator(".card .painted").first).to_be_attached()
    expect(page.locator(".card")).to_have_count(6)
    assert "cam6" not in page.evaluate("askedPictures")
    page.locator('.card[data-stream="cam6"]').scroll_into_view_if_needed()
    expect(page.locator('.card[data-stream="cam6"] .painted')).to_have_count(1)


def test_a_stream_whose_only_message_was_missed_is_painted_all_the_same(
    server: Any, open_page: Callable[..., Page]
) -> None:
    server.picture("cam1")
    deaf = """
      const Real = WebSocket;
      window.WebSocket = class extends Real {
        addEventListener(type, listener) {
          const heard = (event) => { if (!event.data.includes('"tracks"')) listener(event); };
          super.addEventListener(type, type === "message" ? heard : listener);
        }
      };
    """
    page = open_page(server.address, prepare=lambda page: page.add_init_script(deaf))
    expect(page.locator(".card .painted")).to_have_count(1)


def test_layers_can_be_hidden_and_stay_hidden(page: Page, server: Any, painted: Any, until: Any) -> None:
    server.detections("cam1", BOX)
    until(page, f"() => ({painted.covered})('.card') > 0")
    for name in ("Boxes", "Labels", "Trails"):
        page.get_by_role("button", name=name).click()
    until(page, f"() => ({painted.covered})('.card') === 0")
    page.reload()
    expect(page.get_by_role("button", name="Boxes")).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("b")
    expect(page.get_by_role("button", name="Boxes")).to_have_attribute("aria-pressed", "true")
    server.detections("cam1", BOX)
    until(page, f"() => ({painted.covered})('.card') > 0")


def test_the_large_view_lists_the_tracks_and_keeps_their_ids(page: Page, server: Any) -> None:
    server.detections("cam1", BOX, OTHER, labels=["forklift"])
    show(page, server, "cam1")
    rows = page.locator("#stage tbody tr")
    for step in range(1, 6):
        moved = [value + 8 * step for value in BOX]
        server.detections("cam1", moved, OTHER, frames=1)
        expect(page.locator(".side .books")).to_contain_text(re.compile(rf"tracked\s*{3 + step}\D"))
        assert [row.get_attribute("data-track") for row in rows.all()] == ["1", "2"]
    expect(rows.first).to_contain_text(re.compile(r"1\s*forklift\s*0\.90"))
    expect(rows.first).to_contain_text("px/s")


def test_the_large_view_tells_where_the_time_goes_and_what_the_stream_was_told(page: Page, server: Any) -> None:
    server.client.put("/v1/streams/cam1", json={"overload": "lossless", "tracker": {"lost_buffer": 77}})
    server.picture("cam1")
    show(page, server, "cam1")
    expect(page.locator(".timing")).to_contain_text(
        re.compile(r"decode\s*[\d.]+ ms.*detect\s*[\d.]+ ms.*total\s*[\d.]+ ms")
    )
    expect(page.locator('[data-setting="tracker.lost_buffer"]').get_by_role("spinbutton")).to_have_value("77")
    expect(page.locator('[data-setting="overload"]').get_by_role("combobox")).to_have_value("lossless")


def test_the_row_under_the_pointer_lights_its_box(page: Page, server: Any, painted: Any, until: Any) -> None:
    server.detections("cam1", BOX, OTHER)
    show(page, server, "cam1")
    until(page, f"() => ({painted.covered})('#stage') > 0")
    before = page.evaluate(painted.covered, "#stage")
    page.locator('#stage tr[data-track="1"]').hover()
    until(page, f"(before) => ({painted.covered})('#stage') > before + 5000", before)


def test_a_card_is_opened_and_left_with_the_keyboard_alone(page: Page, server: Any) -> None:
    server.detections("cam1", BOX)
    card = page.locator('.card[data-stream="cam1"] .card-link')
    expect(card).to_be_visible()
    for _ in range(20):
        page.keyboard.press("Tab")
        if card.evaluate("(element) => element === document.activeElement"):
            break
    expect(card).to_be_focused()
    outline = "getComputedStyle(document.querySelector('.card')).outlineStyle"
    assert page.evaluate(outline) == "solid"
    page.keyboard.press("Enter")
    expect(page.locator("#stage-title")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#grid")).to_be_visible()
    expect(card).to_be_focused()


def test_a_stream_is_deleted_only_after_a_yes(page: Page, server: Any) -> None:
    server.detections("cam1", BOX)
    show(page, server, "cam1")
    page.get_by_role("button", name="Delete stream cam1").click()
    expect(page.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("#stage")).to_be_visible()
    page.get_by_role("button", name="Delete stream cam1").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("Deleted cam1")
    expect(page.locator("#empty")).to_be_visible()
    assert server.streams() == []


def test_a_reset_begins_a_new_epoch(page: Page, server: Any) -> None:
    server.detections("cam1", BOX, OTHER)
    show(page, server, "cam1")
    page.get_by_role("button", name="Reset stream cam1").click()
    page.get_by_role("button", name="Reset", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("Reset cam1")
    expect(page.locator(".side .figures")).to_contain_text(re.compile(r"ids so far\s*0"))
    expect(page.locator("#stage tbody tr")).to_have_count(0)
    assert server.streams()[0]["epoch"] == 2
    server.detections("cam1", OTHER)
    expect(page.locator("#stage tbody tr")).to_have_attribute("data-track", "1")


def test_streams_come_and_go_without_a_reload(page: Page, server: Any) -> None:
    for number in (10, 2, 1):
        server.detections(f"cam{number}", BOX, frames=1)
    expect(page.locator(".card-link")).to_have_text(["cam1", "cam2", "cam10"])
    server.client.delete("/v1/streams/cam2")
    expect(page.locator(".card-link")).to_have_text(["cam1", "cam10"])


def test_the_state_of_a_source_is_shown(page: Page, server: Any) -> None:
    server.demo_camera("demo-1")
    expect(page.locator(".card .pill")).to_have_text("live")
    expect(page.locator(".card .pill")).to_have_attribute("title", re.compile("demo:"))


def test_sixteen_cameras_are_all_painted(page: Page, server: Any, painted: Any, until: Any) -> None:
    for number in range(1, 17):
        server.picture(f"cam{number}")
    expect(page.locator(".card")).to_have_count(16)
    page.locator(".card").last.scroll_into_view_if_needed()
    expect(page.locator(".card").last.locator(".painted")).to_have_count(1)
    expect(page.locator(".filter")).to_be_visible()
    page.locator(".filter").fill("cam16")
    expect(page.locator(".card:visible")).to_have_count(1)


def test_an_address_of_a_stream_that_is_gone_leads_to_the_grid(page: Page, server: Any) -> None:
    with httpx.Client(base_url=server.address) as client:
        assert client.get("/v1/streams/nobody").status_code == 404
    page.goto(f"{server.address}/#/stream/nobody")
    expect(page.locator("#empty")).to_be_visible()


def test_a_stream_that_opens_after_its_address_was_asked_for_is_shown(page: Page, server: Any) -> None:
    page.goto(f"{server.address}/#/stream/late")
    server.detections("early", BOX)
    expect(page.locator(".card-link")).to_have_text(["early"])
    server.detections("late", BOX)
    expect(page.locator("#stage-title")).to_have_text("late")
