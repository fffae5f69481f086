"""Which sources may be read: the one place where an address that a user gave is judged.

A check has two steps. `Addresses.parse` looks at the text alone and is made when a stream is put. `Addresses.allowed`
also resolves names and looks at the file system: it blocks, and is made anew before each connect, since what a name
means can change. Every address of a name must be allowed, and a reader connects to those (`Address.ips`), never to the
name: it is not resolved again.
"""

import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import get_args

from app.source_settings import SourcePolicy, SourceScheme
from app.sources.demo_url import parse_demo
from app.sources.files_below import file_below, path_of
from app.sources.masking import MASK, masked, masked_values
from app.sources.source import SourceError
from app.sources.special_networks import FORBIDDEN, Table, judged_as, objection
from app.sources.url_parts import DEFAULT_PORTS, UrlParts, network_parts, plain_text

Resolve = Callable[[str, int], Sequence[str]]

KNOWN = frozenset(get_args(SourceScheme))

_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]{0,15}):")


@dataclass(frozen=True, slots=True)
class Address:
    """A source that may be read.

    Attributes:
        scheme: its kind, in lower case.
        shown: the address without credentials, for people.
        open_url: what a reader opens: of rtsp and rtsps the address with the first of `ips` in the host's place, of
            files the real path, else the address as it was given. It holds the credentials.
        ips: what the host resolved to, each of them allowed; empty where nothing was resolved.
        parts: the parts of a network address; `parts.host` is the name for certificates and the Host header.
        path: the real path of a file or a folder.
        verify: whether the certificate of what answers must be that of `parts.host`.
    """

    scheme: SourceScheme
    shown: str
    open_url: str = field(repr=False)
    ips: tuple[str, ...] = ()
    parts: UrlParts | None = None
    path: Path | None = None
    verify: bool = True

    def masked(self, text: str) -> str:
        """A text, such as a library's error, without this address's credentials in any spelling, or any others."""
        for spelling in self._secrets():
            text = text.replace(spelling, MASK)
        return masked(text)

    def _secrets(self) -> list[str]:
        """Longest first, so that one that holds another goes whole."""
        if self.parts is None:
            return []
        given = [self.open_url.partition("@")[0].partition("://")[2]] if self.parts.user is not None else []
        plain = [self.parts.password or ""]
        if self.parts.password:
            plain.append(f"{self.parts.user}:{self.parts.password}")
            given.append(given[0].partition(":")[2])
        return sorted({secret for secret in [*given, *plain] if len(secret) > 2}, key=len, reverse=True)


def system_resolver(host: str, port: int) -> Sequence[str]:
    """Every address that the system has for a name. Blocks.

    Raises:
        SourceError: the name is not known.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "no such name"
        raise SourceError(f"{host} cannot be resolved: {reason}") from None
    return list(dict.fromkeys(str(row[4][0]) for row in found))


class Addresses:
    """The operator's policy, and how names are resolved.

    `forbidden` is a table and no setting: the service knows one, and tests that connect to this machine another.
    """

    def __init__(
        self, policy: SourcePolicy, *, forbidden: Table = FORBIDDEN, resolve: Resolve = system_resolver
    ) -> None:
        self.policy = policy
        self._networks = [ip_network(network) for network in policy.networks]
        self._forbidden = forbidden
        self._resolve = resolve

    def parse(self, url: str) -> Address:
        """Judge the text: everything that can be said without asking a name server or the file system.

        Raises:
            SourceError: it is no address, of a kind or to a place that is not allowed; no message holds credentials.
        """
        scheme = self._scheme(url)
        if scheme == "file":
            path_of(url, self.policy.folder)
            return Address(scheme, url, url)
        plain_text(url)
        if scheme == "demo":
            parse_demo(url)
            return Address(scheme, url, url)
        parts = network_parts(url)
        if MASK in (parts.user, parts.password):
            raise SourceError(f"the address holds {MASK} where its name and password belong; give them once more")
        if (literal := parts.literal) is not None:
            self._refuse(parts, [str(literal)])
        return self._address(scheme, parts)

    def allowed(self, url: str) -> Address:
        """Judge where the address leads now. Blocks.

        Raises:
            SourceError: as `parse`, or the name is unknown or leads to a place that is not allowed, or the file is not
                there or is none.
        """
        address = self.parse(url)
        if address.scheme == "file":
            path = file_below(url, self.policy.folder)
            return Address(address.scheme, address.shown, str(path), path=path)
        if address.parts is None:
            return address
        literal = address.parts.literal
        ips = [str(literal)] if literal else self._resolve(address.parts.host, address.parts.port)
        if not ips:
            raise SourceError(f"{address.parts.host} has no address")
        self._refuse(address.parts, ips)
        return self._address(address.scheme, address.parts, [str(judged_as(ip_address(ip))) for ip in ips])

    def _scheme(self, url: str) -> SourceScheme:
        found = _SCHEME.match(url)
        kinds = ", ".join(self.policy.schemes) or "none"
        if found is None:
            raise SourceError(f"the address does not begin with its kind and a colon; allowed are {kinds}")
        wanted = found[1].lower()
        for scheme in self.policy.schemes:
            if scheme == wanted:
                return scheme
        # What stands before the colon is shown only where it is no name that a password may follow.
        named = f"sources of kind {wanted!r}" if wanted in KNOWN else "sources of that kind"
        raise SourceError(f"{named} are not allowed here; allowed are {kinds}")

    def _refuse(self, parts: UrlParts, ips: Sequence[str]) -> None:
        for ip in ips:
            reason = objection(ip, self._networks, self._forbidden)
            if reason is not None:
                where = ip if ip == parts.host else f"{parts.host} leads to {ip}, which"
                more = "; sources.networks names those that are" if "private" in reason or "shared" in reason else ""
                raise SourceError(f"{where} is {reason}, and is not read from{more}")

    def _address(self, scheme: SourceScheme, parts: UrlParts, ips: Sequence[str] = ()) -> Address:
        pinned = ips[0] if ips and scheme in ("rtsp", "rtsps") else parts.host
        url = parts.url(pinned, parts.port, credentials=True)
        return Address(scheme, _shown(parts), url, tuple(ips), parts, verify=self.policy.verify_certificates)


def _shown(parts: UrlParts) -> str:
    text = masked_values(parts.url(parts.host, parts.port, credentials=False))
    if parts.port == DEFAULT_PORTS[parts.scheme]:
        text = text.replace(f":{parts.port}/", "/", 1)
    return text if parts.user is None else text.replace("://", f"://{MASK}@", 1)


def shown(url: str) -> str:
    """An address without its credentials, of any kind and whether it is allowed or not."""
    scheme = url.partition(":")[0].lower()
    if scheme not in DEFAULT_PORTS:
        return masked(url)
    try:
        return _shown(network_parts(plain_text(url)))
    except SourceError:
        return masked(url)
