"""OPC UA servers whose certificate, policy or user is wrong: the doctor says which and what to do."""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

import asyncua
import pytest
from asyncua.crypto.permission_rules import User, UserRole
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from edge_agent.commissioning.doctor import examine
from edge_agent.commissioning.findings import Finding
from schemas.models.connection import ConnectionConfig

ua: Any = asyncua.ua
SERVER = "urn:test:server"
DAY = dt.timedelta(days=1)


@cache
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65_537, key_size=2048)


def certificate(*, start: dt.timedelta = -DAY, end: dt.timedelta = DAY, host: str = "127.0.0.1") -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "server")])
    now = dt.datetime.now(dt.UTC)
    names = [x509.UniformResourceIdentifier(SERVER), x509.IPAddress(ipaddress.ip_address(host))]
    usage = dict.fromkeys(
        ("content_commitment", "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"), False
    )
    return (
        x509.CertificateBuilder(name, name, key().public_key(), x509.random_serial_number(), now + start, now + end)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(
            x509.KeyUsage(digital_signature=True, key_encipherment=True, data_encipherment=True, **usage),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key(), hashes.SHA256())
    )


class OneUser:
    def get_user(self, _server: Any, username: Any = None, password: Any = None, certificate: Any = None) -> Any:
        return User(role=UserRole.User) if (username, password) == ("reader", "secret") else None


@asynccontextmanager
async def server(folder: Path, own: x509.Certificate, *, secure: bool = True) -> AsyncIterator[int]:
    (folder / "cert.der").write_bytes(own.public_bytes(serialization.Encoding.DER))
    plain = serialization.NoEncryption()
    pem = key().private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    (folder / "key.pem").write_bytes(pem)
    one: Any = asyncua.Server(user_manager=OneUser())  # type: ignore[arg-type]
    await one.init()
    await one.set_application_uri(SERVER)
    one.set_endpoint("opc.tcp://127.0.0.1:0/plant/")
    one.disable_clock()
    await one.load_certificate(str(folder / "cert.der"))
    await one.load_private_key(str(folder / "key.pem"))
    types = ua.SecurityPolicyType
    one.set_security_policy([types.Basic256Sha256_SignAndEncrypt if secure else types.NoSecurity])
    await one.start()
    try:
        yield one.bserver._server.sockets[0].getsockname()[1]
    finally:
        await one.stop()


async def problems(port: int, **config: Any) -> list[Finding]:
    settings = {"endpoint": f"opc.tcp://127.0.0.1:{port}/plant/", "timeout_ms": 3000, **config}
    one = ConnectionConfig.model_validate({"id": "machine", "driver": "opcua", "config": settings})
    return [found for found in await examine(one) if found.severity != "ok"]


@pytest.fixture
def trust(tmp_path: Path) -> Path:
    folder = tmp_path / "trust"
    (folder / "trusted").mkdir(parents=True)
    return folder


def secured(trust: Path, **more: Any) -> dict[str, Any]:
    (trust / "password").write_text("secret")
    return {
        "security_policy": "Basic256Sha256", "trust_folder": str(trust), "username": "reader",
        "password_file": str(trust / "password"), **more,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("own", "trusted", "code", "step"),
    [
        ({}, False, "opcua.certificate_untrusted", "edge-agent trust add"),
        ({"start": -2 * DAY, "end": -DAY}, True, "opcua.certificate_expired", "new certificate"),
        ({"start": DAY, "end": 2 * DAY}, True, "opcua.certificate_clock", "clock"),
        ({"host": "10.0.0.9"}, True, "opcua.certificate_host", "host of the certificate in endpoint"),
        ({}, True, "", ""),
    ],
)
async def test_certificates(
    own: dict[str, Any], trusted: bool, code: str, step: str, tmp_path: Path, trust: Path
) -> None:
    made = certificate(**own)
    if trusted:
        (trust / "trusted" / "server.der").write_bytes(made.public_bytes(serialization.Encoding.DER))
    async with server(tmp_path, made) as port:
        found = await problems(port, **secured(trust))
    assert [one.code for one in found] == ([code] if code else [])
    assert all(step in one.next_step for one in found)


async def test_a_policy_the_server_does_not_have_and_the_ones_it_has(tmp_path: Path, trust: Path) -> None:
    async with server(tmp_path, certificate()) as port:
        [found] = await problems(port, **secured(trust, security_policy="Aes256Sha256RsaPss"))
    assert (found.code, found.evidence) == ("opcua.policy", "the server offers: Basic256Sha256 SignAndEncrypt")


async def test_a_user_that_is_refused(tmp_path: Path, trust: Path) -> None:
    made = certificate()
    (trust / "trusted" / "server.der").write_bytes(made.public_bytes(serialization.Encoding.DER))
    settings = secured(trust)
    (trust / "password").write_text("wrong")
    async with server(tmp_path, made) as port:
        [found] = await problems(port, **settings)
        [nobody] = await problems(
            port, **{key: value for key, value in settings.items() if key not in ("username", "password_file")}
        )
    assert (found.code, "reader" in found.next_step) == ("opcua.user", True)
    assert "wrong" not in found.next_step + found.evidence + found.what
    assert (nobody.code, "no anonymous user" in nobody.next_step) == ("opcua.user", True)
