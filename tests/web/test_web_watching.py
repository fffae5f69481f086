"""Looking closely: one track, events, cameras, the server's state, times and drops."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

BOX = [200.0, 150.0, 500.0, 600.0]
OTHER = [800.0, 100.0, 1100.0, 400.0]
GATE = {"zones": {"gate": {"points": [[0, 0], [0.5, 0], [0.5, 1], [0, 1]], "hold_s": 0}}}


def show(page: Page, server: Any, stream: str, rest: str = "") -> None:
    """Open a stream's large view by its address."""
    page.goto(f"{server.address}/#/stream/{stream}{rest}")
    expect(page.locator("#stage-title")).to_have_text(stream)


def click_on(page: Page, box: list[float]) -> None:
    """Click in the middle of a box of a picture of 1280 x 720."""
    area = page.locator("#stage .overlay").bounding_box()
    assert area is not None
    x, y = (box[0] + box[2]) / 2 / 1280, (box[1] + box[3]) / 2 / 720
    page.mouse.click(area["x"] + x * area["width"], area["y"] + y * area["height"])


def test_a_click_on_a_box_opens_its_track_and_escape_closes_it(
    page: Page, server: Any, painted: Any, until: Any
) -> None:
    server.detections("cam1", BOX, OTHER, frames=5, labels=["forklift"])
    show(page, server, "cam1")
    until(page, f"() => ({painted.covered})('#stage') > 0")
    click_on(page, OTHER)
    panel = page.locator("[data-inspect]")
    expect(panel).to_have_attribute("data-inspect", "2")
    expect(panel).to_contain_text(re.compile(r"2\s*forklift.*in view"))
    expect(panel).to_contain_text(re.compile(r"size\s*300 × 300 px"))
    expect(panel).to_contain_text(re.compile(r"Why it was born: .*0\.90"))
    assert page.url.endswith("#/stream/cam1/track/2")
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(page.locator("#stage")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#grid")).to_be_visible()


def test_a_track_is_reached_with_the_keyboard_and_followed_until_it_is_lost(page: Page, server: Any) -> None:
    server.detections("cam1", BOX, frames=5)
    show(page, server, "cam1")
    page.get_by_role("link", name="Look at track 1").focus()
    page.keyboard.press("Enter")
    panel = page.locator("[data-inspect='1']")
    expect(panel.locator(".pill")).to_have_text("in view")
    expect(panel.locator("[data-row='size']")).to_contain_text("300 × 450 px")
    server.detections("cam1", [200.0, 150.0, 504.0, 600.0], frames=3)
    expect(panel.locator("[data-row='size']")).to_contain_text(re.compile(r"30[1-4] × 450 px"))
    server.detections("cam1", OTHER, frames=1)
    expect(panel.locator(".pill")).to_have_text("lost")
    server.client.post("/v1/streams/cam1/reset").raise_for_status()
    expect(panel.locator(".pill")).to_have_text("gone")
    panel.get_by_role("button", name="Close the track's panel").click()
    expect(panel).to_have_count(0)


def test_a_track_of_a_picture_is_cut_out_of_it(page: Page, server: Any) -> None:
    server.demo_camera("street", seed=3)
    show(page, server, "street")
    page.locator("#stage a.id-chip").first.click()
    expect(page.locator(".inspect .crop.painted")).to_be_visible()
    colours = """(canvas) => new Set(
      new Uint32Array(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size"""
    assert page.locator(".inspect .crop canvas").evaluate(colours) > 50


def test_events_of_all_streams_are_listed_newest_first_and_counted_until_seen(page: Page, server: Any) -> None:
    expect(page.locator("#server-state")).to_have_text("ready")
    server.client.put("/v1/streams/yard", json={"counting": GATE}).raise_for_status()
    expect(page.locator("#show-events .badge")).to_have_text("1")
    server.detections("yard", OTHER, frames=3)
    for step in range(1, 9):
        server.detections("yard", [OTHER[0] - 80 * step, 100.0, OTHER[2] - 80 * step, 400.0], frames=1)
    expect(page.locator("#show-events .badge")).to_have_text("2")
    page.locator("#show-events").click()
    rows = page.locator("#events .event")
    expect(rows.nth(0)).to_contain_text("0 1 entered gate")
    expect(rows.filter(has_text="The stream opened.").first).to_be_visible()
    expect(page.locator("#show-events .badge")).to_be_hidden()
    expect(rows.filter(has_text="was seen first")).to_have_count(0)
    page.get_by_role("button", name="Every track").click()
    expect(rows.filter(has_text="was seen first")).not_to_have_count(0)
    page.get_by_role("button", name="Zones and lines").click()
    expect(rows.filter(has_text="entered gate")).to_have_count(0)


def test_an_event_leads_to_its_track(page: Page, server: Any) -> None:
    server.client.put("/v1/streams/yard", json={"counting": GATE}).raise_for_status()
    server.detections("yard", BOX, frames=3)
    page.locator("#show-events").click()
    page.get_by_role("button", name="Every track").click()
    page.locator("#events .event", has_text="1 was seen first").first.click()
    expect(page.locator("[data-inspect='1']")).to_be_visible()
    expect(page.locator("#stage-title")).to_have_text("yard")


def test_events_of_the_time_before_the_page_are_recalled(server: Any, open_page: Callable[..., Page]) -> None:
    server.detections("early", BOX)
    page = open_page(server.address)
    page.locator("#show-events").click()
    page.get_by_label("Events of").select_option("early")
    expect(page.locator("#events .event", has_text="The stream opened.").first).to_contain_text("early")
    page.keyboard.press("Escape")
    expect(page.locator("#events")).to_be_hidden()
    expect(page.locator("#show-events")).to_be_focused()


def test_a_demo_camera_is_added_through_the_dialog_changed_and_stopped(page: Page, server: Any) -> None:
    page.locator("#empty-camera").click()
    page.get_by_label("Address").fill("demo:?seed=4&width=320&height=180&fps=5")
    page.get_by_role("textbox", name="Name").fill("gate-camera")
    page.get_by_role("button", name="Add the camera").click()
    expect(page.locator("#stage-title")).to_have_text("gate-camera")
    expect(page.locator("#stage .bar .pill")).to_have_text("live")
    page.get_by_role("button", name="Change", exact=True).click()
    expect(page.get_by_role("textbox", name="Name")).not_to_be_editable()
    page.get_by_label("Pace").select_option("realtime")
    page.get_by_label("Address").fill("demo:?seed=5&width=320&height=180&fps=5")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".source-url")).to_have_text("demo:?seed=5&width=320&height=180&fps=5")
    page.get_by_role("button", name="Stop reading").click()
    page.get_by_role("dialog").get_by_role("button", name="Stop").click()
    expect(page.locator(".source")).to_be_hidden()
    assert server.streams()[0]["source"] is None


