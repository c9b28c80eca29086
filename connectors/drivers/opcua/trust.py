"""Whether a server's certificate is to be believed: what it says of itself, and who vouches for it.

The checks are those of OPC 10000-4, 6.1.3 ("Determining if a Certificate is trusted"). A trust folder has
`trusted` (servers, or authorities whose servers are all believed), `issuers` (authorities between, believed only
below a trusted one), `crl` (lists of revoked certificates) and `rejected`, where refused certificates are kept
so that a person can look at them and move them to `trusted`.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from schemas.errors import ConfigError

__all__ = ["CertificateRefused", "TrustFolder", "check_server", "put_aside", "read_trust", "split_chain", "thumbprint"]

_Kind = TypeVar("_Kind", bound=x509.ExtensionType)
_CHAIN_MAX = 6
_FILE_BYTES_MAX = 1 << 20
_KEY_BITS_MIN = 2048
_WEAK = (hashes.MD5, hashes.SHA1)
_RENEW = "Give the server a new certificate, then trust that one."
_ISSUER = "its issuer's certificate"
_CLOCK = "Compare the clocks of this machine and of the server."


class CertificateRefused(Exception):
    """Why a certificate is refused, and the next step. `keep` says whether it may be put aside to be trusted."""

    def __init__(self, reason: str, hint: str, *, keep: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint
        self.keep = keep


@dataclass(frozen=True, slots=True)
class TrustFolder:
    """What is believed, as read from a trust folder."""

    trusted: tuple[x509.Certificate, ...] = ()
    issuers: tuple[x509.Certificate, ...] = ()
    revoked: tuple[x509.CertificateRevocationList, ...] = ()


def thumbprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the certificate in hexadecimal, as certificate viewers show it."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def read_trust(folder: Path) -> TrustFolder:
    """Every certificate and revocation list of the folder. Raises ConfigError, naming the file that is none."""
    if not folder.is_dir():
        raise ConfigError(
            "opcua.trust",
            f"there is no folder {folder}",
            hint="Make it; servers to trust go into its folder 'trusted'.",
        )
    return TrustFolder(
        tuple(_certificate(path) for path in _files(folder / "trusted")),
        tuple(_certificate(path) for path in _files(folder / "issuers")),
        tuple(_revocations(path) for path in _files(folder / "crl")),
    )


def split_chain(data: bytes) -> list[x509.Certificate]:
    """The certificates of a chain, the server's own first. Raises CertificateRefused where it cannot be read."""
    found: list[x509.Certificate] = []
    rest = data
    try:
        while rest and len(found) < _CHAIN_MAX:
            end = _element_end(rest)
            found.append(x509.load_der_x509_certificate(rest[:end]))
            rest = rest[end:]
    except (ValueError, IndexError) as error:
        raise CertificateRefused("it cannot be read", _RENEW) from error
    if not found or rest:
        raise CertificateRefused("it is missing" if not found else "its chain is too long", _RENEW)
    return found


def check_server(
    chain: Sequence[x509.Certificate], trust: TrustFolder, application_uri: str, host: str, now: datetime
) -> None:
    """Raises CertificateRefused unless the first of the chain is a sound certificate of this server and vouched for.

    `host` is what the endpoint's address names; `now` has a time zone.
    """
    own = chain[0]
    try:
        _check_time(own, now, "it")
        _check_strength(own, "it")
        _check_usage(own)
        _check_names(own, application_uri, host)
        _check_issuers(chain, trust, now)
    except ValueError as error:  # an extension that is there but cannot be read
        raise CertificateRefused("an extension of it cannot be read", _RENEW) from error


def _check_time(certificate: x509.Certificate, now: datetime, what: str) -> None:
    if now < certificate.not_valid_before_utc:
        raise CertificateRefused(
            f"{what} is not valid before {certificate.not_valid_before_utc:%Y-%m-%d %H:%M} UTC", _CLOCK
        )
    if now > certificate.not_valid_after_utc:
        raise CertificateRefused(f"{what} expired on {certificate.not_valid_after_utc:%Y-%m-%d %H:%M} UTC", _RENEW)


def _check_strength(certificate: x509.Certificate, what: str) -> None:
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise CertificateRefused(f"{what} has a key that is not of RSA, as the security policies need", _RENEW)
    if key.key_size < _KEY_BITS_MIN:
        raise CertificateRefused(f"{what} has a key of {key.key_size} bits, {_KEY_BITS_MIN} are needed", _RENEW)
    if isinstance(certificate.signature_hash_algorithm, _WEAK):
        raise CertificateRefused(
            f"{what} is signed with {certificate.signature_hash_algorithm.name}, which is broken", _RENEW
        )


def _check_usage(certificate: x509.Certificate) -> None:
    usage = _extension(certificate, x509.KeyUsage)
    if usage is None or not (usage.digital_signature and (usage.key_encipherment or usage.data_encipherment)):
        raise CertificateRefused("its key usage does not allow signing and encrypting", _RENEW)
    extended = _extension(certificate, x509.ExtendedKeyUsage)
    if extended is None or ExtendedKeyUsageOID.SERVER_AUTH not in extended:
        raise CertificateRefused("its extended key usage does not allow a server", _RENEW)


