"""Which addresses are whose: the registries of special purposes, as a table.

Source: IANA, IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 and what it lists), and the documents named
below. Python's `is_global` is not used: it follows the registries of the day it was released, and takes what is
embedded in an IPv6 address for no concern of its own.
"""

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from types import MappingProxyType

Ip = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Table = Mapping[Network, str]


def table_of(rows: Mapping[str, str]) -> Table:
    """Networks with what they are, from their text."""
    return MappingProxyType({ip_network(text): purpose for text, purpose in rows.items()})


FORBIDDEN = table_of(
    {
        "0.0.0.0/8": "an address of this host",  # RFC 791
        "127.0.0.0/8": "a loopback address",  # RFC 1122
        "169.254.0.0/16": "a link-local address",  # RFC 3927; metadata of most clouds
        "192.0.0.0/24": "reserved for protocols",  # RFC 6890; metadata of Oracle's cloud
        "192.0.2.0/24": "for documentation",  # RFC 5737
        "192.88.99.0/24": "a 6to4 relay",  # RFC 7526
        "198.18.0.0/15": "for benchmarks",  # RFC 2544
        "198.51.100.0/24": "for documentation",
        "203.0.113.0/24": "for documentation",
        "224.0.0.0/4": "a multicast address",  # RFC 5771
        "240.0.0.0/4": "reserved",  # RFC 1112, with the broadcast address
        "100.100.100.200/32": "a cloud's metadata",  # Alibaba
        "168.63.129.16/32": "a cloud's metadata",  # Azure
        "::1/128": "a loopback address",
        "::/8": "reserved",  # unspecified, IPv4-compatible and -translated; see `judged_as`
        "100::/8": "reserved",  # RFC 6666 and beside it
        "200::/7": "reserved",
        "400::/6": "reserved",
        "800::/5": "reserved",
        "1000::/4": "reserved",
        "2001::/23": "reserved for protocols",  # RFC 2928: Teredo, ORCHID, benchmarks
        "2001:db8::/32": "for documentation",  # RFC 3849
        "2002::/16": "a 6to4 address",  # RFC 3056
        "3fff::/20": "for documentation",  # RFC 9637
        "4000::/2": "reserved",  # with segment identifiers, RFC 9602
        "8000::/2": "reserved",
        "c000::/3": "reserved",
        "e000::/4": "reserved",
        "f000::/5": "reserved",
        "f800::/6": "reserved",
        "fe00::/9": "reserved",
        "fe80::/10": "a link-local address",  # RFC 4291
        "fec0::/10": "a site-local address",  # RFC 3879
        "ff00::/8": "a multicast address",
        "fd00:ec2::254/128": "a cloud's metadata",  # Amazon
        "fd20:ce::254/128": "a cloud's metadata",  # Google
    }
)
"""Never read from, whatever the operator's networks hold."""

PRIVATE = table_of(
    {
        "10.0.0.0/8": "a private address",  # RFC 1918
        "172.16.0.0/12": "a private address",
        "192.168.0.0/16": "a private address",
        "100.64.0.0/10": "a carrier's shared address",  # RFC 6598
        "fc00::/7": "a private address",  # RFC 4193
    }
)
"""Read from where the operator names a network that holds the address."""

NAT64 = IPv6Network("64:ff9b::/96")


def judged_as(address: Ip) -> Ip:
    """The address that a connection ends at: the IPv4 one inside a mapped address, else the address itself."""
    return getattr(address, "ipv4_mapped", None) or address


def never(network: str) -> str | None:
    """What a whole network is, where no source is ever read from any of its addresses; else None."""
    asked = ip_network(network)
    return next((purpose for known, purpose in FORBIDDEN.items() if _within(asked, known)), None)


def objection(text: str, networks: Iterable[Network], forbidden: Table = FORBIDDEN) -> str | None:
    """What speaks against connecting to an address, None where nothing does.

    Args:
        text: an IPv4 or IPv6 address as a resolver gives it.
        networks: the private networks that the operator has named.
        forbidden: networks never connected to.
    """
    try:
        address = judged_as(ip_address(text))
    except ValueError:
        return "no address"
    if isinstance(address, IPv6Address) and (address.scope_id or address in NAT64):
        return "bound to one interface" if address.scope_id else _translated(address, forbidden)
    if (purpose := _purpose(address, forbidden)) is not None:
        return purpose
    if any(address in network for network in networks if network.version == address.version):
        return None
    return _purpose(address, PRIVATE)


def _translated(address: IPv6Address, forbidden: Table) -> str | None:
    """RFC 6052, section 3.1: the well-known prefix stands before public IPv4 addresses only."""
    inside = IPv4Address(int(address) & 0xFFFFFFFF)
    purpose = _purpose(inside, forbidden) or _purpose(inside, PRIVATE)
    return purpose and f"{purpose} behind NAT64"


def _purpose(address: Ip, table: Table) -> str | None:
    return next((purpose for network, purpose in table.items() if address in network), None)


def _within(inner: Network, outer: Network) -> bool:
    return inner.version == outer.version and inner.prefixlen >= outer.prefixlen and inner.network_address in outer
