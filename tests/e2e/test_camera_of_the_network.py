"""A camera at an address of this machine that the operator's settings allow, read by the service as a process."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_network
from pathlib import Path
from socket import AF_INET, AF_INET6

import httpx
import psutil
import pytest

from app.sources.special_networks import objection
from benchmarks.machine import REPOSITORY
from benchmarks.serving import _ready
from tests.sources.clips import street_clip
from tests.sources.rtsp_server import camera

SHOWN = "/v1/streams /v1/streams/cam /v1/streams/cam/tracks /v1/events /metrics /readyz /openapi.json /v1/models"
SECRETS = ("keeper", "opensesame", "hushhush")


class Running:
    """The service with all that it logs."""

    def __init__(self, config: Path) -> None:
        command = [sys.executable, "-m", "app.cli", "serve", "--port", "0", "--log-format", "json", "--config", config]
        self._process = subprocess.Popen(
            [*command, "--log-level", "debug"], cwd=REPOSITORY, stderr=subprocess.PIPE, text=True
        )
        assert self._process.stderr is not None
        self._log = self._process.stderr
        self.address = _ready(self._log)
        self.logged: list[str] = []
        self._reading = threading.Thread(target=lambda: self.logged.extend(self._log))
        self._reading.start()

    def end(self) -> None:
        self._process.terminate()
        assert self._process.wait(60) == 0
        self._reading.join()
        self._log.close()

    def family(self) -> list[str]:
        """What the command lines and environments of the service's child processes hold."""
        children = psutil.Process(self._process.pid).children(recursive=True)
        return [f"{child.cmdline()} {child.environ()}" for child in children]


@asynccontextmanager
async def serving(config: str, folder: Path) -> AsyncIterator[tuple[Running, httpx.AsyncClient]]:
    (folder / "trackd.toml").write_text(config)
    running = await asyncio.to_thread(Running, folder / "trackd.toml")
    try:
        async with httpx.AsyncClient(base_url=running.address, timeout=30) as http:
            yield running, http
    finally:
        await asyncio.to_thread(running.end)


@pytest.fixture
def own_address() -> str:
    """An address of this machine from which a source may be read."""
    rows = [row for rows in psutil.net_if_addrs().values() for row in rows]
    found = [row.address for row in rows if row.family in (AF_INET, AF_INET6) and "%" not in row.address]
    allowed = [ip for ip in found if objection(ip, [ip_network(ip)]) is None]
    if not allowed:
        pytest.skip(f"of this machine's addresses none is one that sources are read from: {', '.join(found)}")
    return allowed[0]


async def test_a_camera_is_read_where_the_settings_allow_it_and_its_password_stays_inside(
    own_address: str, tmp_path: Path
) -> None:
    keeper = {"auth": "digest", "user": "keeper", "password": "opensesame"}
    async with camera(street_clip(), fps=15.0, host=own_address, **keeper) as found:
        wrong, right = (found.url(credentials=f"keeper:{word}@") for word in ("hushhush", "opensesame"))
        config = (
            f'[sources]\nschemes = ["rtsp"]\nnetworks = ["{own_address}"]\n[streams.first.source]\nurl = "{wrong}"\n'
        )
        async with serving(config, tmp_path) as (service, http):
            texts = [(await http.put("/v1/streams/cam", json={"source": {"url": right}})).text]
            texts.append(await _until(http, "cam", "live"))
            texts.append(await _until(http, "first", "failed"))
            tracks = await http.get("/v1/streams/cam/tracks", params={"since": 25, "wait": 30})
            assert tracks.json()["tracks"]
            texts += [(await http.get(path)).text for path in SHOWN.split()]
            texts += service.family()
            refused = await http.put("/v1/streams/other", json={"source": {"url": "rtsp://keeper:hushhush@[::1]/"}})
            assert refused.status_code == 422
            texts.append(refused.text)
    assert any("401" in line for line in service.logged)
    for text in [*texts, *service.logged]:
        assert not [secret for secret in SECRETS if secret in text], text


async def _until(http: httpx.AsyncClient, stream: str, state: str) -> str:
    """Ask after each event of sources until one is in a state; the answer then."""
    since = "0"
    while (answer := await http.get(f"/v1/streams/{stream}")).json()["source"]["state"] != state:
        events = await http.get("/v1/events", params={"events": "source", "since": since, "wait": 20})
        since = events.raise_for_status().json()["next_cursor"]
    return answer.text
