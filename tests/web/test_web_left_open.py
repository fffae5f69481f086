"""A page that people keep open: it does not grow, comes back by itself, and rests while nobody looks."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect

pytestmark = pytest.mark.browser

BOX = [200.0, 150.0, 500.0, 600.0]

STORM = """
async (rounds) => {
  const { page } = await import("/web/js/main.js");
  const socket = page.link.socket;
  const say = (message) => socket.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(message) }));
  const timing_ms = { decode: 1, queue: 1, detect: 1, track: 1, total: 4 };
  window.stormSeq ??= 1000;
  for (let round = 0; round < rounds; round += 1) {
    stormSeq += 1;
    const bbox = [round % 600, 100, (round % 600) + 100, 300];
    const track_id = Math.floor(stormSeq / 5); // a new identity with every fifth frame
    const row = { track_id, uid: "x", class_id: 0, class: "0", score: 0.9, bbox, velocity: [0, 0], age_s: 1 };
    say({ type: "tracks", stream: "cam1", epoch: 1, seq: stormSeq, capture_ts: null, width: 1280, height: 720,
          dropped_since_last: 0, tracks: [row], timing_ms });
    say({ type: "event", event: "zone_enter", stream: "cam1", epoch: 1, detail: "", id: stormSeq, at: stormSeq,
          track_id, class: "0", zone: "gate" });
    if (round % 50 === 0) await new Promise(requestAnimationFrame);
  }
  page.update();
  return [page.store.events.events.length, page.store.events.known.size];
}
"""


SIXTY_BEATS = """
() => new Promise((done) => {
  let left = 60;
  const beat = () => ((left -= 1) ? requestAnimationFrame(beat) : done());
  beat();
})
"""


def weight(cdp: CDPSession) -> dict[str, float]:
    """Bytes of the heap and nodes of the document, after the garbage has been collected."""
    cdp.send("HeapProfiler.collectGarbage")
    return {metric["name"]: metric["value"] for metric in cdp.send("Performance.getMetrics")["metrics"]}


def test_thousands_of_messages_and_events_leave_no_more_behind_than_the_first_ones(page: Page, server: Any) -> None:
    server.detections("cam1", BOX)
    page.goto(f"{server.address}/#/stream/cam1")
    expect(page.locator("#stage tbody tr")).to_have_count(1)
    page.locator("#show-events").click()
    cdp = page.context.new_cdp_session(page)
    cdp.send("Performance.enable")
    page.evaluate(STORM, 9000)
    before = weight(cdp)
    assert page.evaluate(STORM, 6000) == [1000, 1000]
    after = weight(cdp)
    assert after["Nodes"] <= before["Nodes"] * 1.1 + 100
    assert after["JSEventListeners"] <= before["JSEventListeners"] * 1.1 + 50
    assert after["JSHeapUsedSize"] <= before["JSHeapUsedSize"] * 1.15 + 2**20


def test_streams_and_views_that_are_left_leave_nothing_behind(page: Page, server: Any) -> None:
    server.detections("cam1", BOX)
    cdp = page.context.new_cdp_session(page)
    cdp.send("Performance.enable")

    def tour(times: int) -> None:
        for _ in range(times):
            page.evaluate("location.hash = '#/stream/cam1/track/1'")
            expect(page.locator("[data-inspect='1']")).to_be_visible()
            page.evaluate("location.hash = '#/'")
            expect(page.locator("#stage")).to_be_hidden()

    tour(3)
    before = weight(cdp)
    tour(6)
    after = weight(cdp)
    assert after["Nodes"] <= before["Nodes"] + 200
    assert after["JSEventListeners"] <= before["JSEventListeners"] + 20


def test_pictures_are_not_asked_for_while_the_tab_is_hidden(page: Page, server: Any, until: Any) -> None:
    server.demo_camera("street")
    until(page, "() => askedPictures.length > 2")
    # A browser without a screen keeps every tab visible: that it is hidden is said by hand.
    page.evaluate("Object.defineProperty(document, 'hidden', { configurable: true, get: () => window.away ?? true })")
    asked = page.evaluate("askedPictures.length")
    page.evaluate(SIXTY_BEATS)
    assert page.evaluate("askedPictures.length") == asked
    page.evaluate("window.away = false")
    until(page, "(asked) => askedPictures.length > asked", asked)


def test_pictures_and_events_go_on_after_the_server_was_restarted(
    start_server: Callable[..., Any],
    open_page: Callable[..., Page],
    watch: Any,
    free_port: int,
    until: Any,
    painted: Any,
) -> None:
    watch.allow("ERR_CONNECTION|ERR_EMPTY_RESPONSE|WebSocket connection|status of 503")
    first = start_server(free_port)
    first.picture("cam1", 60)
    page = open_page(first.address)
    until(page, f"() => Math.abs(({painted.level})('.card') - 60) < 8")
    assert first.stop() == 0
    expect(page.locator("#banner-gone")).to_be_visible()
    second = start_server(free_port)
    second.picture("cam1", 200)
    page.evaluate("document.querySelector('#banner-gone button')?.click()")
    expect(page.locator("#banner-gone")).to_be_hidden()
    second.picture("cam1", 200)
    until(page, f"() => Math.abs(({painted.level})('.card') - 200) < 8")
    page.locator("#show-events").click()
    expect(page.locator("#events .event", has_text="The stream opened.")).to_have_count(2)
