from pathlib import Path
from typing import Any

import pytest

from app.engine.stream_settings import check_configured
from app.settings import Settings, SettingsError, load_settings

LABELS = {"demo": ("person",)}


def refusal(sources: dict[str, Any]) -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings({"sources": sources})
    return str(caught.value)


@pytest.mark.parametrize(
    ("sources", "says"),
    [
        (
            {"networks": ["10.0.0.1/8"]},
            "10.0.0.1/8 names an address inside its network; write 10.0.0.0/8",
        ),
        ({"networks": ["cameras"]}, "sources.networks: 'cameras' is no network; one looks like 10.0.0.0/8"),
        ({"networks": ["10.0.0.0/33"]}, "'10.0.0.0/33' is no network"),
        ({"folder": "/nowhere/at/all"}, "sources.folder: there is no folder at /nowhere/at/all"),
        ({"schemes": ["file"]}, "sources: schemes holds file, so folder must name the folder"),
        ({"schemes": ["ftp"]}, "sources.schemes"),
    ],
)
def test_a_policy_that_means_nothing_is_refused_at_start(sources: dict[str, Any], says: str) -> None:
    assert says in refusal(sources)


@pytest.mark.parametrize("network", ["127.0.0.0/8", "127.0.0.1", "169.254.169.254/32", "::1/128", "fe80::/64"])
def test_a_network_from_which_nothing_is_ever_read_is_refused_at_start(network: str) -> None:
    with pytest.raises(SettingsError, match="no source is read from there"):
        check_configured(Settings(sources={"networks": [network]}), LABELS)


@pytest.mark.parametrize("where", ["streams", "stream"])
def test_a_configured_source_that_is_not_allowed_is_told_at_start(where: str, tmp_path: Path) -> None:
    stream = {"source": {"url": "rtsp://keeper:hushhush@192.168.1.7/live"}}
    given = Settings(
        sources={"schemes": ["rtsp", "file"], "folder": tmp_path, "networks": ["10.0.0.0/8", "0.0.0.0/0"]},
        **{where: {"cam": stream} if where == "streams" else stream},
    )
    check_configured(given, LABELS)
    fewer = given.model_copy(update={"sources": given.sources.model_copy(update={"networks": ()})})
    with pytest.raises(SettingsError, match=r"192\.168\.1\.7 is a private address") as caught:
        check_configured(fewer, LABELS)
    assert "hush" not in str(caught.value)
    assert "hush" not in repr(given)
