"""Real brokers on loopback, started by a test module and ended by it."""

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Broker:
    """A broker that a test may take away and bring back, under the same port."""

    def __init__(self, command: list[str], port: int, folder: Path) -> None:
        self.port = port
        self._command = command
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        log = self._folder / "log"
        with log.open("ab") as out:
            self._process = subprocess.Popen(self._command, cwd=self._folder, stdout=out, stderr=out)
        while not self._answers():
            assert self._process.poll() is None, log.read_text()
            time.sleep(0.01)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(20)
            self._process = None

    def freeze(self) -> None:
        """Say nothing more, without closing a connection."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGCONT)

    def _answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True


def program(name: str) -> str:
    """Where a broker lies, or a skip: Debian puts mosquitto where users do not look."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if found is None:
        pytest.skip(f"no {name} here; scripts/brokers.sh installs it where that can be done")
    return found


def mosquitto(folder: Path, *lines: str, tls: str = "") -> Broker:
    port = free_port()
    config = folder / "mosquitto.conf"
    own = [f"listener {port} 127.0.0.1", "persistence false", "allow_zero_length_clientid true"]
    config.write_text("\n".join([*own, *lines, tls, ""]))
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # it leaves root behind, and must still read what is here
        config.write_text(config.read_text() + "user root\n")
    return Broker([program("mosquitto"), "-c", str(config)], port, folder)


def redis_server(folder: Path, *options: str, tls: bool = False) -> Broker:
    port = free_port()
    ports = ["--port", "0", "--tls-port", str(port)] if tls else ["--port", str(port)]
    own = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(folder)]
    return Broker([program("redis-server"), *ports, *own, *options], port, folder)


def certificates(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that signs itself, and its key."""
    command = [program("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=trackd"]
    names = ["-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"]
    subprocess.run(
        [*command, *names, "-keyout", "key.pem", "-out", "cert.pem"], cwd=folder, check=True, capture_output=True
    )
    return folder / "cert.pem", folder / "key.pem"
