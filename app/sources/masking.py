"""Takes credentials out of what is shown: addresses, and texts in which addresses stand."""

import re

MASK = "***"
LONG_VALUE = 20

_NAMES = (
    r"[A-Za-z0-9_.\-]*(?:pass|pwd|psw|token|secret|key|auth|cred|sig|session|user|usr|login|account|hash|jwt|nonce|"
    r"response)[A-Za-z0-9_.\-]*"
)
_USER = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.\-]*:/{1,3})\S*@")
_SPACED_USER = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.\-]*://)(?!\*)[^\s/@:]+:(?!\d{1,5}\b)[^\n@]*@")
_NAMED = re.compile(rf"(?P<name>(?<![A-Za-z0-9]){_NAMES}|\bpw?)(?P<sign>=|%3[Dd])[^\s&;,'\"<>]+", re.IGNORECASE)
_LONG = re.compile(rf"(?P<sign>[?&;](?:[^\s=&;?#]*=)?)[^\s=&;?#'\"<>]{{{LONG_VALUE},}}")
_HEADER = re.compile(r"(?P<name>(?:proxy-)?authorization\s*:\s*)[^\r\n]+", re.IGNORECASE)


def masked(text: str) -> str:
    """The text without credentials.

    Everything before the last `@` of an address is hidden, the values whose names sound like a secret or a user
    (`?password=`, `&token=`, `/user=a_password=b`), values that are as long as a signature, and `Authorization`
    headers. Rather too much is hidden than too little; what the service knows to be an address is shown by
    `Address.shown`, which is exact.
    """
    text = _HEADER.sub(rf"\g<name>{MASK}", text)
    text = _USER.sub(rf"\g<scheme>{MASK}@", text)
    text = _SPACED_USER.sub(rf"\g<scheme>{MASK}@", text)
    return masked_values(text)


def masked_values(text: str) -> str:
    """The text without the values that sound like secrets."""
    text = _NAMED.sub(rf"\g<name>\g<sign>{MASK}", text)
    return _LONG.sub(rf"\g<sign>{MASK}", text)