def test_what_the_server_has_against_a_camera_stands_at_the_field(page: Page, server: Any, watch: Any) -> None:
    watch.allow("status of 422")
    server.detections("taken", BOX)
    page.locator("#add-camera").click()
    url, name = page.get_by_label("Address"), page.get_by_role("textbox", name="Name")
    url.fill("rtsp://me:secret@camera.example/1")
    expect(page.get_by_label("RTSP over")).to_be_visible()
    page.get_by_role("button", name="Add the camera").click()
    expect(url).to_have_attribute("aria-invalid", "true")
    note = page.locator("#camera-url-note")
    expect(note).to_contain_text("rtsp")
    expect(note).not_to_contain_text("secret")
    expect(url).to_be_focused()
    url.fill("demo:?seed=1")
    expect(page.get_by_label("RTSP over")).to_be_hidden()
    name.fill("taken")
    page.get_by_role("button", name="Add the camera").click()
    expect(page.locator("#camera-name-note")).to_contain_text("taken already")
    assert [view["stream"] for view in server.streams()] == ["taken"]


def test_the_server_tells_its_models_and_their_devices(page: Page, server: Any) -> None:
    server.demo_camera("street")
    page.locator("#model").click()
    card = page.locator("#server .model").first
    expect(card).to_contain_text("ready")
    expect(card).to_contain_text("CPU")
    expect(card.get_by_role("link", name="street")).to_have_attribute("href", "#/stream/street")
    expect(page.locator("#server .checks .pill").first).to_have_text("ok")


