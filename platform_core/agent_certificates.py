"""Client certificates of agents: a CA of this installation that signs what agents ask for when they are enrolled.

The agent makes its key itself and it never leaves it. A certificate is of one enrolment: its subject names the tenant
(O), the edge (OU), the broker's user (CN) and the time of the enrolment (serialNumber), so that enrolling again, or
revoking, ends the renewal of all earlier ones. The CA's key is in a folder of its owner alone, apart from the
platform's data.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from platform_core.auth.clock import Clock, now_us
from platform_core.broker_certificates import DAY, RENEW_DAYS, SERVER_DAYS, Authority, key_text, pem
from platform_core.private_file import write_private
from schemas.errors import AuthError, ConfigError

AGENT_DAYS: Final = 90
#: What the holder of the present key signs, before the request: nothing else is ever signed with it in this form.
PROOF_PREFIX: Final = b"interlock certificate renewal\n"
CURVES: Final = (ec.SECP256R1, ec.SECP384R1)


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom a certificate is for. `enrolled_ts`: µs UTC."""

    tenant: str
    edge: str
    user: str
    enrolled_ts: int


class AgentCertificates:
    """Signs and judges; `folder` holds `agents_ca.pem` and its key, made where they are missing."""

    def __init__(self, folder: Path, clock: Clock = now_us) -> None:
        self._folder = folder
        self._authority = Authority(folder, "agents_ca", "Interlock agents CA")
        self._clock = clock

    @property
    def ca_file(self) -> Path:
        """What a broker checks agents' certificates with."""
        return self._authority.ca_file

    def prepare(self) -> None:
        """Makes the CA where there is none. Raises OSError, ValueError."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._authority.load()

    def sign(self, request: str, holder: Holder) -> str:
        """The certificate (PEM) for a request (PEM, PKCS #10); of the request only the key counts.

        Raises ConfigError (`enrol.csr`) for a request that cannot be taken.
        """
        name = x509.Name(
            [
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, holder.tenant),
                x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, holder.edge),
                x509.NameAttribute(NameOID.COMMON_NAME, holder.user),
                x509.NameAttribute(NameOID.SERIAL_NUMBER, str(holder.enrolled_ts)),
            ]
        )
        return self._signed(name, _key_of(request), AGENT_DAYS)

    def renewed(self, certificate: str, request: str, proof: str) -> Holder:
        """Whose certificate it is that asks for the next one. `proof`: the request signed with the present key, base64.

        Raises AuthError (`enrol.renewal`) where any of it does not hold.
        """
        try:
            found = x509.load_pem_x509_certificate(certificate.encode())
            found.verify_directly_issued_by(self._authority.load()[1])
            key = found.public_key()
            if not isinstance(key, ec.EllipticCurvePublicKey):
                raise ValueError("a key of another kind")
            signed = PROOF_PREFIX + request.encode()
            key.verify(base64.b64decode(proof, validate=True), signed, ec.ECDSA(hashes.SHA256()))
            holder = _holder(found)
        except (ValueError, TypeError, InvalidSignature, binascii.Error) as error:
            raise _refused("This certificate is not one of this platform, or its key is another's.") from error
        now = self._now()
        if not found.not_valid_before_utc <= now < found.not_valid_after_utc:
            raise _refused("This certificate has ended.")
        return holder

    def own(self, user: str) -> Path:
        """Key and certificate of a part of this machine (one PEM file), made anew when it ends within 60 days."""
        path = self._folder / f"client_{user}.pem"
        if not self._lasts(path):
            key = ec.generate_private_key(ec.SECP256R1())
            name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, user)])
            write_private(path, key_text(key) + self._signed(name, key.public_key(), SERVER_DAYS))
        return path

    def _lasts(self, path: Path) -> bool:
        if not path.is_file():
            return False
        found = x509.load_pem_x509_certificate(path.read_bytes())
        ca = self._authority.load()[1]
        return found.issuer == ca.subject and found.not_valid_after_utc > self._now() + RENEW_DAYS * DAY

    def _signed(self, name: x509.Name, key: ec.EllipticCurvePublicKey, days: int) -> str:
        ca_key, ca = self._authority.load()
        now = self._now()
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key())
        made = (
            x509.CertificateBuilder(ca.subject)
            .subject_name(name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(hours=1))
            .not_valid_after(now + days * DAY)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
            .add_extension(issuer, critical=False)
            .sign(ca_key, hashes.SHA256())
        )
        return pem(made)

    def _now(self) -> dt.datetime:
        return dt.datetime.fromtimestamp(self._clock() / 1e6, dt.UTC)


def agent_certificates(folder: Path | None) -> AgentCertificates | None:
    """What signs agents' certificates; None where they get none. Raises ConfigError when its CA cannot be used."""
    if folder is None:
        return None
    made = AgentCertificates(folder)
    try:
        made.prepare()
    except (OSError, ValueError) as error:
        raise ConfigError("settings.agent_ca", f"The agents' CA cannot be used: {error}.") from error
    return made


def _key_of(request: str) -> ec.EllipticCurvePublicKey:
    try:
        asked = x509.load_pem_x509_csr(request.encode())
        key = asked.public_key()
        if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, CURVES) and asked.is_signature_valid:
            return key
    except (ValueError, TypeError, InvalidSignature):
        pass
    raise ConfigError(
        "enrol.csr", "The request for a certificate cannot be taken.", hint="A PKCS #10 request with a key on P-256."
    )


def _holder(certificate: x509.Certificate) -> Holder:
    def one(oid: x509.ObjectIdentifier) -> str:
        (found,) = certificate.subject.get_attributes_for_oid(oid)
        return str(found.value)

    return Holder(
        one(NameOID.ORGANIZATION_NAME), one(NameOID.ORGANIZATIONAL_UNIT_NAME), one(NameOID.COMMON_NAME),
        int(one(NameOID.SERIAL_NUMBER)),
    )  # fmt: skip


def _refused(message: str) -> AuthError:
    return AuthError("enrol.renewal", message, hint="Enrol the agent again: Health, Bring in an agent.")
