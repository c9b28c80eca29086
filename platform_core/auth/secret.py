"""Random secrets: how they are made, and the hash that is stored in their place."""

from __future__ import annotations

import hashlib
import hmac
import secrets

TOKEN_BYTES = 32


def new_token(prefix: str = "") -> str:
    """A URL-safe random text of 256 bits."""
    return prefix + secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> str:
    """What is stored. A random 256-bit text needs no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def csrf_token(session_token: str) -> str:
    """The double-submit value of a session: bound to it, and useless for finding it."""
    return hmac.new(session_token.encode(), b"interlock csrf", hashlib.sha256).hexdigest()


def same(left: str, right: str) -> bool:
    """Compare without telling by time where they differ."""
    return hmac.compare_digest(left.encode(), right.encode())
