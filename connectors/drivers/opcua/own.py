"""Our own application certificate, made on first use where none is configured (OPC 10000-6, 6.2.2)."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from schemas.errors import ConfigError

__all__ = ["OwnCertificate", "own_certificate"]

_YEARS = 10
_AGAIN = "Remove it for a new one, and trust the new one at each server."


@dataclass(frozen=True, slots=True)
class OwnCertificate:
    """Certificate (DER) and private key (PEM)."""

    certificate: bytes
    private_key: bytes


def own_certificate(folder: Path, application_uri: str) -> OwnCertificate:
    """What `own/application.pem` of the trust folder holds; made where it is not there. Takes a second then.

    `own/application.der` is the certificate alone, to be trusted at the server. Raises ConfigError where the
    file cannot be used: a key that servers know is never replaced by itself.
    """
    path = folder / "own" / "application.pem"
    try:
        if not path.exists():
            _make(path, application_uri)
        data = path.read_bytes()
        exposed = os.name == "posix" and path.stat().st_mode & 0o077
    except OSError as error:
        raise ConfigError("opcua.own", f"{path} cannot be made or read: {error.strerror}") from error
    if exposed:
        raise ConfigError("opcua.own", f"{path} is open to other users", hint=f"It holds our key: chmod 600 {path}")
    try:
        certificate = x509.load_pem_x509_certificate(data)
        key = load_pem_private_key(data, None)
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, TypeError, x509.ExtensionNotFound) as error:
        raise ConfigError("opcua.own", f"{path} holds no certificate with its key", hint=_AGAIN) from error
    if key.public_key() != certificate.public_key():
        raise ConfigError("opcua.own", f"{path}: the key is not the certificate's", hint=_AGAIN)
    if names.get_values_for_type(x509.UniformResourceIdentifier) != [application_uri]:
        raise ConfigError("opcua.own", f"{path} is not for application_uri {application_uri}", hint=_AGAIN)
    if datetime.now(UTC) > certificate.not_valid_after_utc:
        raise ConfigError("opcua.own", f"{path} has expired", hint=_AGAIN)
    return OwnCertificate(
        certificate.public_bytes(Encoding.DER), key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )


def _make(path: Path, application_uri: str) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    certificate = _signed(key, application_uri)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    new = path.with_suffix(f".{os.urandom(8).hex()}.new")
    try:
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(private + certificate.public_bytes(Encoding.PEM))
            file.flush()
            os.fsync(file.fileno())
        try:
            # A link fails where the name is taken: of two connections that start together one makes the file.
            os.link(new, path)
        except FileExistsError:
            return
        path.with_suffix(".der").write_bytes(certificate.public_bytes(Encoding.DER))
    finally:
        new.unlink(missing_ok=True)


def _signed(key: rsa.RSAPrivateKey, application_uri: str) -> x509.Certificate:
    host = socket.gethostname()[:64] or "localhost"
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Interlock edge agent {host}"[:64])])
    start = datetime.now(UTC) - timedelta(hours=1)  # a server's clock may be behind ours
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=True, data_encipherment=True,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    names = [x509.UniformResourceIdentifier(application_uri), x509.DNSName(host)]
    return (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=365 * _YEARS))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
