"""The password of the agent's page: set by hand at the machine, kept as a scrypt hash; there is none to begin with."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from pathlib import Path
from typing import Final

from schemas.errors import ConfigError

FILE_NAME: Final = "page.json"
LENGTH_MIN, LENGTH_MAX = 10, 200
#: RFC 7914; 16 MiB and some 50 ms for a try.
_COST: Final = {"n": 2**14, "r": 8, "p": 1}
_MEMORY_MAX: Final = 64 << 20


class PagePassword:
    """Reads the file at each question: what was set is in force at once, also in a running agent."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / FILE_NAME

    @property
    def is_set(self) -> bool:
        """Whether anybody can log in."""
        return self._stored() is not None

    def set(self, password: str) -> None:
        """Keeps a new password. Raises ConfigError where it is too short or too long, OSError."""
        if not LENGTH_MIN <= len(password) <= LENGTH_MAX:
            raise ConfigError(
                "page.password", f"a password has {LENGTH_MIN} to {LENGTH_MAX} characters",
                hint="A few unrelated words are easy to remember.",
            )  # fmt: skip
        salt = secrets.token_bytes(16)
        content = {"salt": salt.hex(), "hash": _hash(password, salt).hex()}
        self._path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._path.with_name(FILE_NAME + ".new")
        temporary.unlink(missing_ok=True)
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump(content, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, self._path)

    def matches(self, password: str) -> bool:
        """Whether it is the one; a missing or damaged file matches nothing."""
        stored = self._stored()
        if stored is None or len(password) > LENGTH_MAX:
            return False
        salt, wanted = stored
        return hmac.compare_digest(_hash(password, salt), wanted)

    def _stored(self) -> tuple[bytes, bytes] | None:
        try:
            content = json.loads(self._path.read_text("utf-8"))
            return bytes.fromhex(content["salt"]), bytes.fromhex(content["hash"])
        except (OSError, ValueError, KeyError, TypeError):
            return None


def _hash(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, maxmem=_MEMORY_MAX, dklen=32, **_COST)
