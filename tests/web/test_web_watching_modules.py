"""What is reckoned on the page for those who watch: times, events, hits; by themselves, in the browser."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

Run = Callable[..., Any]

MESSAGE = """
  const message = (detect, more = {}) => ({
    timing_ms: { decode: 1, queue: 0, detect, track: 1, total: detect + 2 }, ...more,
  });
"""


@pytest.fixture
def run(page: Page) -> Run:
    """Run JavaScript with modules of the page at hand: names of exports, and the module that each is from."""

    def run_(body: str, argument: Any = None, **exports: str) -> Any:
        imports = "".join(
            f'const {{ {name} }} = await import("/web/js/{module}.js");' for name, module in exports.items()
        )
        return page.evaluate(f"async (argument) => {{ {imports} {body} }}", argument)

    return run_


def test_percentiles_are_those_of_the_last_minute(run: Run) -> None:
    told = run(
        MESSAGE
        + """
        const timings = new Timings();
        for (let at = 0; at < 50; at += 1) timings.add(message(1000), at);
        for (let at = 1; at <= 100; at += 1) timings.add(message(at), 70000 + at);
        return timings.percentiles(70200);
        """,
        Timings="model/timings",
    )
    assert told["detect"] == {"p50": 50, "p99": 99}
    assert told["total"] == {"p50": 52, "p99": 101}
    assert "motion" not in told


def test_a_minute_is_cut_into_stretches_with_gaps_where_no_frame_came(run: Run) -> None:
    stretches = run(
        MESSAGE
        + """
        const timings = new Timings();
        timings.add(message(10), 60500);
        timings.add(message(20), 60600);
        timings.add(message(7), 119999);
        return timings.stretches(120000, 60);
        """,
        Timings="model/timings",
    )
    assert stretches[0] == [1, 0, 15, 0, 1]
    assert stretches[59] == [1, 0, 7, 0, 1]
    assert stretches[1:59] == [None] * 58


def test_times_are_bounded_however_many_frames_come(run: Run) -> None:
    kept = run(
        MESSAGE
        + """
        const timings = new Timings();
        for (let at = 0; at < 30000; at += 1) timings.add(message(1), at / 100);
        return [timings.rows.length, timings.recent(300).length];
        """,
        Timings="model/timings",
    )
    assert kept[0] <= 8192
    assert kept[1] == 4096


def test_the_age_on_the_screen_does_not_depend_on_the_clocks_of_two_machines(run: Run) -> None:
    ages = run(
        MESSAGE
        + """
        return argument.map((ahead) => {
          const timings = new Timings();
          const wall = (ms) => (performance.timeOrigin + ms) / 1000 + ahead;
          timings.add(message(1, { received_at: wall(1000), sent_at: wall(1020) }), 1025);
          const shown = message(1, { received_at: wall(2000), sent_at: wall(2020) });
          timings.add(shown, 2060);
          return Math.round(timings.ageMs(shown, 2100));
        });
        """,
        [0, 3600, -86400],
        Timings="model/timings",
    )
    assert ages == [95, 95, 95]


def test_events_are_kept_once_newest_first_and_bounded(run: Run) -> None:
    kept = run(
        """
        const event = (id, kind) => ({ type: "event", event: kind, stream: "a", epoch: 1, detail: "", id, at: id });
        const book = new EventBook();
        for (let id = 11; id <= 1500; id += 1) book.hear(event(id, "zone_enter"));
        book.hear(event(1500, "zone_enter"));
        book.hear(event(1501, "track_start"));
        const unseen = book.unseen;
        book.recall([event(3, "opened"), event(1502, "opened")], 7);
        return {
          unseen, missed: book.missed, size: book.events.length, known: book.known.size,
          newest: book.newest, first: book.list({ most: 2 }).map(({ id }) => id),
          tracks: book.list({ most: 9, groups: new Set(["tracks"]) }).map(({ id }) => id),
        };
        """,
        EventBook="model/event-book",
    )
    assert kept == {
        "unseen": 1490,
        "missed": 7,
        "size": 1000,
        "known": 1000,
        "newest": 1502,
        "first": [1502, 1500],
        "tracks": [1501],
    }


def test_the_smallest_box_under_the_pointer_is_hit(run: Run) -> None:
    hits = run(
        """
        const placed = { x: 100, y: 0, width: 640, height: 360, scale: 0.5 };
        const tracks = [{ track_id: 1, bbox: [0, 0, 400, 400] }, { track_id: 2, bbox: [100, 100, 200, 200] }];
        return argument.map(([x, y]) => trackAt(tracks, placed, x, y));
        """,
        [[170, 70], [280, 180], [303, 100], [310, 100]],
        trackAt="draw/hit",
    )
    assert hits == [2, 1, 1, None]


def test_what_looks_wrong_with_tracking_is_told_and_leads_to_the_settings(run: Run) -> None:
    told = run(
        """
        const led = [];
        const panel = new VitalsPanel((path) => led.push(path));
        const vitals = { span_s: 60, frames: 600, churn: 0.5, mean_length_s: 3.2, fragments: 0.25, margin: null,
                         jitter: 0.1, score: 0.61, score_drift: -0.12, concerns: [] };
        panel.update(vitals);
        const quiet = panel.concerns.hidden;
        const concern = { concern: "short_lives", detail: "track_thresh 0.2 is low", since_pts: 20,
                          settings: ["tracker.track_thresh", "tracker.det_thresh"] };
        panel.update({ ...vitals, concerns: [concern] });
        panel.element.querySelectorAll("button")[1].click();
        const rows = [...panel.element.querySelectorAll(".rows > div:not([hidden])")].map((row) => row.textContent);
        return { quiet, led, told: panel.concerns.textContent, rows };
        """,
        VitalsPanel="view/vitals",
    )
    assert told["quiet"] is True
    assert told["led"] == ["tracker.det_thresh"]
    assert "Track_thresh 0.2 is low." in told["told"]
    assert "lost and found again25 %" in told["rows"]
    assert "drift of the score-0.12" in told["rows"]
    assert not [row for row in told["rows"] if "association" in row]


def test_a_long_absence_is_recalled_page_by_page_up_to_the_newest(run: Run) -> None:
    recalled = run(
        """
        const book = new EventBook();
        book.hear({ type: "event", event: "opened", stream: "a", epoch: 1, detail: "", id: 10, at: 10 });
        const asked = [];
        globalThis.fetch = async (address) => {
          const since = Number(new URL(address, location.href).searchParams.get("since"));
          asked.push(since);
          const items = [];
          for (let id = since + 1; id <= Math.min(since + 500, 1210); id += 1) {
            items.push({ type: "event", event: "opened", stream: "a", epoch: 1, detail: "", id, at: id });
          }
          const next_cursor = String(items.at(-1)?.id ?? since);
          return new Response(JSON.stringify({ items, missed: 0, next_cursor }));
        };
        await recallEvents(book);
        return { asked, newest: book.newest, size: book.events.length, last: book.events.at(-1).id };
        """,
        EventBook="model/event-book",
        recallEvents="model/event-memory",
    )
    assert recalled == {"asked": [10, 510, 1010], "newest": 1210, "size": 1000, "last": 211}
