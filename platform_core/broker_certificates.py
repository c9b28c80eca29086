"""The broker's own certificates, for agents on other machines: a CA of this installation, and the server it signs.

The CA is made once and kept in `secrets/` (0600); agents get its certificate when they are enrolled. The server's
certificate is made anew at a start when it is for other names or ends within 60 days.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from platform_core.private_file import write_private

DAY = dt.timedelta(days=1)
CA_DAYS = 3650
SERVER_DAYS = 800
RENEW_DAYS = 60
LOCAL_NAMES = ("127.0.0.1", "localhost")


class Authority:
    """The CA in a folder: `broker_ca.pem` and its key; files readable by their owner alone."""

    def __init__(self, folder: Path, stem: str = "broker_ca", title: str = "Interlock broker CA") -> None:
        self._folder = folder
        self._title = title
        self.ca_file = folder / f"{stem}.pem"
        self._key_file = folder / f"{stem}.key"

    def server(self, host: str) -> tuple[Path, Path]:
        """Certificate and key of the broker for this host and for the machine itself. Raises OSError, ValueError."""
        ca_key, ca = self.load()
        cert_file, key_file = self._folder / "broker_tls.pem", self._folder / "broker_tls.key"
        names = [host, *LOCAL_NAMES]
        if not (key_file.is_file() and _is_good(cert_file, ca, names)):
            key = ec.generate_private_key(ec.SECP256R1())
            write_private(key_file, key_text(key))
            write_private(cert_file, pem(_server(key, ca_key, ca, names)))
        return cert_file, key_file

    def load(self) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
        """The CA's key and certificate, made where they are missing. Raises OSError, ValueError."""
        key_file = self._key_file
        if not (key_file.is_file() and self.ca_file.is_file()):
            key = ec.generate_private_key(ec.SECP256R1())
            write_private(key_file, key_text(key))
            write_private(self.ca_file, pem(_ca(key, self._title)))
        loaded = serialization.load_pem_private_key(key_file.read_bytes(), None)
        if not isinstance(loaded, ec.EllipticCurvePrivateKey):
            raise ValueError(f"{key_file} is not a key of ours")
        return loaded, x509.load_pem_x509_certificate(self.ca_file.read_bytes())


def _is_good(path: Path, ca: x509.Certificate, names: list[str]) -> bool:
    if not path.is_file():
        return False
    found = x509.load_pem_x509_certificate(path.read_bytes())
    told = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    late = found.not_valid_after_utc < dt.datetime.now(dt.UTC) + RENEW_DAYS * DAY
    return not late and found.issuer == ca.subject and list(told) == [_general(name) for name in names]


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _ca(key: ec.EllipticCurvePrivateKey, title: str) -> x509.Certificate:
    serial = x509.random_serial_number()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{title} {serial:x}"[:40])])
    now = dt.datetime.now(dt.UTC)
    usage = x509.KeyUsage(
        digital_signature=False, key_cert_sign=True, crl_sign=True, content_commitment=False, key_encipherment=False,
        data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    return (
        x509.CertificateBuilder(name, name, key.public_key(), serial)
        .not_valid_before(now - DAY)
        .not_valid_after(now + CA_DAYS * DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _server(
    key: ec.EllipticCurvePrivateKey, ca_key: ec.EllipticCurvePrivateKey, ca: x509.Certificate, names: list[str]
) -> x509.Certificate:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder(ca.subject)
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Interlock broker")]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - DAY)
        .not_valid_after(now + SERVER_DAYS * DAY)
        .add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )


def pem(certificate: x509.Certificate) -> str:
    """As text."""
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def key_text(key: ec.EllipticCurvePrivateKey) -> str:
    """As text, without a password."""
    plain = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain).decode()
