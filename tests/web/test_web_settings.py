"""Settings of a stream on the page: changed in place, in effect at once, refused in words."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

STREAM = "/v1/streams/cam1"
SURE = {"bbox": [200.0, 150.0, 500.0, 600.0], "score": 0.9, "class_id": 0}
UNSURE = {"bbox": [800.0, 100.0, 1100.0, 400.0], "score": 0.4, "class_id": 1}


def post(server: Any, *detections: dict[str, Any], frames: int = 3) -> None:
    """Frames of 1280 x 720 with these detections."""
    for _ in range(frames):
        body = {"width": 1280, "height": 720, "detections": list(detections)}
        server.client.post(f"{STREAM}/detections", json=body).raise_for_status()


def settings(server: Any) -> Any:
    """What the server has by now."""
    return server.client.get(STREAM).raise_for_status().json()["settings"]


def given(server: Any) -> list[str]:
    """What was said to the server; all else is a default."""
    names: list[str] = server.client.get(STREAM).raise_for_status().json()["given"]
    return names


def expect_setting(server: Any, page: Page, value: Any, *path: str) -> None:
    """Wait until the page has told the server: it shows nothing that is still on its way."""
    for _ in range(200):
        found = settings(server)
        for name in path:
            found = found[name]
        if found == value:
            return
        page.evaluate("() => new Promise(requestAnimationFrame)")
    assert found == value


@pytest.fixture
def stage(page: Page, server: Any) -> Page:
    """The large view of a stream with two kinds of boxes."""
    server.client.put(STREAM, json={"labels": ["person", "car"]}).raise_for_status()
    post(server, SURE, UNSURE)
    page.goto(f"{server.address}/#/stream/cam1")
    expect(page.locator('[data-setting="tracker.track_thresh"]')).to_be_visible()
    return page


def row(page: Page, path: str) -> Any:
    """The part of the page that shows one setting."""
    return page.locator(f'[data-setting="{path}"]')


def test_a_slider_changes_the_tracks_of_the_next_frame_and_can_be_taken_back(stage: Page, server: Any) -> None:
    expect(stage.locator("#stage tr[data-track]")).to_have_count(1)
    threshold = row(stage, "tracker.track_thresh")
    expect(threshold.locator(".mark-default")).to_be_visible()
    slider = threshold.get_by_role("slider")
    slider.focus()
    for _ in range(25):
        stage.keyboard.press("ArrowLeft")
    expect(threshold.get_by_role("spinbutton")).to_have_value("0.25")
    expect(threshold.locator(".mark-default")).to_be_hidden()
    expect_setting(server, stage, 0.25, "tracker", "track_thresh")
    post(server, SURE, UNSURE)
    expect(stage.locator("#stage tr[data-track]")).to_have_count(2)
    threshold.get_by_role("button", name="back to the default").click()
    expect(threshold.get_by_role("spinbutton")).to_have_value("0.5")
    expect(threshold.locator(".mark-default")).to_be_visible()
    expect(threshold).not_to_have_class(re.compile("given"))
    assert "tracker.track_thresh" not in given(server)


def test_while_a_score_is_held_the_picture_shows_which_boxes_go(
    stage: Page, server: Any, painted: Any, until: Any
) -> None:
    threshold = row(stage, "tracker.track_thresh")
    threshold.get_by_role("slider").focus()
    post(server, SURE, UNSURE, frames=1)
    expect(stage.locator(".verdict.starts")).to_contain_text("1")
    expect(stage.locator(".verdict.holds")).to_contain_text("1")
    until(stage, f"(wanted) => ({painted.of_colour})(wanted) > 100", [".stage-picture", [240, 179, 87]])
    threshold.get_by_role("spinbutton").fill("0.9")
    stage.keyboard.press("Enter")
    expect(stage.locator(".verdict.holds")).to_contain_text("2")
    assert stage.get_by_role("img", name="Scores of detections").get_attribute("aria-label") == (
        "Scores of detections. In the last frame: "
        "0 may start a track, 0 go on with one, 2 low: only if one is there, 0 ignored"
    )
    stage.locator("#stage-title").focus()
    until(stage, f"(wanted) => ({painted.of_colour})(wanted) === 0", [".stage-picture", [240, 179, 87]])


def test_a_picture_that_is_out_of_sight_comes_along_while_a_score_is_held(stage: Page) -> None:
    slider = row(stage, "tracker.match_thresh").get_by_role("slider")
    slider.scroll_into_view_if_needed()
    stage.mouse.wheel(0, 600)
    held = row(stage, "tracker.low_thresh").get_by_role("slider")
    held.focus()
    expect(stage.locator(".viewport.floating")).to_be_in_viewport()
    stage.keyboard.press("Tab")
    stage.locator("#stage-title").focus()
    expect(stage.locator(".viewport.floating")).to_have_count(0)


def test_what_the_server_does_not_take_is_told_at_the_setting(stage: Page, server: Any, watch: Any) -> None:
    watch.allow("422")
    low = row(stage, "tracker.low_thresh")
    low.get_by_role("spinbutton").fill("0.7")
    low.get_by_role("spinbutton").press("Enter")
    expect(low.get_by_role("alert")).to_have_text("Not taken: low_thresh is 0.7: it must not exceed track_thresh, 0.5")
    stage.locator("#stage-title").focus()
    expect(low.get_by_role("spinbutton")).to_have_value("0.1")
    assert settings(server)["tracker"]["low_thresh"] == 0.1
    low.get_by_role("spinbutton").fill("0.2")
    low.get_by_role("spinbutton").press("Enter")
    expect(low.locator(".setting-problem")).to_have_text("")


def test_classes_are_chosen_from_the_names_that_boxes_can_have(stage: Page, server: Any) -> None:
    classes = row(stage, "classes")
    expect(classes.get_by_role("button", name="all")).to_have_attribute("aria-pressed", "true")
    classes.get_by_role("button", name="car", exact=True).click()
    expect(classes.get_by_role("button", name="car", exact=True)).to_have_attribute("aria-pressed", "true")
    expect_setting(server, stage, ["car"], "classes")
    post(server, SURE, UNSURE | {"score": 0.95})
    expect(stage.locator("#stage tr[data-track]")).to_have_count(1)
    expect(stage.locator("#stage tr[data-track]")).to_contain_text("car")
    classes.get_by_role("button", name="car", exact=True).click()
    expect(classes.get_by_role("button", name="all")).to_have_attribute("aria-pressed", "true")


def test_a_preset_and_what_follows_from_it_are_shown_as_the_server_has_them(stage: Page, server: Any) -> None:
    row(stage, "tracker.preset").get_by_role("combobox").select_option("accurate")
    expect(row(stage, "camera_motion").get_by_role("switch")).to_be_checked()
    row(stage, "camera_motion").get_by_role("switch").uncheck()
    expect(row(stage, "camera_motion")).to_have_class(re.compile("given"))
    expect_setting(server, stage, False, "camera_motion")
    assert settings(server)["tracker"]["preset"] == "accurate"


def test_no_limit_is_the_end_of_a_slider(stage: Page, server: Any) -> None:
    rate = row(stage, "max_fps")
    expect(rate.get_by_role("slider")).to_have_attribute("aria-valuetext", "all frames")
    rate.get_by_role("slider").focus()
    stage.keyboard.press("ArrowLeft")
    expect_setting(server, stage, 59, "max_fps")
    expect(rate.get_by_role("spinbutton")).to_have_value("59")
    stage.keyboard.press("ArrowRight")
    expect_setting(server, stage, None, "max_fps")


def test_the_wait_for_late_frames_is_asked_only_where_it_is_of_use(stage: Page, server: Any) -> None:
    expect(row(stage, "reorder_ms")).to_be_hidden()
    row(stage, "order").get_by_role("combobox").select_option("reorder")
    expect(row(stage, "reorder_ms")).to_be_visible()
    expect_setting(server, stage, "reorder", "order")


def test_a_change_on_one_page_is_seen_on_another(stage: Page, server: Any, open_page: Any) -> None:
    other = open_page(f"{server.address}/#/stream/cam1")
    expect(row(other, "tracker.lost_buffer").get_by_role("spinbutton")).to_have_value("30")
    buffer = row(stage, "tracker.lost_buffer").get_by_role("spinbutton")
    buffer.fill("90")
    buffer.press("Enter")
    expect(row(other, "tracker.lost_buffer").get_by_role("spinbutton")).to_have_value("90")
    expect(row(other, "tracker.lost_buffer").get_by_role("slider")).to_have_value("90")


def test_every_setting_of_the_tracker_can_be_reached(stage: Page, server: Any) -> None:
    stage.get_by_text(re.compile(r"\d+ more settings")).click()
    expect(row(stage, "tracker.relink_distance")).to_be_visible()
    shown = set(stage.locator("[data-setting]").evaluate_all("(rows) => rows.map((row) => row.dataset.setting)"))
    assert {f"tracker.{name}" for name in settings(server)["tracker"]} <= shown
