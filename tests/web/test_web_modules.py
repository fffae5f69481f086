"""The page's modules by themselves, in the browser, against what the server does."""

import struct
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from app.framing import Codec, FrameHeader, unpack
from app.imaging.draw import colour_of

pytestmark = pytest.mark.browser

Run = Callable[..., Any]

PICTURE = """
  const picture = async (seq, epoch = 1) => {
    const image = await createImageBitmap(new ImageData(4, 4));
    return { image, epoch, seq, etag: "", at: performance.now() };
  };
  const answer = (seq, more = {}) => ({
    type: "tracks", stream: "cam1", epoch: 1, seq, width: 4, height: 4, tracks: [],
    timing_ms: { decode: 1, queue: 1, detect: 1, track: 1, total: 4 }, ...more,
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


def test_an_identity_has_the_same_colour_in_the_browser_and_in_the_server(run: Run) -> None:
    ids = [1, 2, 3, 7, 42, 1000, 123_456]
    drawn = run(
        """
        const ctx = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
        return argument.map((id) => {
          ctx.fillStyle = colourOf(id);
          ctx.fillRect(0, 0, 1, 1);
          return [...ctx.getImageData(0, 0, 1, 1).data].slice(0, 3);
        });
        """,
        ids,
        colourOf="draw/colour",
    )
    for track_id, (red, green, blue) in zip(ids, drawn, strict=True):
        assert (blue, green, red) == pytest.approx(colour_of(track_id), abs=1)


@pytest.mark.parametrize(("seq", "capture_ts"), [(1, 0.0), (2**53 - 1, 1e12), (2**32, 12.3456789)])
def test_the_header_of_a_frame_is_read_by_the_server_as_it_was_meant(run: Run, seq: int, capture_ts: float) -> None:
    header = run("return [...new Uint8Array(jpegHeader(...argument))];", [seq, capture_ts], jpegHeader="send/trk1")
    assert unpack(bytes(header) + b"\xff\xd8\xff") == (FrameHeader(Codec.JPEG, seq, capture_ts), b"\xff\xd8\xff")
    assert struct.unpack_from("<H", bytes(header), 6) == (0,)


def test_a_picture_waits_for_the_answer_of_its_own_frame(run: Run) -> None:
    steps = run(
        PICTURE
        + """
        const stream = new Stream("cam1");
        const feed = new RemoteFeed(stream);
        stream.hear(answer(6), 0);
        stream.hear(answer(8), 0);
        feed.receive(await picture(7));
        const before = feed.take();
        stream.hear(answer(7), 0);
        const shown = feed.take();
        return { before, seq: shown.message.seq, after: feed.take() };
        """,
        Stream="model/stream",
        RemoteFeed="model/remote-feed",
    )
    assert steps == {"before": None, "seq": 7, "after": None}


def test_a_picture_of_another_epoch_gets_no_boxes_of_this_one(run: Run) -> None:
    shown = run(
        PICTURE
        + """
        const stream = new Stream("cam1");
        const feed = new RemoteFeed(stream);
        stream.hear(answer(7), 0);
        const old = await picture(7, 2);
        feed.receive({ ...old, at: performance.now() - 10000 });
        return feed.take().message;
        """,
        Stream="model/stream",
        RemoteFeed="model/remote-feed",
    )
    assert shown is None


def test_after_a_reset_the_old_boxes_go_and_the_picture_stays(run: Run) -> None:
    shown = run(
        PICTURE
        + """
        const stream = new Stream("cam1");
        const feed = new RemoteFeed(stream);
        stream.hear(answer(7, { tracks: [{ track_id: 1, bbox: [0, 0, 1, 1] }] }), 0);
        feed.receive(await picture(7));
        const before = feed.take().message.tracks.length;
        stream.forget();
        const after = feed.take();
        return { before, after: after.message.tracks.length, picture: after.image !== null };
        """,
        Stream="model/stream",
        RemoteFeed="model/remote-feed",
    )
    assert shown == {"before": 1, "after": 0, "picture": True}


def test_a_feed_asks_only_when_there_is_something_newer_to_see(run: Run) -> None:
    wants = run(
        PICTURE
        + """
        const stream = new Stream("cam1");
        const feed = new RemoteFeed(stream);
        const asked = [feed.wants(1000)];
        stream.hear(answer(1), 0);
        asked.push(feed.wants(1000));
        feed.visible = true;
        asked.push(feed.wants(1000));
        feed.asked(1000);
        asked.push(feed.wants(2000));
        feed.receive(await picture(1));
        feed.answered();
        feed.take();
        asked.push(feed.wants(2000));
        stream.hear(answer(2), 0);
        asked.push(feed.wants(1050), feed.wants(2000));
        return asked;
        """,
        Stream="model/stream",
        RemoteFeed="model/remote-feed",
    )
    assert wants == [False, False, True, False, False, False, True]


def test_a_card_asks_for_at_most_twelve_pictures_a_second(run: Run) -> None:
    asked = run(
        PICTURE
        + """
        const stream = new Stream("cam1");
        const feed = new RemoteFeed(stream);
        feed.visible = true;
        let asked = 0;
        for (let now = 1000; now < 11000; now += 1000 / 60) {
          stream.hear(answer(Math.round(now)), now);
          if (!feed.wants(now)) continue;
          feed.asked(now);
          asked += 1;
          feed.answered();
        }
        return asked;
        """,
        Stream="model/stream",
        RemoteFeed="model/remote-feed",
    )
    assert 115 <= asked <= 121


def test_old_answers_are_forgotten(run: Run) -> None:
    kept = run(
        PICTURE
        + """
        const answers = new Answers(3);
        for (let seq = 1; seq <= 5; seq += 1) answers.add(answer(seq));
        const seen = [1, 2, 3, 4, 5].filter((seq) => answers.get(1, seq));
        answers.add(answer(1, { epoch: 2 }));
        return { seen, after: [3, 4, 5].filter((seq) => answers.get(1, seq)), newest: answers.newest.epoch };
        """,
        Answers="model/answers",
    )
    assert kept == {"seen": [3, 4, 5], "after": [], "newest": 2}


def test_a_trail_ends_at_the_frame_that_is_shown(run: Run) -> None:
    points = run(
        PICTURE
        + """
        const trails = new Trails();
        for (let seq = 1; seq <= 100; seq += 1) {
          trails.add(answer(seq, { tracks: [{ track_id: 1, bbox: [seq, 0, seq + 10, 20] }] }));
        }
        const shown = trails.upTo(1, 90);
        return { last: shown.at(-1), length: trails.upTo(1, 100).length, none: trails.upTo(2, 100) };
        """,
        Trails="model/trails",
    )
    assert points["last"] == {"seq": 90, "x": 95, "y": 10}
    assert points["length"] < 100
    assert points["none"] == []


def test_a_track_that_left_loses_its_trail(run: Run) -> None:
    left = run(
        PICTURE
        + """
        const trails = new Trails();
        trails.add(answer(1, { tracks: [{ track_id: 1, bbox: [0, 0, 1, 1] }] }));
        for (let seq = 2; seq <= 500; seq += 1) trails.add(answer(seq));
        return trails.byTrack.size;
        """,
        Trails="model/trails",
    )
    assert left == 0


def test_a_list_that_is_older_than_the_news_of_a_stream_does_not_remove_it(run: Run) -> None:
    there = run(
        PICTURE
        + """
        const store = new Store();
        store.hear(answer(1), 100);
        store.list([], 90);
        const afterOldList = store.streams.size;
        store.list([], 110);
        return [afterOldList, store.streams.size];
        """,
        Store="model/store",
    )
    assert there == [1, 0]


def test_a_quiet_stream_whose_last_frame_was_missed_is_asked_for(run: Run) -> None:
    unheard = run(
        PICTURE
        + """
        const store = new Store();
        const ids = (now) => store.unheard(now).map((stream) => stream.id);
        store.list([{ stream: "cam1", seq: null, epoch: 1 }], 0);
        const empty = ids(9000);
        store.list([{ stream: "cam1", seq: 5, epoch: 1 }], 0);
        const never = ids(9000);
        store.hear(answer(4), 9000);
        const justHeard = ids(9100);
        const behind = ids(19000);
        store.hear(answer(5), 19000);
        return { empty, never, justHeard, behind, heard: ids(29000) };
        """,
        Store="model/store",
    )
    assert unheard == {"empty": [], "never": ["cam1"], "justHeard": [], "behind": ["cam1"], "heard": []}


def test_attempts_come_at_growing_intervals_up_to_a_limit(run: Run) -> None:
    waits = run(
        """
        const backoff = new Backoff(1000, 15000, () => 1);
        const waits = [1, 2, 3, 4, 5, 6].map(() => backoff.next());
        backoff.reset();
        return [...waits, backoff.next()];
        """,
        Backoff="net/backoff",
    )
    assert waits == [1000, 2000, 4000, 8000, 15000, 15000, 1000]


def test_a_picture_is_placed_whole_and_in_the_middle(run: Run) -> None:
    placed = run("return contain(200, 100, 100, 100);", contain="draw/fit")
    assert placed == {"x": 0, "y": 25, "width": 100, "height": 50, "scale": 0.5}
