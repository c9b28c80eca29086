"""The agent's client certificate: a key made here, a request for it, and where both are kept.

The key never leaves this machine. Key and certificate are one file, replaced as a whole: no moment has the one
without the other. `cryptography` is loaded only when a request is made: most of the time nothing here needs it.
"""

from __future__ import annotations

import base64
import json
import ssl
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from edge_agent.private_file import write_private
from schemas.errors import ConfigError, ConnectError

ACCESS_FOLDER: Final = "access"
CLIENT_FILE: Final = "broker_client.pem"
STATE_FILE: Final = "enrolment.json"
VERSION: Final = 1
#: See the platform's `agent_certificates`.
PROOF_PREFIX: Final = b"interlock certificate renewal\n"


@dataclass(frozen=True, slots=True)
class Enrolled:
    """Where this agent was enrolled, and the life of its certificate, s since 1970. `ca_file`: "" for public CAs."""

    platform: str
    ca_file: str
    begins_s: int
    ends_s: int

    def is_due(self, now_s: float) -> bool:
        """Whether less than a third of its life is left."""
        return now_s >= self.ends_s - (self.ends_s - self.begins_s) / 3


def new_request(name: str) -> tuple[str, str]:
    """A new key and the request for a certificate of it, both PEM."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    asked = x509.CertificateSigningRequestBuilder(subject).sign(key, hashes.SHA256())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private.decode(), asked.public_bytes(serialization.Encoding.PEM).decode()


def present(folder: Path) -> tuple[str, str]:
    """The present key and certificate (PEM) in `folder`. Raises ConfigError where they cannot be read."""
    path = folder / CLIENT_FILE
    try:
        text = path.read_text("ascii")
        key, mark, certificate = text.partition("-----BEGIN CERTIFICATE-----")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError("enrol.certificate", f"{path} cannot be read: {error}", hint=_AGAIN) from error
    if not mark:
        raise ConfigError("enrol.certificate", f"{path} holds no certificate", hint=_AGAIN)
    return key, mark + certificate


def proof(key_pem: str, request: str) -> str:
    """The request signed with the present key, base64. Raises ConfigError where it is no such key."""
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    try:
        key = serialization.load_pem_private_key(key_pem.encode(), None)
    except (ValueError, TypeError) as error:
        raise ConfigError("enrol.certificate", f"the key in {CLIENT_FILE} cannot be read", hint=_AGAIN) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ConfigError("enrol.certificate", f"the key in {CLIENT_FILE} is not one of ours", hint=_AGAIN)
    return base64.b64encode(key.sign(PROOF_PREFIX + request.encode(), ec.ECDSA(hashes.SHA256()))).decode()


def keep(folder: Path, key: str, certificate: str, platform: str, ca_file: str) -> Enrolled:
    """Writes key and certificate, then what is known of them. Raises OSError, ConnectError for another one."""
    from cryptography import x509

    try:
        found = x509.load_pem_x509_certificate(certificate.encode())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        probe = folder / f".{CLIENT_FILE}.probe"
        write_private(probe, (key + certificate).encode())
        context.load_cert_chain(probe)  # a certificate of another key would lock the agent out
        probe.replace(folder / CLIENT_FILE)
    except (ValueError, ssl.SSLError) as error:
        raise ConnectError("enrol.answer", "the certificate that the platform gave is not one of our key") from error
    begins, ends = (int(one.timestamp()) for one in (found.not_valid_before_utc, found.not_valid_after_utc))
    state = Enrolled(platform, ca_file, begins, ends)
    write_private(folder / STATE_FILE, (json.dumps({"version": VERSION, **asdict(state)}) + "\n").encode())
    return state


def enrolled(folder: Path) -> Enrolled | None:
    """What is known of the certificate in `folder`; None where there is none. Raises ConfigError."""
    path = folder / STATE_FILE
    try:
        document = json.loads(path.read_text("utf-8"))
        if document.pop("version") != VERSION:
            raise ConfigError("enrol.state", f"{path} was written by a newer Interlock")
        return Enrolled(
            str(document["platform"]), str(document["ca_file"]), int(document["begins_s"]), int(document["ends_s"])
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigError("enrol.state", f"{path} cannot be read: {error!r}", hint=_AGAIN) from error


_AGAIN: Final = "Enrol the agent again: edge-agent enrol."
