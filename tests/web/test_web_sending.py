"""The page as a client: a webcam, and a video that is dropped on it."""

import base64
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.sources import open_source

pytestmark = pytest.mark.browser

SCENE = "demo:?seed=3&frames=60&width=640&height=360&fps=10"


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six seconds of the demo camera as WebM."""
    av = pytest.importorskip("av", reason="writing the video needs the extra `video`")
    path = tmp_path_factory.mktemp("videos") / "street.webm"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libvpx", rate=10)
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = 640, 360, "yuv420p", 4_000_000
        stream.options = {"deadline": "realtime", "cpu-used": "8"}
        for frame in open_source(SCENE):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame.image, format="bgr24")))
        container.mux(stream.encode())
    return path


def start_webcam(page: Page) -> None:
    page.locator("#track-webcam").click()
    page.locator("#webcam-start").click()
    expect(page.locator("#stage-title")).to_have_text(re.compile(r"^webcam-\w{4}$"))


def answered(page: Page) -> int:
    """How many frames were answered, as the page tells."""
    text = page.locator(".sender .rows > div", has_text="answered").locator("dd").inner_text()
    return int(text.split()[0]) if text else 0


def test_frames_of_the_webcam_are_answered_and_shown(page: Page, server: Any, painted: Any, until: Any) -> None:
    start_webcam(page)
    expect(page.locator("#stage .pill")).to_have_text("sending")
    expect(page.locator(".sender")).to_contain_text(re.compile(r"answered[1-9]\d* of"))
    until(page, f"() => ({painted.level})('#stage') >= 0 && document.querySelector('#stage .painted') !== null")
    expect(page.locator(".sender")).to_contain_text(re.compile(r"there and back\d"))
    (view,) = server.streams()
    assert view["width"] == 640
    assert view["capture_ts"] > 0
    assert view["accounts"]["rejected"] == 0


def test_the_page_never_has_more_frames_on_the_way_than_credit(page: Page, server: Any) -> None:
    start_webcam(page)
    expect(page.locator(".sender")).to_contain_text(re.compile(r"answered[1-9]\d+ of"))
    (view,) = server.streams()
    assert view["accounts"]["dropped"] == 0
    assert view["accounts"]["in_flight"] <= 2


def test_stopping_removes_the_stream_and_gives_the_camera_back(page: Page, server: Any) -> None:
    start_webcam(page)
    expect(page.locator(".sender")).to_contain_text(re.compile(r"answered[1-9]\d* of"))
    page.locator("#sender-stop").click()
    expect(page.locator("#empty")).to_be_visible()
    expect(page.locator("video")).to_have_count(0)
    assert server.streams() == []


def test_a_page_that_is_left_takes_its_stream_along(page: Page, server: Any) -> None:
    start_webcam(page)
    expect(page.locator(".sender")).to_contain_text(re.compile(r"answered[1-9]\d* of"))
    page.goto("about:blank")
    page.goto(server.address)
    expect(page.locator("#empty")).to_be_visible()
    assert server.streams() == []


@pytest.mark.parametrize(
    ("name", "words"), [("NotAllowedError", "refused"), ("NotFoundError", "No camera"), ("NotReadableError", "in use")]
)
def test_a_camera_that_cannot_be_had_is_explained(
    server: Any, open_page: Callable[..., Page], name: str, words: str
) -> None:
    refuse = f"navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', '{name}'));"
    page = open_page(server.address, prepare=lambda page: page.add_init_script(refuse))
    page.locator("#track-webcam").click()
    page.locator("#webcam-start").click()
    expect(page.get_by_role("alert")).to_contain_text(words)
    expect(page.locator("#webcam-start")).to_be_enabled()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert server.streams() == []


def test_a_page_that_came_over_plain_http_says_why_there_is_no_camera(
    server: Any, open_page: Callable[..., Page]
) -> None:
    take = "Object.defineProperty(navigator, 'mediaDevices', { value: undefined });"
    page = open_page(server.address, prepare=lambda page: page.add_init_script(take))
    page.locator("#track-webcam").click()
    page.locator("#webcam-start").click()
    expect(page.get_by_role("alert")).to_contain_text("https or localhost")


def test_a_chosen_video_is_tracked_to_its_end_and_can_play_again(page: Page, server: Any, video: Path) -> None:
    page.locator("#drop-video").click()
    page.set_input_files("#video-file", video)
    expect(page.locator("#stage-title")).to_have_text(re.compile(r"^video-\w{4}$"))
    expect(page.locator("#stage tbody tr").first).to_be_visible()
    expect(page.locator("#stage .pill")).to_have_text("ended")
    expect(page.locator(".sender-status")).to_contain_text(re.compile(r"Over: \d+ frames were tracked"))
    (view,) = server.streams()
    assert view["ids"] > 0
    assert view["accounts"]["tracked"] == answered(page)
    assert view["capture_ts"] == pytest.approx(5.9, abs=1.5)
    page.get_by_role("button", name="Play again").click()
    expect(page.locator("#stage .pill")).to_have_text("sending")
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#empty")).to_be_visible()


def test_a_video_that_is_dropped_anywhere_is_tracked(page: Page, video: Path) -> None:
    content = base64.b64encode(video.read_bytes()).decode()
    dropped = page.evaluate_handle(
        """async (content) => {
          const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
          const transfer = new DataTransfer();
          transfer.items.add(new File([bytes], "street.webm", { type: "video/webm" }));
          return transfer;
        }""",
        content,
    )
    page.dispatch_event("body", "dragenter", {"dataTransfer": dropped})
    expect(page.locator(".drop-veil")).to_be_visible()
    page.dispatch_event("body", "drop", {"dataTransfer": dropped})
    expect(page.locator(".drop-veil")).to_be_hidden()
    expect(page.locator("#stage tbody tr").first).to_be_visible()
    expect(page.locator(".sender h2")).to_have_text("street.webm")


def test_a_file_that_is_no_video_is_refused_in_words(page: Page, server: Any, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("no video")
    page.locator("#drop-video").click()
    page.set_input_files("#video-file", path)
    expect(page.get_by_role("alert")).to_contain_text("cannot play notes.txt")
    assert server.streams() == []


def test_the_bundled_detector_is_not_praised_for_what_it_cannot_do(page: Page, model: str) -> None:
    expect(page.locator("#model")).to_be_visible()
    page.locator("#track-webcam").click()
    note = page.get_by_role("dialog").locator(".note")
    if model == "demo":
        expect(note).to_contain_text("trackd models pull yolox_nano")
    else:
        expect(page.locator("#webcam-start")).to_be_visible()
        expect(note).to_have_count(0)


def test_rate_and_width_are_remembered(page: Page) -> None:
    page.locator("#track-webcam").click()
    page.get_by_label("Width").select_option("320")
    page.get_by_label("At most").select_option("5")
    page.reload()
    page.locator("#track-webcam").click()
    expect(page.get_by_label("Width")).to_have_value("320")
    expect(page.get_by_label("At most")).to_have_value("5")
