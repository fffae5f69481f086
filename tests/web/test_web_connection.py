"""The page when the server is gone, comes back, or is there and takes nothing."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

pytestmark = pytest.mark.browser

BOX = [200.0, 150.0, 500.0, 600.0]


def test_a_server_that_goes_is_announced_and_its_return_needs_no_reload(
    start_server: Callable[..., Any], open_page: Callable[..., Page], watch: Any, free_port: int
) -> None:
    watch.allow("ERR_CONNECTION|ERR_EMPTY_RESPONSE|WebSocket connection|status of 503")
    first = start_server(free_port)
    first.detections("cam1", BOX)
    page = open_page(first.address)
    expect(page.locator('.card[data-stream="cam1"]')).to_be_visible()

    assert first.stop() == 0
    banner = page.locator("#banner-gone")
    expect(banner).to_be_visible()
    expect(banner).to_contain_text(re.compile(r"Reconnecting in \d+ s"))
    expect(page.locator("#server-state")).to_have_text("offline")
    expect(page.locator(".card")).to_be_visible()
    assert "no connection" in page.title()

    second = start_server(free_port)
    second.detections("cam2", BOX)
    # The page tries by itself too, and may have been back before: then there is no button any more.
    page.evaluate("document.querySelector('#banner-gone button')?.click()")
    expect(banner).to_be_hidden()
    expect(page.locator(".card-link")).to_have_text(["cam2"])
    expect(page.locator("#server-state")).to_have_text("ready")


def test_a_server_that_is_not_ready_says_why(server: Any, open_page: Callable[..., Page], watch: Any) -> None:
    watch.allow("status of 503")
    answer = {"ready": False, "checks": {"engine": "ok", "provider": "CUDA was asked for, CPU is active"}}

    def not_ready(route: Route) -> None:
        route.fulfill(status=503, content_type="application/json", body=json.dumps(answer))

    page = open_page(server.address, prepare=lambda page: page.route("**/readyz", not_ready))
    expect(page.locator("#server-state")).to_have_text("not ready")
    expect(page.locator("#banner-unready")).to_contain_text("provider: CUDA was asked for, CPU is active")
    expect(page.locator("#banner-unready")).not_to_contain_text("engine")


def test_a_server_that_no_longer_answers_is_found_out(server: Any, open_page: Callable[..., Page], watch: Any) -> None:
    watch.allow("ERR_FAILED")
    page = open_page(server.address)
    expect(page.locator("#server-state")).to_have_text("ready")
    page.route("**/v1/streams?*", lambda route: route.abort())
    expect(page.locator("#banner-gone")).to_contain_text("does not answer")
    page.unroute("**/v1/streams?*")
    expect(page.locator("#banner-gone")).to_be_hidden()
