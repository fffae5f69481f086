import subprocess
import sys
from pathlib import Path

import pytest

from app.sources import SourceError, open_source


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "the source is empty"),
        ("rtsp://user:secret@camera/stream", "sources of kind rtsp: are not read"),
        ("https://example.org/a.mp4", "sources of kind https: are not read"),
        ("concat:a.mp4|b.mp4", "sources of kind concat: are not read"),
        ("file://elsewhere/a.mp4", "names a file of another machine"),
        ("nowhere/at/all.mp4", "no file or folder at nowhere/at/all.mp4"),
        ("/dev/null", "neither a file nor a folder"),
        ("demo:?speed=9", "unknown key 'speed'"),
    ],
)
def test_what_cannot_be_opened_is_refused_with_the_reason(url: str, says: str) -> None:
    with pytest.raises(SourceError) as caught:
        open_source(url)
    assert says in str(caught.value)


def test_a_password_in_an_address_does_not_reach_the_message() -> None:
    with pytest.raises(SourceError) as caught:
        open_source("rtsp://user:secret@camera/stream")
    assert "secret" not in str(caught.value)


def test_the_demo_camera_takes_its_rate_from_its_address_only() -> None:
    with pytest.raises(SourceError, match="part of the address"):
        open_source("demo:", frame_rate=10.0)


def test_without_pyav_a_video_says_what_to_install(tmp_path: Path) -> None:
    video = tmp_path / "clip.mp4"
    video.write_bytes(b"\0" * 64)
    code = (
        "import sys; sys.modules['av'] = None\n"
        "from app.sources import open_source, SourceError\n"
        "try:\n    open_source(sys.argv[1])\n"
        "except SourceError as error:\n    sys.stdout.write(str(error))\n"
    )
    result = subprocess.run([sys.executable, "-c", code, str(video)], capture_output=True, text=True, check=True)
    assert "trackd[video]" in result.stdout
