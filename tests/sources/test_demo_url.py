import pytest

from app.sources import SourceError
from app.sources.demo_url import DemoAddress, parse_demo


def test_a_bare_address_is_the_first_camera_without_end() -> None:
    assert parse_demo("demo:") == DemoAddress(seed=1, frames=None, width=960, height=540, fps=30.0)


def test_every_key_is_read() -> None:
    url = "demo:?seed=7&frames=300&width=640&height=360&fps=12.5"
    assert parse_demo(url) == DemoAddress(seed=7, frames=300, width=640, height=360, fps=12.5)


@pytest.mark.parametrize("url", ["demo://?seed=3", "DEMO:?seed=3"])
def test_slashes_and_capitals_do_not_matter(url: str) -> None:
    assert parse_demo(url).seed == 3


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("demo:?speed=2", "unknown key 'speed'; known are seed, frames, width, height, fps"),
        ("demo:?seed=1&seed=2", "seed is given twice"),
        ("demo:?seed=one", "seed must be a whole number from 0 to 2147483647, not 'one'"),
        ("demo:?seed=-1", "not '-1'"),
        ("demo:?seed=", "not ''"),
        ("demo:?frames=0", "frames must be a whole number from 1"),
        ("demo:?width=63", "width must be a whole number from 64"),
        ("demo:?height=2161", "height must be a whole number from 64 to 2160"),
        ("demo:?fps=nan", "fps must be a number from 1 to 240, not 'nan'"),
        ("demo:?fps=0.5", "not '0.5'"),
        ("demo:?seed", "'seed' is no row of key=value pairs"),
        ("demo:seed=1", "keys follow a question mark"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(url: str, says: str) -> None:
    with pytest.raises(SourceError) as caught:
        parse_demo(url)
    assert says in str(caught.value)
