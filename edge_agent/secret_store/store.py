"""`secrets.json` in the data folder: names and, encrypted, what they stand for.

AES-256-GCM with a random 96-bit nonce per entry and the name as associated data, so that entries cannot be exchanged.
The key is 32 random bytes, base64url: in the environment variable INTERLOCK_SECRET_KEY, in the file that
INTERLOCK_SECRET_KEY_FILE names (a credential of systemd, a mounted secret), else in `secrets.key` (0600) beside the
store. What that protects against: see docs/how-to/keep-secrets.md.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edge_agent.private_file import write_private
from schemas.errors import ConfigError, InterlockError
from schemas.identifiers import is_identifier

STORE_FILE, KEY_FILE = "secrets.json", "secrets.key"
KEY_VARIABLE, KEY_FILE_VARIABLE = "INTERLOCK_SECRET_KEY", "INTERLOCK_SECRET_KEY_FILE"
VERSION = 1
KEY_BYTES, NONCE_BYTES = 32, 12
SECRET_MAX = 4096
COUNT_MAX = 1000


@dataclass(frozen=True, slots=True)
class SecretStore:
    """The store in a data folder. Every call reads the file: what is set counts from the next connecting."""

    data_dir: Path

    def names(self) -> list[str]:
        """What is kept, without the key. Raises ConfigError where the file is damaged or newer."""
        return sorted(self._read())

    def find(self, name: str) -> str:
        """The secret. Raises ConfigError: no such name, no key, a wrong key, a changed file."""
        entry = self._read().get(name)
        if entry is None:
            raise ConfigError(
                "secret.unknown", f"there is no secret '{name}'", hint=f"Keep it with: edge-agent secret set {name}"
            )
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            raw = base64.urlsafe_b64decode(entry)
            return AESGCM(self._key()).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], name.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise ConfigError(
                "secret.key", f"the secret '{name}' cannot be decrypted: the key is another, or the file was changed",
                hint=f"Give the key it was kept with, or keep the secret anew: edge-agent secret set {name}",
            ) from error  # fmt: skip

    def put(self, name: str, secret: str) -> None:
        """Keeps a secret, in place of the one of that name. Raises ConfigError, InterlockError."""
        if not is_identifier(name):
            raise ConfigError("secret.name", f"'{name}' is no name for a secret", hint="Use a-z, 0-9, _ and -.")
        if not secret or len(secret) > SECRET_MAX or not secret.isprintable():
            raise ConfigError("secret.text", f"a secret is one line of 1 to {SECRET_MAX} characters")
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        entries = self._read()
        if name not in entries and len(entries) >= COUNT_MAX:
            raise ConfigError("secret.count", f"there are {COUNT_MAX} secrets already")
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = AESGCM(self._key(make=True)).encrypt(nonce, secret.encode(), name.encode())
        entries[name] = base64.urlsafe_b64encode(nonce + sealed).decode()
        self._write(entries)

    def remove(self, name: str) -> None:
        """Forgets a secret. Raises ConfigError where there is none of that name."""
        entries = self._read()
        if entries.pop(name, None) is None:
            raise ConfigError("secret.unknown", f"there is no secret '{name}'")
        self._write(entries)

    def _key(self, *, make: bool = False) -> bytes:
        given = os.environ.get(KEY_VARIABLE, "")
        path = Path(os.environ.get(KEY_FILE_VARIABLE) or self.data_dir / KEY_FILE)
        try:
            if not given and make and not path.exists():
                write_private(path, base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)))
            text = given or path.read_text("ascii")
            key = base64.urlsafe_b64decode(text.strip())
        except (OSError, ValueError) as error:
            raise ConfigError(
                "secret.key", f"the key of the secrets cannot be read: {path.name}",
                hint=f"It is in {KEY_VARIABLE}, in the file that {KEY_FILE_VARIABLE} names, or in {KEY_FILE}.",
            ) from error  # fmt: skip
        if len(key) != KEY_BYTES:
            raise ConfigError("secret.key", f"the key of the secrets is not {KEY_BYTES} bytes in base64url")
        return key

    def _read(self) -> dict[str, str]:
        path = self.data_dir / STORE_FILE
        try:
            document: Any = json.loads(path.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise ConfigError("secret.store", f"{path} cannot be read", hint="Put back a copy of it.") from error
        if not isinstance(document, dict) or not isinstance(document.get("secrets"), dict):
            raise ConfigError("secret.store", f"{path} is no store of secrets", hint="Put back a copy of it.")
        if document.get("version") != VERSION:
            raise ConfigError("secret.store", f"{path} was written by a newer agent", hint="Update this one.")
        return {str(name): str(entry) for name, entry in document["secrets"].items()}

    def _write(self, entries: dict[str, str]) -> None:
        document = {"version": VERSION, "secrets": dict(sorted(entries.items()))}
        try:
            write_private(self.data_dir / STORE_FILE, json.dumps(document, indent=1).encode() + b"\n")
        except OSError as error:
            raise InterlockError("secret.write", f"{self.data_dir / STORE_FILE} cannot be written: {error}") from error
