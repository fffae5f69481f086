"""A real browser against the real server: both are started once per module, the page anew for every test."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import cv2
import httpx
import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

import models

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
PATIENCE_MS = 30_000
START_S = 60
ASKED = """
  window.askedPictures = [];
  const post = Worker.prototype.postMessage;
  Worker.prototype.postMessage = function (message, ...more) {
    for (const { stream } of message.pictures ?? []) askedPictures.push(stream);
    return post.call(this, message, ...more);
  };
"""  # of which streams the page has asked for pictures

expect.set_options(timeout=PATIENCE_MS)


class Server:
    """`trackd serve` in a process of its own, with the calls that the tests make."""

    def __init__(self, model: str, port: int = 0) -> None:
        command = [sys.executable, "-m", "app.cli", "serve", "--port", str(port), "--model", model]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("TRACKD_")}
        self.model = model
        self._process = subprocess.Popen(
            [*command, "--log-format", "json"], stderr=subprocess.PIPE, text=True, env=environment
        )
        self._lines: list[str] = []
        self._ready = threading.Event()
        self.address = ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        if not self._ready.wait(START_S) or not self.address:
            self.stop()
            pytest.fail("the server did not start:\n" + "".join(self._lines[-20:]))
        self.port = urlsplit(self.address).port
        self.client = httpx.Client(base_url=self.address, timeout=30)

    def _read(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self._lines.append(line)
            if '"event": "ready"' in line:
                self.address = json.loads(line)["address"]
                self._ready.set()
        self._ready.set()

    def stop(self) -> int:
        """End it; the exit code."""
        self._process.send_signal(signal.SIGTERM)
        try:
            code = self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        self._reader.join(10)
        assert self._process.stderr is not None
        self._process.stderr.close()
        if hasattr(self, "client"):
            self.client.close()
        return code

    def streams(self) -> list[dict[str, Any]]:
        """What GET /v1/streams lists."""
        items: list[dict[str, Any]] = self.client.get("/v1/streams").raise_for_status().json()["items"]
        return items

    def clear(self) -> None:
        """Remove every stream."""
        for view in self.streams():
            self.client.delete(f"/v1/streams/{view['stream']}")

    def detections(self, stream: str, *boxes: list[float], frames: int = 3, labels: list[str] | None = None) -> None:
        """Post frames of 1280 x 720 in which these boxes stand still."""
        if labels is not None:
            self.client.put(f"/v1/streams/{stream}", json={"labels": labels}).raise_for_status()
        found = [{"bbox": box, "score": 0.9, "class_id": 0} for box in boxes]
        for _ in range(frames):
            body = {"width": 1280, "height": 720, "detections": found}
            self.client.post(f"/v1/streams/{stream}/detections", json=body).raise_for_status()

    def picture(self, stream: str, level: int = 128, size: tuple[int, int] = (320, 180)) -> None:
        """Post one grey JPEG."""
        jpeg = cv2.imencode(".jpg", np.full((size[1], size[0], 3), level, np.uint8))[1].tobytes()
        self.client.post(f"/v1/streams/{stream}/frames", content=jpeg).raise_for_status()

    def demo_camera(self, stream: str, seed: int = 1, fps: int = 10) -> None:
        """Open a stream that the server draws by itself."""
        source = {"url": f"demo:?seed={seed}&width=640&height=360&fps={fps}"}
        self.client.put(f"/v1/streams/{stream}", json={"source": source}).raise_for_status()


@dataclass
class Watch:
    """What a page said and asked for, beyond what a test allows."""

    errors: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def allow(self, pattern: str) -> None:
        """An error of this kind is what the test provokes."""
        self.allowed.append(pattern)

    def unexpected(self) -> list[str]:
        """The errors that no pattern allows."""
        return [error for error in self.errors if not any(re.search(pattern, error) for pattern in self.allowed)]

    def origins(self) -> set[str]:
        """Everybody the page talked to over the network, as host:port."""
        return {urlsplit(address).netloc for address in self.addresses if not address.startswith(("blob:", "data:"))}


@pytest.fixture(scope="module")
def model(request: pytest.FixtureRequest) -> str:
    """The bundled detector, or a real one of the test data where it is not there."""
    bundled = Path(models.__file__).parent / "weights" / "demo.onnx"
    if bundled.is_file():
        return "demo"
    return str(request.getfixturevalue("shared") / "onnx" / "yolox_nano_416.onnx")


@pytest.fixture(scope="module")
def start_server(model: str) -> Iterator[Callable[..., Server]]:
    """Start servers that end with the module."""
    if CHROMIUM is None:
        pytest.skip("no chromium in the PATH; on Debian: apt-get install chromium")
    started: list[Server] = []

    def start(port: int = 0) -> Server:
        started.append(Server(model, port))
        return started[-1]

    yield start
    for server in started:
        if server._process.poll() is None:
            server.stop()


@pytest.fixture(scope="module")
def module_server(start_server: Callable[..., Server]) -> Server:
    """One server for the tests of a module."""
    return start_server()


@pytest.fixture
def server(module_server: Server) -> Iterator[Server]:
    """The module's server, without streams before and after."""
    module_server.clear()
    yield module_server
    module_server.clear()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a screen."""
    if CHROMIUM is None:
        pytest.skip("no chromium in the PATH; on Debian: apt-get install chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def watch() -> Watch:
    """What the page of this test says."""
    return Watch()


@pytest.fixture
def open_page(browser: Browser, watch: Watch) -> Iterator[Callable[..., Page]]:
    """Open pages in fresh contexts; afterwards no page may have said an error or talked to a stranger."""
    contexts: list[BrowserContext] = []
    hosts: set[str] = set()

    def open_(address: str, *, prepare: Callable[[Page], None] | None = None, **options: Any) -> Page:
        context = browser.new_context(**({"viewport": {"width": 1280, "height": 800}} | options))
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        hosts.add(urlsplit(address).netloc)
        page = context.new_page()
        page.on("console", lambda said: watch.errors.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: watch.errors.append(str(error)))
        page.on("request", lambda request: watch.addresses.append(request.url))
        page.on("websocket", lambda opened: watch.addresses.append(opened.url))
        page.add_init_script(ASKED)
        if prepare is not None:
            prepare(page)
        page.goto(address)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert watch.unexpected() == []
    assert watch.origins() <= hosts


@pytest.fixture
def page(server: Server, open_page: Callable[..., Page]) -> Page:
    """The page, open on a server without streams."""
    return open_page(server.address)


@pytest.fixture
def painted() -> SimpleNamespace:
    """JavaScript that reads what the canvases show; each takes the selector of a viewport or of what holds it."""
    read = """
      const canvas = document.querySelector(`${selector} canvas.${layer}`);
      if (!canvas || !canvas.width) return 0;
      const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    """
    return SimpleNamespace(
        covered=f"""(selector) => {{ const layer = "overlay"; {read}
          let count = 0;
          for (let at = 3; at < data.length; at += 4) if (data[at] > 0) count += 1;
          return count; }}""",
        of_colour=f"""([selector, [red, green, blue]]) => {{ const layer = "overlay"; {read}
          let count = 0;
          const near = (a, b) => Math.abs(a - b) <= 2;
          for (let at = 0; at < data.length; at += 4) {{
            if (data[at + 3] === 255 && near(data[at], red) && near(data[at + 1], green) && near(data[at + 2], blue)) {{
              count += 1;
            }}
          }}
          return count; }}""",
        level=f"""(selector) => {{ const layer = "picture"; {read}
          return data[4 * (canvas.width * (canvas.height >> 1) + (canvas.width >> 1))]; }}""",
    )


@pytest.fixture
def until() -> Callable[..., None]:
    """Wait, frame by frame, until a JavaScript function of one argument is true.

    The page's own policy forbids `eval`, with which Playwright's `wait_for_function` looks again.
    """

    def wait(page: Page, function: str, argument: Any = None) -> None:
        came_true = page.evaluate(
            f"""async (argument) => {{
              const check = {function};
              for (const end = performance.now() + {PATIENCE_MS}; performance.now() < end; ) {{
                if (check(argument)) return true;
                await new Promise(requestAnimationFrame);
              }}
              return false;
            }}""",
            argument,
        )
        assert came_true, f"within {PATIENCE_MS / 1000:g} s this did not come true: {function}"

    return wait


@pytest.fixture
def free_port() -> int:
    """A port that is free now, for a server that is stopped and started again."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
