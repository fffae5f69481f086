"""Signatures of webhooks.

Standard Webhooks, specification 1.0 (standardwebhooks.com): "signature scheme", symmetric, version `v1`.
"""

import base64
import hashlib
import hmac

from app.publish_settings import SECRET_PREFIX


def key_of(secret: str) -> bytes:
    """The key that a secret stands for: base64 behind `whsec_`, else the text itself as UTF-8."""
    if secret.startswith(SECRET_PREFIX):
        return base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    return secret.encode()


def signed(keys: list[bytes], mark: str, timestamp_s: int, body: bytes) -> dict[str, str]:
    """The three headers of one attempt; one signature for each key."""
    content = f"{mark}.{timestamp_s}.".encode() + body
    digests = [hmac.new(key, content, hashlib.sha256).digest() for key in keys]
    return {
        "webhook-id": mark,
        "webhook-timestamp": str(timestamp_s),
        "webhook-signature": " ".join(f"v1,{base64.b64encode(digest).decode()}" for digest in digests),
    }