def test_trouble_of_the_detector_is_told_in_the_servers_words(
    server: Any, open_page: Callable[..., Page], watch: Any
) -> None:
    watch.allow("status of 503")
    word = "5 calls in a row failed; the next is tried in 4 s"
    body = {"ready": False, "checks": {"engine": "ok", "batcher": word}, "devices": {}}
    fulfil = {"status": 503, "json": body}
    page = open_page(
        server.address, prepare=lambda page: page.route("**/readyz", lambda route: route.fulfill(**fulfil))
    )
    page.locator("#server-state", has_text="not ready").click()
    expect(page.locator("#server .checks li", has_text="Detector")).to_contain_text(word)


def test_times_are_told_by_stage_with_median_and_99th_percentile(page: Page, server: Any) -> None:
    server.demo_camera("street")
    show(page, server, "street")
    timing = page.locator(".timing")
    expect(timing).to_contain_text(re.compile(r"detect\s*[\d.]+ ms\s*[\d.]+ ms"))
    expect(timing.locator(".screen-age")).to_contain_text(re.compile(r"On this screen [\d.]+ m?s after"))


def test_dropped_frames_are_told_by_reason_with_what_to_do(page: Page, server: Any) -> None:
    server.client.put("/v1/streams/slow", json={"max_fps": 1}).raise_for_status()
    server.detections("slow", BOX, frames=1)
    for _ in range(3):
        body = {"width": 1280, "height": 720, "detections": []}
        server.client.post("/v1/streams/slow/detections", json=body)
    show(page, server, "slow")
    row = page.locator(".drops [data-reason='rate']")
    expect(row).to_contain_text("over max_fps")
    expect(row).to_contain_text("raise it")


def test_nothing_that_opens_is_wider_than_a_phone(server: Any, open_page: Callable[..., Page]) -> None:
    server.client.put("/v1/streams/yard", json={"counting": GATE}).raise_for_status()
    server.demo_camera("yard")
    page = open_page(server.address, viewport={"width": 390, "height": 844})
    overflow = "document.documentElement.scrollWidth - innerWidth"
    for opener, opened in (("#show-events", "#events"), ("#server-state", "#server"), ("#add-camera", ".dialog")):
        page.locator(opener).click()
        expect(page.locator(opened)).to_be_visible()
        assert page.evaluate(overflow) == 0
        page.keyboard.press("Escape")
        expect(page.locator(opened)).to_be_hidden()
    page.locator(".card-link").click()
    page.locator("#stage a.id-chip").first.click()
    expect(page.locator(".inspect")).to_be_visible()
    assert page.evaluate(overflow) == 0


def test_a_panel_at_the_side_is_closed_with_escape_and_leaves_the_stream_open(page: Page, server: Any) -> None:
    server.detections("cam1", BOX)
    show(page, server, "cam1")
    page.locator("#show-events").click()
    expect(page.locator("#events")).to_be_visible()
    page.locator("#model").click()
    expect(page.locator("#events")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.locator("#server")).to_be_hidden()
    expect(page.locator("#stage")).to_be_visible()


def test_a_concern_says_what_looks_wrong_and_leads_to_the_setting(page: Page, server: Any) -> None:
    for number in range(140):
        at = 0.7 * (number // 3) + 0.1 * (number % 3)  # two short intervals, then a long one
        box = [200.0 + number % 20, 150.0, 500.0, 600.0]
        body = {"width": 1280, "height": 720, "capture_ts": at, "detections": [{"bbox": box, "score": 0.9}]}
        assert server.client.post("/v1/streams/shaky/detections", json=body).status_code == 200
    show(page, server, "shaky")
    panel = page.locator(".panel", has=page.get_by_role("heading", name="Tracking health"))
    expect(panel.get_by_role("status")).to_contain_text(re.compile(r"Frames come unevenly: jitter 0\.[67]"))
    expect(panel).to_contain_text(re.compile(r"mean score\s*0\.90"))
    row = page.locator("[data-setting='max_fps']")
    expect(row).to_be_attached()  # what can be set is asked of the server
    panel.get_by_role("button", name="max_fps").click()
    expect(row.get_by_role("slider")).to_be_focused()
    expect(row).to_be_in_viewport()
