"""Runs the application on uvicorn: loads the models first, drains before it closes."""

import asyncio
import signal
import socket
from collections.abc import Callable
from contextlib import closing
from types import FrameType

import structlog
import uvicorn
from fastapi import FastAPI

from app.engine.port import Engine
from app.engine.stream_settings import check_configured
from app.handshakes import Handshakes
from app.kernels import load_kernels
from app.loading import load_all
from app.logging import configure_logging
from app.main import create_app
from app.publishing import check_targets
from app.settings import Settings, SettingsError, model_name
from models import ModelError, ModelInfo

_log = structlog.get_logger(__name__)

EXIT_MODEL = 3
EXIT_ADDRESS = 1


class StartError(Exception):
    """The service cannot start; `exit_code` is what the process should end with."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class DrainingServer(uvicorn.Server):
    """Ends the engine's readers and finishes its frames before uvicorn waits for connections to end.

    Without it an open event stream would hold the process until uvicorn's own limit, and a signal would be raised again
    after a clean shutdown, so that the exit code were not 0.
    """

    def __init__(self, config: uvicorn.Config, on_started: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_started = on_started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start as uvicorn does, then say so."""
        await super().startup(sockets)
        if self.started:
            self._on_started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Drain, then close as uvicorn does: sockets with 1012, the lifespan last."""
        for server in self.servers:
            server.close()
        engine: Engine | None = getattr(getattr(self.config.app, "state", None), "engine", None)
        if engine is not None:
            await engine.drain()
        await super().shutdown(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End on the first signal, at once on the second Ctrl-C."""
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True


def run_server(
    settings: Settings, *, seconds: float | None = None, on_ready: Callable[[str], None] | None = None
) -> None:
    """Serve until SIGINT or SIGTERM, or for `seconds`. `on_ready` gets the address once the service answers.

    Raises:
        StartError: a model cannot be loaded (exit code 3) or the address cannot be bound (exit code 1).
        SettingsError: a stream of the settings cannot be opened, or a target not be published to.
    """
    configure_logging(settings)
    targets = check_targets(settings.publish)
    with closing(_listen(settings.host, settings.port)) as listener:
        address = _address(settings.host, listener.getsockname()[1])
        load_kernels(lambda line: _log.info("wait", reason=line))
        try:
            detector, others = load_all(settings, say=lambda line: _log.info("wait", reason=line))
        except ModelError as error:
            raise StartError(str(error), EXIT_MODEL) from None
        named = {model_name(settings.model): detector, **others}
        for name, loaded in named.items():
            _log.info("model_loaded", **_told(name, loaded.info))
        try:
            check_configured(settings, {name: loaded.info.labels for name, loaded in named.items()})
        except SettingsError:
            for loaded in named.values():
                loaded.close()
            raise

        def started() -> None:
            _log.info("ready", address=address, **({"publishing_to": ", ".join(targets)} if targets else {}))
            if on_ready is not None:
                on_ready(address)
            if seconds is not None:
                asyncio.get_running_loop().call_later(seconds, server.handle_exit, signal.SIGTERM, None)

        server = DrainingServer(_config(settings, create_app(settings, detector, others)), started)
        server.run(sockets=[listener])


def _told(name: str, info: ModelInfo) -> dict[str, str]:
    told = {"model": name, "source": info.name, "head": info.head, "device": info.device, "provider": info.provider}
    return told | ({"note": info.note} if info.note else {})


def _config(settings: Settings, app: FastAPI) -> uvicorn.Config:
    limits = settings.limits
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=settings.log_level == "debug",
        ws=Handshakes,
        ws_per_message_deflate=False,  # costs several times the throughput and JPEGs do not shrink
        ws_max_size=max(limits.image_bytes, limits.raw_frame_bytes) + 1024,
        ws_ping_interval=20.0,
        ws_ping_timeout=20.0,
        timeout_graceful_shutdown=2,
        timeout_keep_alive=65,
        server_header=False,
    )


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # asyncio sets TCP_NODELAY by it
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        raise StartError(f"cannot listen on {host}:{port}: {error.strerror or error}", EXIT_ADDRESS) from None
    return listener


def _address(host: str, port: int) -> str:
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}"
