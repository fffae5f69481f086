"""Where the service is, and how the client speaks to it."""

import platform
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Address:
    """The base URL of a service, and what is said to it each time.

    Attributes:
        url: `http://host:port`, or https, with a path where a proxy puts the service below one.
        headers: sent with every request and handshake, for a proxy that asks who is there.
        timeout_s: seconds until a connection is there, a call is answered, or a silent socket counts as dead.
        tls: certificates to trust; None: those of the system.
    """

    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    timeout_s: float = 30.0
    tls: ssl.SSLContext | None = None

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.url)
            fits = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.query and not parts.fragment
            _ = parts.port
        except ValueError:
            fits = False
        if not fits:
            raise ValueError(f"{self.url!r} is no address of a service; one looks like http://127.0.0.1:8000")
        if not self.timeout_s > 0:
            raise ValueError(f"timeout_s {self.timeout_s:g} must be above 0")

    @property
    def base(self) -> str:
        """The URL without a slash at its end."""
        return self.url.rstrip("/")

    def socket(self, path: str) -> str:
        """The WebSocket address of a path."""
        return "ws" + self.base.removeprefix("http") + path

    @property
    def user_agent(self) -> str:
        """Who is speaking."""
        try:
            own = version("trackd")
        except PackageNotFoundError:  # run from a folder that was not installed
            own = "0"
        return f"trackd-client/{own} Python/{platform.python_version()}"
