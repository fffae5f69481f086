"""The viewer for other pages, in a frame of a page of another origin."""

import http.server
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

BOX = [200.0, 150.0, 500.0, 600.0]


class Host(http.server.BaseHTTPRequestHandler):
    """Somebody's page: `/?ADDRESS` frames that address."""

    def do_GET(self) -> None:
        """The page."""
        address = self.path.partition("?")[2]
        page = f"<!doctype html><title>host</title><iframe src='{address}' width=640 height=360></iframe>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(page.encode())

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def host() -> Iterator[str]:
    """Another origin: a server of its own, on a port of its own."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Host) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def framed(host: str, browser: Any) -> Iterator[Callable[[str], Page]]:
    """A page of the other origin that frames an address."""
    contexts = []

    def open_(address: str) -> Page:
        context = browser.new_context()
        contexts.append(context)
        page: Page = context.new_page()
        page.goto(f"{host}/?{address}")
        return page

    yield open_
    for context in contexts:
        context.close()


def frame_of(page: Page) -> Any:
    """The frame in the page, once it has come."""
    page.locator("iframe").wait_for()
    (frame,) = page.main_frame.child_frames
    frame.wait_for_load_state()
    return frame


def test_a_page_of_another_origin_shows_pictures_with_their_boxes(
    server: Any, framed: Callable[[str], Page], painted: Any, until: Any
) -> None:
    server.demo_camera("street", seed=3)
    frame = frame_of(framed(f"{server.address}/embed/street"))
    until(frame, f"() => ({painted.level})('#viewer') > 0 && ({painted.covered})('#viewer') > 500")
    expect(frame.locator(".word")).to_be_hidden()
    assert frame.locator("button, a, input").count() == 0


def test_what_is_drawn_is_chosen_in_the_address(
    server: Any, framed: Callable[[str], Page], painted: Any, until: Any
) -> None:
    server.picture("cam1", 200)
    bare = "theme=dark&boxes=0&labels=0&trails=0&fit=cover"
    frame = frame_of(framed(f"{server.address}/embed/cam1?{bare}"))
    until(frame, f"() => ({painted.level})('#viewer') > 180")
    assert frame.evaluate(painted.covered, "#viewer") == 0
    assert frame.evaluate("document.documentElement.dataset.theme") == "dark"
    corner = "document.querySelector('.picture').getContext('2d').getImageData(1, 1, 1, 1).data[0]"
    assert frame.evaluate(corner) > 180


def test_counts_are_written_over_the_picture(server: Any, framed: Callable[[str], Page]) -> None:
    gate = {"zones": {"gate": {"points": [[0, 0], [1, 0], [1, 1], [0, 1]], "hold_s": 0}}}
    server.client.put("/v1/streams/yard", json={"counting": gate}).raise_for_status()
    server.detections("yard", BOX)
    frame = frame_of(framed(f"{server.address}/embed/yard"))
    expect(frame.locator(".counts li")).to_contain_text("gate1 in")


def test_a_viewer_waits_for_a_stream_that_is_not_there_yet(
    server: Any, framed: Callable[[str], Page], painted: Any, until: Any
) -> None:
    frame = frame_of(framed(f"{server.address}/embed/later"))
    expect(frame.locator(".word")).to_have_text("Waiting for later…")
    server.detections("later", BOX)
    until(frame, f"() => ({painted.covered})('#viewer') > 0")
    expect(frame.locator(".word")).to_be_hidden()
    server.client.delete("/v1/streams/later")
    expect(frame.locator(".word")).to_have_text("Waiting for later…")


def test_the_page_itself_is_shown_in_no_foreign_frame(server: Any, framed: Callable[[str], Page]) -> None:
    page = framed(f"{server.address}/")
    page.locator("iframe").wait_for()
    expect(page.frame_locator("iframe").locator("#header")).to_have_count(0)
    assert page.main_frame.child_frames[0].url.startswith(("chrome-error:", "about:"))
