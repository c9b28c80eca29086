"""Passwords: argon2id, a few plain rules, and the same work for a name nobody has.

Checking costs 64 MiB and some 50 ms, so at most ``CHECKS_AT_ONCE`` run at a time and ``WAITING_MAX`` wait.
"""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from schemas.errors import AuthError, ConfigError

LENGTH_MIN = 12
LENGTH_MAX = 200
CHECKS_AT_ONCE = 2
WAITING_MAX = 8

_HASHER = PasswordHasher()
_SLOTS = threading.BoundedSemaphore(CHECKS_AT_ONCE)
_QUEUE = threading.BoundedSemaphore(CHECKS_AT_ONCE + WAITING_MAX)
# A hash of a random text nobody knows: verified when there is no such user, so that the answer takes as long.
_NOBODY = _HASHER.hash("c1d0a8f2-no-one-has-this-password")
_COMMON = ("password", "passwort", "interlock", "administrator", "qwertyuiop", "123456789", "letmein", "welcome")


def check_rules(password: str, name: str) -> None:
    """Raise ``ConfigError`` (``account.password``) when the password is too easy."""
    hint = f"Use at least {LENGTH_MIN} characters; a few unrelated words are easy to remember."
    if not LENGTH_MIN <= len(password) <= LENGTH_MAX:
        raise ConfigError("account.password", f"A password has {LENGTH_MIN} to {LENGTH_MAX} characters.", hint=hint)
    plain = password.casefold()
    rest = plain
    for word in (*_COMMON, name.casefold()):
        rest = rest.replace(word, "") if word else rest
    if len(set(plain)) < 5 or len(rest) < LENGTH_MIN // 2:
        raise ConfigError("account.password", "This password is easy to guess.", hint=hint)


def hash_password(password: str) -> str:
    """The argon2id hash, with its parameters and salt."""
    with _turn():
        return _HASHER.hash(_normal(password))


def verify(stored: str | None, password: str) -> bool:
    """Whether the password is right. ``stored`` None (no such user) takes as long and is never right."""
    with _turn():
        try:
            _HASHER.verify(stored or _NOBODY, _normal(password))
        except (VerificationError, InvalidHashError):
            return False
        return stored is not None


@contextmanager
def _turn() -> Iterator[None]:
    """Wait for a slot; where too many wait already, say so at once, so that logins never take all of the API's
    threads.
    """
    if not _QUEUE.acquire(blocking=False):
        raise AuthError("auth.busy", "Too many people log in at this moment.", hint="Try again in a few seconds.")
    try:
        with _SLOTS:
            yield
    finally:
        _QUEUE.release()


def _normal(password: str) -> str:
    return unicodedata.normalize("NFC", password)
