"""Takes credentials out of what is shown: addresses, and texts in which addresses stand."""

import re
from urllib.parse import unquote

MASK = "***"
LONG_VALUE = 20

# Every pattern is linear in the text: what a stranger wrote is masked on the event loop.
_SECRET = re.compile(
    r"pass|psw|pwd|\bpw?$|token|secret|key|auth|cred|sig|session|user|usr|login|account|hash|jwt|nonce|response",
    re.IGNORECASE,
)
_NAMED = re.compile(r"(?<![\w.%-])(?P<name>[\w.%-]++)(?P<value>=[^\s&;,'\"<>]+)?")
_LONG = re.compile(rf"(?P<sign>[?&;](?:[^\s=&;?#]*+=)?)[^\s=&;?#'\"<>]{{{LONG_VALUE},}}")
_HEADER = re.compile(r"(?P<name>(?:proxy-)?authorization\s?:\s?)[^\r\n]+", re.IGNORECASE)
_PORT = re.compile(r"[^:]*+:\d{1,5}\b")


def masked(text: str) -> str:
    """The text without credentials.

    Everything before the last `@` of an address is hidden, the values whose names sound like a secret or a user
    (`?password=`, `&token=`, `/user=a_password=b`), values that are as long as a signature, and `Authorization`
    headers. Rather too much is hidden than too little; what the service knows to be an address is shown by
    `Address.shown`, which is exact.
    """
    text = _HEADER.sub(rf"\g<name>{MASK}", text)
    text = re.sub(r"\S+", _without_user, text)
    return masked_values("\n".join(map(_without_spaced_user, text.split("\n"))))


def masked_values(text: str) -> str:
    """The text without the values that sound like secrets."""
    return _LONG.sub(rf"\g<sign>{MASK}", _NAMED.sub(_without_value, text))


def _without_user(found: re.Match[str]) -> str:
    word = found[0]
    start, end = word.find(":/"), word.rfind("@")
    if not 0 <= start < end:
        return word
    slashes = len(word) - start - 1 - len(word[start + 1 :].lstrip("/"))
    return f"{word[: start + 1 + slashes]}{MASK}{word[end:]}"


def _without_spaced_user(line: str) -> str:
    """A password may hold a space, although no address that is read here does."""
    first, *pieces = line.split("://")
    return "://".join([first, *(_after_scheme(piece) for piece in pieces)])


def _after_scheme(piece: str) -> str:
    end = piece.rfind("@")
    word = piece[:end].split(maxsplit=1)[:1]
    hidden = end >= 0 and word and ":" in word[0] and not piece.startswith(MASK) and not _PORT.match(word[0])
    return MASK + piece[end:] if hidden else piece


def _without_value(found: re.Match[str]) -> str:
    name, value = unquote(found["name"]), found["value"]
    if value is not None:
        return f"{found['name']}={MASK}" if _SECRET.search(name) else found[0]
    inner, sign, _ = name.partition("=")  # an address inside an address
    return MASK if sign and _SECRET.search(inner) else found[0]
