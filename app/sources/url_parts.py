"""A network address taken apart strictly: what two parsers could read in two ways is refused."""

import re
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import quote, unquote, urlsplit

from app.sources.source import SourceError

MOST_CHARACTERS = 2048
DEFAULT_PORTS = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443}

# Ports of services that are no cameras and would take a request for one of theirs: those that browsers never connect
# to (WHATWG, Fetch, "port blocking") but 554, and stores of data and machines that listen without a password.
_PORTS = (
    "0 1 7 9 11 13 15 17 19 20 21 22 23 25 37 42 43 53 69 77 79 87 95 101 102 103 104 109 110 111 113 115 117 119 "
    "123 135 137 139 143 161 179 389 427 465 512 513 514 515 526 530 531 532 540 548 556 563 587 601 636 989 990 "
    "993 995 1719 1720 1723 2049 3659 4045 4190 5060 5061 6000 6566 6665 6666 6667 6668 6669 6679 6697 10080 "
    "445 873 1433 1521 2181 2375 2376 2379 2380 3306 3389 5432 5672 6379 9042 9092 9200 9300 10250 11211 27017"
)
PORTS_OF_OTHERS = frozenset(map(int, _PORTS.split()))

_HOST = re.compile(r"^(?=.{1,253}$)[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?$")
_NUMERIC = re.compile(r"(?:^|\.)(?:[0-9]+|0[xX][0-9A-Fa-f]*)\.?$")
_SAFE = "!$&'()*+,;=-._~"


@dataclass(frozen=True, slots=True)
class UrlParts:
    """An address of a camera. `host` is lower case and without brackets, `target` the path and query as they stood."""

    scheme: str
    host: str
    port: int
    target: str
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)

    @property
    def literal(self) -> IPv4Address | IPv6Address | None:
        """The host as an address, None where it is a name."""
        try:
            return ip_address(self.host)
        except ValueError:
            return None

    @property
    def authority(self) -> str:
        """Host and port as a Host header spells them: without a port that goes without saying."""
        text = authority(self.host, self.port)
        return text.removesuffix(f":{self.port}") if self.port == DEFAULT_PORTS[self.scheme] else text

    def url(self, host: str, port: int, *, credentials: bool, scheme: str | None = None) -> str:
        """The address with another host, with or without the credentials, percent-encoded."""
        user = ""
        if credentials and self.user is not None:
            password = "" if self.password is None else f":{quote(self.password, safe=_SAFE)}"
            user = f"{quote(self.user, safe=_SAFE)}{password}@"
        return f"{scheme or self.scheme}://{user}{authority(host, port)}{self.target}"


def authority(host: str, port: int) -> str:
    """Host and port as an address spells them."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def plain_text(url: str) -> str:
    """The address itself where it holds nothing that is invisible or read differently by different parsers.

    Raises:
        SourceError: it is empty, too long, or holds a control character, a space, a backslash or a letter beyond ASCII.
    """
    if not url:
        raise SourceError("the address is empty; one looks like rtsp://10.0.0.7/stream1")
    if len(url) > MOST_CHARACTERS:
        raise SourceError(f"the address has {len(url)} characters, more than {MOST_CHARACTERS}")
    odd = next((letter for letter in url if not "!" <= letter <= "~" or letter == "\\"), None)
    if odd is not None:
        raise SourceError(f"the address holds {odd!a}; it must be percent-encoded")
    return url


def network_parts(url: str) -> UrlParts:
    """The parts of an `rtsp`, `rtsps`, `http` or `https` address that `plain_text` let pass.

    No message holds a part of the address that could be a password.

    Raises:
        SourceError: no host, a host that is neither a name nor an address in its usual form, or a port of others.
    """
    scheme, _, rest = url.partition(":")
    scheme = scheme.lower()
    if not rest.startswith("//"):
        raise SourceError(f"{scheme}: must be followed by //, as in {scheme}://camera/stream")
    try:
        found = urlsplit(url)
        port = found.port
    except ValueError:
        raise SourceError(
            "the host or the port cannot be read; /, ?, #, [ and ] in a name or a password must be percent-encoded"
        ) from None
    if found.fragment or url.endswith("#"):
        raise SourceError("the address holds a #, which means nothing here; in a password it must be percent-encoded")
    host = _checked_host(found.netloc.rpartition("@")[2], found.hostname)
    port = DEFAULT_PORTS[scheme] if port is None else port
    if port in PORTS_OF_OTHERS:
        raise SourceError(f"port {port} belongs to another kind of service; no source is read from it")
    user, sign, password = found.netloc.rpartition("@")[0].partition(":")
    target = (found.path or "/") + (f"?{found.query}" if found.query else "")
    known = "@" in found.netloc
    return UrlParts(scheme, host, port, target, unquote(user) if known else None, unquote(password) if sign else None)


def _checked_host(place: str, host: str | None) -> str:
    if not host:
        raise SourceError("the address names no host; one looks like rtsp://10.0.0.7/stream1")
    if place.startswith("["):
        if "%" in host:
            raise SourceError("the host is bound to one interface (a zone id), where no source is read from")
        try:
            return str(IPv6Address(host))
        except ValueError:
            raise SourceError("the host in brackets is no IPv6 address") from None
    if _NUMERIC.search(host):
        try:
            return str(IPv4Address(host))
        except ValueError:
            raise SourceError("the host is no IPv4 address of four decimal numbers, as 10.0.0.7") from None
    if not _HOST.match(host):
        raise SourceError("the host is no name; an IPv6 address stands in brackets, as in rtsp://[fd00::7]/stream1")
    return host
