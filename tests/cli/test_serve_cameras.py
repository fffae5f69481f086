"""`trackd serve --camera`: what the operator names is allowed, and nothing else."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from app.cli.cameras import with_cameras
from app.settings import Settings, SettingsError, StreamSettings
from app.source_settings import SourcePolicy
from app.sources import SourceError
from app.sources.addresses import Addresses


def resolve(host: str, port: int) -> Sequence[str]:
    """The names of a small network."""
    known = {"yard.lan": ["192.168.7.20"], "public.example": ["93.184.215.14"], "rebound.example": ["127.0.0.1"]}
    if host not in known:
        raise SourceError(f"{host} cannot be resolved: no such name")
    return known[host]


def cameras(*given: str, settings: Settings | None = None) -> Settings:
    return with_cameras(settings or Settings(), given, resolve)


@pytest.mark.parametrize("host", ["192.168.7.20", "yard.lan"])
def test_a_camera_in_a_private_network_may_be_read_and_its_neighbours_may_not(host: str):
    settings = cameras(f"yard=rtsp://admin:pw@{host}/stream1")
    source = settings.streams["yard"].source
    assert source is not None
    addresses = Addresses(settings.sources, resolve=resolve)
    assert addresses.allowed(source.url).ips == ("192.168.7.20",)
    with pytest.raises(SourceError, match="private"):
        addresses.allowed("rtsp://192.168.7.21/stream1")
    with pytest.raises(SourceError, match="not allowed"):
        addresses.parse("https://192.168.7.20/stream1")


def test_a_name_that_leads_to_this_machine_stays_forbidden():
    settings = cameras("a=http://rebound.example/live")
    assert settings.sources.networks == ()
    with pytest.raises(SourceError, match=r"loopback|this machine|this host"):
        Addresses(settings.sources, resolve=resolve).allowed("http://rebound.example/live")


def test_a_camera_whose_name_is_not_known_yet_is_no_mistake():
    assert cameras("a=rtsp://later.lan/1").streams["a"].source is not None


def test_a_file_is_read_in_a_loop_from_its_own_folder(tmp_path: Path):
    (tmp_path / "two words.mp4").write_bytes(b"x")
    settings = cameras(f"a={tmp_path / 'two words.mp4'}", "b=demo:?seed=3")
    source = settings.streams["a"].source
    assert source is not None
    assert (source.loop, settings.sources.folder) == (True, tmp_path)
    assert Addresses(settings.sources).allowed(source.url).path == tmp_path / "two words.mp4"
    assert settings.streams["b"].source == settings.streams["b"].source.model_copy(update={"url": "demo:?seed=3"})


def test_what_the_settings_say_of_the_stream_and_of_the_sources_stays():
    stream = StreamSettings.model_validate({"max_fps": 5, "source": {"url": "demo:", "transport": "udp"}})
    before = Settings(streams={"yard": stream}, sources=SourcePolicy(schemes=("https",), networks=("10.0.0.0/8",)))
    after = cameras("yard=rtsp://yard.lan/1", settings=before)
    source = after.streams["yard"].source
    assert source is not None
    assert (source.url, source.transport, after.streams["yard"].max_fps) == ("rtsp://yard.lan/1", "udp", 5)
    assert after.sources.schemes == ("https", "rtsp")
    assert after.sources.networks == ("10.0.0.0/8", "192.168.7.20/32")


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (["rtsp://admin:hunter2@10.0.0.7/1"], "write --camera NAME=ADDRESS"),
        (["a b=demo:"], "no name and address"),
        (["a="], "no name and address"),
        (["a=demo:", "a=demo:?seed=2"], "a is given twice"),
        (["a=rtsp:/10.0.0.7/1"], "must be followed by //"),
        (["a=missing.mp4"], "there is no file or folder at missing.mp4"),
        (["a=ftp://10.0.0.7/1"], "ftp: is no kind of address; there are rtsp, rtsps, http, https, file and demo"),
        (["a=admin:hunter2@10.0.0.7/1"], "is no kind of address"),
        (["a=rtsp://admin:hunter2@10.0.0.7:22/1"], "port 22 belongs to another kind of service"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason_and_no_password(given: list[str], reason: str):
    with pytest.raises(SettingsError) as refused:
        cameras(*given)
    assert reason in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_two_files_of_two_folders_are_one_too_many(tmp_path: Path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.mp4").write_bytes(b"x")
    with pytest.raises(SettingsError, match=r"sources\.folder names the one folder"):
        cameras(f"a={tmp_path / 'one' / 'a.mp4'}", f"b={tmp_path / 'two' / 'a.mp4'}")
