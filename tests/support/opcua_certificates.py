"""Certificates for tests: sound ones, and each kind of bad one."""

import datetime as dt
import ipaddress
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SERVER = "urn:test:server"
OURS = "urn:interlock:edge-agent"
NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)
DAY = dt.timedelta(days=1)
USAGE = dict.fromkeys(
    (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    ),
    False,
)  # fmt: skip
APPLICATION = USAGE | {"digital_signature": True, "key_encipherment": True, "data_encipherment": True}
AUTHORITY = USAGE | {"key_cert_sign": True, "crl_sign": True}


def key(who, bits=2048):
    return made(who, bits)


@cache
def made(_who, bits):
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def certificate(
    who="server", issuer=None, *, signer=None, uri=SERVER, host="127.0.0.1", start=-DAY, end=DAY, bits=2048,
    usage=APPLICATION, purpose=ExtendedKeyUsageOID.SERVER_AUTH, ca=False, path_length=None, signer_bits=2048,
):  # fmt: skip
    builder = x509.CertificateBuilder(
        name(issuer or who), name(who), key(who, bits).public_key(), x509.random_serial_number(), NOW + start, NOW + end
    )
    names = [x509.UniformResourceIdentifier(uri), x509.IPAddress(ipaddress.ip_address(host))]
    for extension in (
        x509.SubjectAlternativeName(names),
        x509.KeyUsage(**usage),
        x509.BasicConstraints(ca, path_length),
        x509.ExtendedKeyUsage([purpose]),
    ):
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(key(signer or issuer or who, bits if issuer is None else signer_bits), hashes.SHA256())


def with_sha1(one, signer):
    """The certificate signed with SHA-1 by `signer`'s key. No library makes such a one any more: its two algorithm
    identifiers are changed, the rest signed anew."""
    sha256, sha1 = (bytes.fromhex(f"06092a864886f70d0101{last}") for last in ("0b", "05"))
    body = one.tbs_certificate_bytes.replace(sha256, sha1)
    signature = key(signer).sign(body, padding.PKCS1v15(), hashes.SHA1())
    whole = one.public_bytes(serialization.Encoding.DER)
    whole = whole.replace(one.tbs_certificate_bytes, body).replace(sha256, sha1).replace(one.signature, signature)
    return x509.load_der_x509_certificate(whole)


def authority(who="root", issuer=None, **more):
    return certificate(who, issuer, usage=AUTHORITY, ca=True, **more)


def revoking(*certificates, issuer="root", signer=None):
    builder = x509.CertificateRevocationListBuilder(name(issuer), NOW - DAY, NOW + DAY)
    for one in certificates:
        builder = builder.add_revoked_certificate(x509.RevokedCertificateBuilder(one.serial_number, NOW - DAY).build())
    return builder.sign(key(signer or issuer), hashes.SHA256())


def der(one):
    return one.public_bytes(serialization.Encoding.DER)


def write_pair(folder, who, one):
    folder.mkdir()
    (folder / "cert.der").write_bytes(der(one))
    (folder / "key.pem").write_bytes(
        key(who, one.public_key().key_size).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