def _check_names(certificate: x509.Certificate, application_uri: str, host: str) -> None:
    names = _extension(certificate, x509.SubjectAlternativeName)
    uris = names.get_values_for_type(x509.UniformResourceIdentifier) if names is not None else []
    if uris != [application_uri]:
        raise CertificateRefused(
            f"it is for the application {', '.join(uris) or '(none)'}, the server calls itself {application_uri}",
            "Set the server's ApplicationURI to the URI in its certificate, or renew the certificate.",
        )
    hosts = [name.lower() for name in names.get_values_for_type(x509.DNSName)] if names is not None else []
    addresses = names.get_values_for_type(x509.IPAddress) if names is not None else []
    try:
        known = ipaddress.ip_address(host) in addresses
    except ValueError:
        known = host.lower() in hosts
    if not known:
        listed = ", ".join([*hosts, *map(str, addresses)]) or "(none)"
        raise CertificateRefused(
            f"it is for the host {listed}, the endpoint names {host}",
            "Write a host of the certificate in endpoint, or renew the certificate with this one.",
        )


def _check_issuers(chain: Sequence[x509.Certificate], trust: TrustFolder, now: datetime) -> None:
    """Climbs from the server's certificate until somebody trusted is met."""
    candidates = (*trust.trusted, *trust.issuers, *chain[1:])
    current = chain[0]
    believed = current in trust.trusted
    for below in range(_CHAIN_MAX):
        issuer = next((one for one in candidates if _issued(current, one)), None)
        _check_revoked(current, issuer, trust)
        if believed:
            return
        if issuer is None or issuer == current:
            alone = current.subject == current.issuer
            who = "it is self-signed and not trusted" if alone and below == 0 else "its issuer is not trusted"
            raise CertificateRefused(who, "If it is the right server, trust it.", keep=True)
        _check_time(issuer, now, _ISSUER)
        _check_strength(issuer, _ISSUER)
        _check_authority(issuer, below)
        current, believed = issuer, issuer in trust.trusted
    raise CertificateRefused("its chain is too long", _RENEW)


def _check_authority(issuer: x509.Certificate, below: int) -> None:
    basic = _extension(issuer, x509.BasicConstraints)
    usage = _extension(issuer, x509.KeyUsage)
    short = basic is not None and basic.path_length is not None and basic.path_length < below
    if basic is None or not basic.ca or short or (usage is not None and not usage.key_cert_sign):
        raise CertificateRefused("its issuer may not issue certificates", _RENEW)


def _check_revoked(certificate: x509.Certificate, issuer: x509.Certificate | None, trust: TrustFolder) -> None:
    for revoked in trust.revoked:
        if revoked.issuer != certificate.issuer:
            continue
        key = issuer.public_key() if issuer is not None else None
        if not isinstance(key, rsa.RSAPublicKey) or not revoked.is_signature_valid(key):
            # A list that may be forged proves nothing, and to go on without it would be to fall back.
            raise CertificateRefused(
                "the revocation list of its issuer cannot be verified", "Put the issuer's certificate into 'issuers'."
            )
        if revoked.get_revoked_certificate_by_serial_number(certificate.serial_number) is not None:
            raise CertificateRefused("it was revoked by its issuer", _RENEW)


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _extension(certificate: x509.Certificate, kind: type[_Kind]) -> _Kind | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _element_end(data: bytes) -> int:
    """Length of the first DER element, its head included."""
    first = data[1]
    if first < 0x80:
        return 2 + first
    size = first & 0x7F
    return 2 + size + int.from_bytes(data[2 : 2 + size], "big")


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_FILE_BYTES_MAX + 1)
    except OSError as error:
        raise ConfigError("opcua.trust", f"{path} cannot be read: {error.strerror}") from error
    if len(data) > _FILE_BYTES_MAX:
        raise ConfigError("opcua.trust", f"{path} is larger than 1 MiB", hint="Take it out of the trust folder.")
    return data


def _certificate(path: Path) -> x509.Certificate:
    data = _content(path)
    try:
        return x509.load_pem_x509_certificate(data) if b"-----BEGIN" in data else x509.load_der_x509_certificate(data)
    except ValueError as error:
        raise ConfigError(
            "opcua.trust", f"{path} is no certificate", hint="Take it out of the trust folder."
        ) from error


def _revocations(path: Path) -> x509.CertificateRevocationList:
    data = _content(path)
    try:
        return x509.load_pem_x509_crl(data) if b"-----BEGIN" in data else x509.load_der_x509_crl(data)
    except ValueError as error:
        raise ConfigError("opcua.trust", f"{path} is no revocation list", hint="Take it out of 'crl'.") from error


def put_aside(certificate: x509.Certificate, folder: Path) -> Path:
    """Keeps a refused certificate in `rejected`, readable by its owner alone; the oldest beyond 50 go."""
    rejected = folder / "rejected"
    rejected.mkdir(mode=0o700, exist_ok=True)
    path = rejected / f"{thumbprint(certificate)}.der"
    if not path.exists():
        older = sorted(_files(rejected), key=lambda one: one.stat().st_mtime)
        for surplus in older[: max(0, len(older) - 49)]:
            surplus.unlink(missing_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(certificate.public_bytes(Encoding.DER))
    return path
