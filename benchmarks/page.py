"""How the page does with many cameras in its grid: frames painted, jank, processor time, memory.

`python -m benchmarks.page [--cameras 16] [--fps 10] [--seconds 20] [--minutes 0]`. A real server, real sockets and
Debian's Chromium without a screen and without a graphics device, all on this machine: where it has two cores, they
share them. Cameras send JPEGs that were made before, and the detector looks at every tenth, so that what is measured
is the way from the server to the screen. With `--minutes` the page is left open for so long, and its memory and nodes
are told before and after.
"""

import argparse
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import CDPSession, Page, sync_playwright

from benchmarks.machine import REPOSITORY, stamp
from benchmarks.page_load import Load
from benchmarks.serving import serving

PROBE = Path(__file__).with_name("page_probe.js")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
SETTLE_S = 5.0
SETTINGS = "[limits]\nstreams = 64\n"


def main() -> None:
    """Print the figures."""
    options = _options()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("no chromium in the PATH; on Debian: apt-get install chromium")
    print(stamp(), flush=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(SETTINGS, Path(folder)) as service,
        sync_playwright() as playwright,
        _cameras(service.address, options) as cameras,
    ):
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": options.width, "height": options.height})
        page.add_init_script(path=PROBE)
        page.goto(service.address)
        page.wait_for_selector(f".card[data-stream=cam{options.cameras}]")
        time.sleep(SETTLE_S)
        load = Load({"server": service.pid, "cameras": cameras.pid, "browser": _browser_pid()})
        print(_figures(page, load, options))
        if options.minutes:
            print(_left_open(page, options))
        if options.screenshot:
            page.screenshot(path=options.screenshot)
        browser.close()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.page", description=__doc__.splitlines()[0])
    parser.add_argument("--cameras", type=int, default=16)
    parser.add_argument("--fps", type=float, default=10.0)
    parser.add_argument("--picture", type=int, default=320, help="width of the pictures, in pixels")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--minutes", type=float, default=0.0, help="leave the page open for so long")
    parser.add_argument("--width", type=int, default=1600)
    parser.add_argument("--height", type=int, default=1200, help="of the window; cards below its edge rest")
    parser.add_argument("--screenshot", help="PNG of the page at the end")
    return parser.parse_args()


class _cameras:  # noqa: N801 - a context manager that reads as a function
    """The process that sends."""

    def __init__(self, address: str, options: argparse.Namespace) -> None:
        words = [address, str(options.cameras), str(options.fps), str(options.picture)]
        command = [sys.executable, "-m", "benchmarks.page_cameras", *words]
        self._process = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> subprocess.Popen[str]:
        assert self._process.stdout is not None
        if self._process.stdout.readline().strip() != "sending":
            raise RuntimeError("the cameras did not start")
        return self._process

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.communicate(timeout=30)


def _browser_pid() -> int:
    """The browser's first process: the only child of this one that is called so."""
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            fields = dict(line.split(":\t", 1) for line in status.read_text().splitlines() if ":\t" in line)
            command = (status.parent / "cmdline").read_text()
        except OSError:
            continue
        if "chromium" in fields["Name"] and "--type=" not in command and "remote-debugging" in command:
            return int(fields["Pid"])
    raise RuntimeError("the browser's process was not found")


def _figures(page: Page, load: Load, options: argparse.Namespace) -> str:
    """Watch for a while."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("Performance.enable")
    page.evaluate("__probe.start()")
    before, begun = _metrics(cdp), time.monotonic()
    load.start()
    time.sleep(options.seconds)
    spent = load.stop()
    seen: dict[str, Any] = page.evaluate(
        "(({painted, intervals, longTasks}) => ({painted, intervals, longTasks}))(__probe)"
    )
    after, wall = _metrics(cdp), time.monotonic() - begun
    painted = np.array([seen["painted"].get(f"cam{n}", 0) / wall for n in range(1, options.cameras + 1)])
    intervals = np.array(seen["intervals"] or [0.0])
    share = {name: (after[name] - before[name]) / wall for name in ("TaskDuration", "ScriptDuration", "LayoutDuration")}
    rows = [
        f"painted per camera and second: least {painted.min():.1f}, median {np.median(painted):.1f}, "
        f"together {painted.sum():.0f} of {options.cameras * options.fps:.0f}",
        f"animation frames: p50 {np.percentile(intervals, 50):.1f} ms, p95 {np.percentile(intervals, 95):.1f}, "
        f"p99 {np.percentile(intervals, 99):.1f}, most {intervals.max():.1f}",
        f"tasks over 50 ms: {len(seen['longTasks'])}, the longest {max(seen['longTasks'], default=0):.0f} ms",
        "main thread: "
        + ", ".join(f"{name.removesuffix('Duration').lower()} {value:.0%}" for name, value in share.items()),
        "processor time, cores: " + ", ".join(f"{name} {value / wall:.2f}" for name, value in spent.items()),
        f"heap {after['JSHeapUsedSize'] / 2**20:.1f} MB, nodes {after['Nodes']:.0f}",
    ]
    return "\n".join(rows)


def _left_open(page: Page, options: argparse.Namespace) -> str:
    cdp = page.context.new_cdp_session(page)
    cdp.send("Performance.enable")
    rows = ["minute  heap MB  nodes  listeners"]
    for minute in range(int(options.minutes) + 1):
        if minute:
            time.sleep(60)
        cdp.send("HeapProfiler.collectGarbage")
        metrics = _metrics(cdp)
        rows.append(
            f"{minute:6d}  {metrics['JSHeapUsedSize'] / 2**20:7.1f}  {metrics['Nodes']:5.0f}  "
            f"{metrics['JSEventListeners']:9.0f}"
        )
    return "\n".join(rows)


def _metrics(cdp: CDPSession) -> dict[str, float]:
    return {entry["name"]: entry["value"] for entry in cdp.send("Performance.getMetrics")["metrics"]}


if __name__ == "__main__":
    main()
