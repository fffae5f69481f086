"""Connections to cameras: to an address that was checked, never to a name that could mean another one by now."""

import socket
import ssl
from time import monotonic

from app.sources.addresses import Address
from app.sources.source import SourceError

SECURE = frozenset(("rtsps", "https"))


def connect(address: Address, timeout_s: float) -> socket.socket:
    """A connection to the first of `address.ips` that answers, encrypted for rtsps and https. Blocks.

    The certificate is checked for the name that the user gave, unless the operator waived that. The socket keeps the
    time limit.

    Raises:
        SourceError: none answers within `timeout_s`, or the certificate does not fit; the message says which.
    """
    assert address.parts is not None, "only network addresses are connected to"
    ends = monotonic() + timeout_s
    trouble = ""
    for ip in address.ips:
        try:
            plain = socket.create_connection((ip, address.parts.port), max(0.1, ends - monotonic()))
        except OSError as error:
            trouble = trouble or _told(error, timeout_s)
        else:
            return _secured(plain, address, timeout_s)
    raise SourceError(f"{address.shown} cannot be reached: {trouble or 'it has no address'}")


def _secured(plain: socket.socket, address: Address, timeout_s: float) -> socket.socket:
    plain.settimeout(timeout_s)
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    assert address.parts is not None, "only network addresses are connected to"
    if address.scheme not in SECURE:
        return plain
    context = ssl.create_default_context()
    if not address.verify:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        return context.wrap_socket(plain, server_hostname=address.parts.host)
    except (ssl.CertificateError, ssl.SSLError) as error:
        plain.close()
        reason = getattr(error, "verify_message", "") or getattr(error, "reason", "") or "it speaks no TLS"
        raise SourceError(
            f"{address.shown} cannot be trusted: {reason}; sources.verify_certificates = false waives it"
        ) from None
    except OSError as error:
        plain.close()
        raise SourceError(f"{address.shown} cannot be reached: {_told(error, timeout_s)}") from None


def _told(error: OSError, timeout_s: float) -> str:
    if isinstance(error, TimeoutError):
        return f"no answer within {timeout_s:g} s"
    return (error.strerror or str(error) or type(error).__name__).lower()
