"""Connections to what was checked: to its addresses, never to a name that could mean another one by now."""

import socket
import ssl
from time import monotonic

from app.decoding.errors import Unreadable
from app.decoding.words import Open

SECURE = frozenset(("rtsps", "https"))


def connect(order: Open) -> socket.socket:
    """A connection to the first of `order.ips` that answers, encrypted for rtsps and https. Blocks.

    The certificate is checked for `order.host`, the name that the user gave, unless the operator waived that. The
    socket keeps `order.timeout_s` as its limit for each step.

    Raises:
        Unreadable: none answers in time, or the certificate does not fit; the message says which.
    """
    ends = monotonic() + order.timeout_s
    trouble = "its name has no address"
    for ip in order.ips:
        try:
            plain = socket.create_connection((ip, order.port), max(0.1, ends - monotonic()))
        except OSError as error:
            trouble = told(error, order.timeout_s)
            continue
        return _secured(plain, order)
    raise Unreadable(trouble)


def _secured(plain: socket.socket, order: Open) -> socket.socket:
    plain.settimeout(order.timeout_s)
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if order.scheme not in SECURE:
        return plain
    context = ssl.create_default_context()
    if not order.verify:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        return context.wrap_socket(plain, server_hostname=order.host)
    except OSError as error:
        plain.close()
        raise Unreadable(told(error, order.timeout_s)) from None


def told(error: OSError, timeout_s: float) -> str:
    """Why a connection failed, in words."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {error.verify_message}; sources.verify_certificates waives this"
    if isinstance(error, ssl.SSLError):
        return "it speaks no TLS that is understood here"
    if isinstance(error, TimeoutError):
        return f"no answer within {timeout_s:g} s"
    text = error.strerror or str(error) or type(error).__name__
    return text[:1].lower() + text[1:]
