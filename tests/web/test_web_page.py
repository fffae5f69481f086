"""The page as such: what it loads, how it looks, how it is reached."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import httpx
import numpy as np
import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

WEB = Path(__file__).resolve().parents[2] / "app" / "web"


def luminance(page: Page) -> float:
    """The mean grey of a screenshot, 0 to 255."""
    picture = cv2.imdecode(np.frombuffer(page.screenshot(), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert picture is not None
    return float(picture.mean())


def overflow(page: Page) -> int:
    """Pixels by which the page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


def test_without_streams_the_page_says_how_to_send_the_first_frame(page: Page, server: Any) -> None:
    expect(page.locator("#empty")).to_be_visible()
    expect(page.locator("#server-state")).to_have_text("ready")
    expect(page.locator("#curl-line")).to_have_text(
        f"curl --data-binary @photo.jpg {server.address}/v1/streams/cam1/frames"
    )
    expect(page.locator("#empty-webcam")).to_be_visible()
    expect(page.locator("#empty-video")).to_be_visible()


def test_the_line_for_the_terminal_opens_a_stream_that_appears_by_itself(page: Page) -> None:
    address = page.locator("#curl-line").inner_text().split()[-1]
    jpeg = cv2.imencode(".jpg", np.zeros((90, 160, 3), np.uint8))[1].tobytes()
    with httpx.Client() as client:
        client.post(address, content=jpeg).raise_for_status()
    expect(page.locator('.card[data-stream="cam1"]')).to_be_visible()
    expect(page.locator("#empty")).to_be_hidden()


def test_the_line_for_the_terminal_can_be_copied(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(server.address, permissions=["clipboard-read", "clipboard-write"])
    page.locator("#copy-curl").click()
    expect(page.locator("#copy-curl")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#curl-line").inner_text()


def test_a_demo_camera_starts_with_one_click(page: Page, server: Any, painted: Any, until: Any) -> None:
    page.locator("#start-demo").click()
    expect(page.locator('.card[data-stream="demo-1"]')).to_be_visible()
    until(page, f"() => ({painted.level})('.card') > 0")
    assert [view["source"]["url"] for view in server.streams()] == ["demo:?seed=1"]


def test_the_header_names_model_and_provider(page: Page, model: str) -> None:
    expect(page.locator("#model")).to_have_text(f"{Path(model).name} · CPU")


def test_the_theme_follows_the_system(server: Any, open_page: Callable[..., Page]) -> None:
    dark = open_page(server.address, color_scheme="dark")
    light = open_page(server.address, color_scheme="light")
    expect(dark.locator("#empty")).to_be_visible()
    expect(light.locator("#empty")).to_be_visible()
    assert luminance(dark) < 60
    assert luminance(light) > 190


def test_a_chosen_theme_outlives_a_reload(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(server.address, color_scheme="dark")
    page.get_by_role("button", name="Use the light theme").click()
    assert luminance(page) > 190
    page.reload()
    expect(page.get_by_role("button", name="Use the dark theme")).to_be_visible()
    expect(page.locator("#empty")).to_be_visible()
    assert luminance(page) > 190


def test_nothing_is_wider_than_a_phone(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(server.address, viewport={"width": 390, "height": 844})
    expect(page.locator("#empty")).to_be_visible()
    assert overflow(page) == 0
    page.locator("#track-webcam").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert overflow(page) == 0
    page.keyboard.press("Escape")
    server.detections("a-stream-with-a-name-that-is-as-long-as-names-may-be-0123456789", [10, 10, 90, 90])
    expect(page.locator(".card .figures dd").first).to_be_visible()
    assert overflow(page) == 0
    page.locator(".card-link").click()
    expect(page.locator("#stage")).to_be_visible()
    expect(page.locator("#stage tbody tr")).to_have_count(1)
    assert overflow(page) == 0


def test_motion_rests_where_the_viewer_asked_for_it(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(server.address, reduced_motion="reduce")
    assert page.evaluate("getComputedStyle(document.querySelector('.way')).transitionDuration") in ("0s", "")


def test_the_skip_link_is_the_first_stop_and_leads_to_the_streams(page: Page) -> None:
    expect(page.locator("#empty")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the streams")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_the_policy_of_the_page_allows_nothing_inline_and_nothing_foreign() -> None:
    text = (WEB / "index.html").read_text("utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)
    assert policy is not None
    assert "unsafe" not in policy[1]
    assert "default-src 'none'" in policy[1]
    assert not re.search(r"<style|\son\w+=|<script>", text)
    shipped = "".join(path.read_text("utf-8") for path in WEB.rglob("*") if path.suffix in {".js", ".css", ".html"})
    assert set(re.findall(r"https?://[\w.]+", shipped)) <= {"http://www.w3.org"}


def test_every_module_that_is_imported_is_there() -> None:
    for path in (WEB / "js").rglob("*.js"):
        for imported in re.findall(r'from "(\.[^"]+)"', path.read_text("utf-8")):
            assert (path.parent / imported).resolve().is_file(), f"{path.name} imports {imported}"
