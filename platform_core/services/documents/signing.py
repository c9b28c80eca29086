"""Keys of publishers, and signatures (ed25519) over a package's manifest."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from platform_core.services.refusals import refusal

#: Put before what is signed, so that a signature made for something else never fits.
_PURPOSE = b"interlock-package-1\n"
KEY_TEXT_MAX = 2000


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A publisher's public key, 32 bytes."""

    raw: bytes

    @property
    def key_id(self) -> str:
        """SHA-256 of the key, in hex."""
        return hashlib.sha256(self.raw).hexdigest()

    @property
    def fingerprint(self) -> str:
        """The same in groups of four, to be read out and compared."""
        return " ".join(self.key_id[at : at + 4] for at in range(0, len(self.key_id), 4))

    @property
    def text(self) -> str:
        """As it is written in files and lists: base64."""
        return base64.b64encode(self.raw).decode()

    @classmethod
    def parse(cls, text: str) -> PublicKey:
        """From base64 or PEM. Raises ``ConfigError`` (``key.public``)."""
        stripped = text.strip()
        try:
            if len(stripped) > KEY_TEXT_MAX:
                raise ValueError
            if stripped.startswith("-----"):
                loaded = serialization.load_pem_public_key(stripped.encode())
                if not isinstance(loaded, Ed25519PublicKey):
                    raise ValueError
                return cls(loaded.public_bytes_raw())
            raw = base64.b64decode(stripped, validate=True)
            Ed25519PublicKey.from_public_bytes(raw)
        except (ValueError, binascii.Error, UnsupportedAlgorithm) as error:
            raise refusal("key.public") from error
        return cls(raw)

    def verifies(self, content: bytes, signature: str) -> bool:
        """Whether this key made the signature (base64) of the content."""
        try:
            key = Ed25519PublicKey.from_public_bytes(self.raw)
            key.verify(base64.b64decode(signature, validate=True), _PURPOSE + content)
        except (InvalidSignature, ValueError, binascii.Error):
            return False
        return True


class PrivateKey:
    """A publisher's private key."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    @classmethod
    def generate(cls) -> PrivateKey:
        """A new key."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def parse(cls, pem: bytes) -> PrivateKey:
        """From PEM. Raises ``ConfigError`` (``key.private``)."""
        try:
            loaded = serialization.load_pem_private_key(pem, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise refusal("key.private/read") from error
        if not isinstance(loaded, Ed25519PrivateKey):
            raise refusal("key.private/kind")
        return cls(loaded)

    @property
    def pem(self) -> bytes:
        """As it is kept in a file, for its owner alone."""
        return self._key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    @property
    def public(self) -> PublicKey:
        """What others get."""
        return PublicKey(self._key.public_key().public_bytes_raw())

    def sign(self, content: bytes) -> str:
        """A signature in base64."""
        return base64.b64encode(self._key.sign(_PURPOSE + content)).decode()
