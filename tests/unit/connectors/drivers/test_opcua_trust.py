"""Certificates of OPC UA servers: each bad case is refused by its own reason, and none before it is sound passes."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml
from asyncua import Server, ua
from asyncua.crypto.permission_rules import User, UserRole
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import ExtendedKeyUsageOID

from connectors.drivers.opcua.own import own_certificate
from connectors.drivers.opcua.trust import CertificateRefused, TrustFolder, check_server, read_trust, split_chain
from connectors.registry import configure
from schemas.errors import AuthError, ConfigError
from schemas.models.agent import AgentConfig
from tests.support.opcua_certificates import (
    APPLICATION,
    AUTHORITY,
    DAY,
    NOW,
    OURS,
    SERVER,
    authority,
    certificate,
    der,
    revoking,
    write_pair,
)


def check(chain, trusted=(), issuers=(), revoked=(), uri=SERVER, host="127.0.0.1"):
    check_server(chain, TrustFolder(tuple(trusted), tuple(issuers), tuple(revoked)), uri, host, NOW)


def test_sound_certificates_pass():
    alone, root, between = certificate(), authority(), authority("between", "root")
    check([alone], [alone])
    check([certificate(issuer="root")], [root], revoked=[revoking()])
    low = certificate(issuer="between")
    check([low], [root], [between])
    check([low, between], [root])  # the server itself sends who is between
    assert [one.subject for one in split_chain(b"".join(map(der, (low, between))))] == [low.subject, between.subject]


@pytest.mark.parametrize(
    ("reason", "more"),
    [
        ("expired on", {"start": -2 * DAY, "end": -DAY}),
        ("not valid before", {"start": DAY, "end": 2 * DAY}),
        ("for the application urn:other", {"uri": "urn:other"}),
        ("for the host 10.0.0.9, the endpoint names 127.0.0.1", {"host": "10.0.0.9"}),
        ("1024 bits", {"bits": 1024}),
        ("key usage does not allow signing", {"usage": AUTHORITY}),
        ("does not allow a server", {"purpose": ExtendedKeyUsageOID.CLIENT_AUTH}),
    ],
)
def test_what_a_certificate_says_of_itself_counts_though_it_is_trusted(reason, more):
    bad = certificate(**more)
    with pytest.raises(CertificateRefused, match=reason) as caught:
        check([bad], [bad])
    assert caught.value.hint
    assert not caught.value.keep


def test_who_vouches_counts():
    root, leaf = authority(), certificate(issuer="root")
    no_authority = certificate("root", usage=APPLICATION)
    low, between = certificate(issuer="between"), authority("between", "root")
    cases = [
        ("self-signed and not trusted", [certificate()], {}),
        ("issuer is not trusted", [leaf], {}),
        ("issuer is not trusted", [leaf, root], {}),  # a chain vouches for nobody by itself
        ("issuer is not trusted", [leaf], {"issuers": [root]}),
        ("issuer is not trusted", [certificate(issuer="root", signer="stranger")], {"trusted": [root]}),
        ("may not issue", [leaf], {"trusted": [no_authority]}),
        ("may not issue", [low, between], {"trusted": [authority(path_length=0)]}),
        ("issuer's certificate expired", [leaf], {"trusted": [authority(start=-3 * DAY, end=-DAY)]}),
        ("revoked", [leaf], {"trusted": [root], "revoked": [revoking(leaf)]}),
        ("revoked", [leaf], {"trusted": [leaf], "issuers": [root], "revoked": [revoking(leaf)]}),
        ("revoked", [low, between], {"trusted": [root], "revoked": [revoking(between)]}),
        ("cannot be verified", [leaf], {"trusted": [root], "revoked": [revoking(signer="stranger")]}),
    ]
    for reason, chain, trust in cases:
        with pytest.raises(CertificateRefused, match=reason):
            check(chain, **trust)


def test_what_cannot_be_read_is_refused(tmp_path):
    good = der(certificate())
    for data, reason in [
        (b"", "missing"), (b"\x30", "cannot be read"), (good[:-9], "cannot be read"), (good + b"xx", "cannot be read"),
        (good * 7, "too long"),
    ]:  # fmt: skip
        with pytest.raises(CertificateRefused, match=reason):
            split_chain(data)
    with pytest.raises(ConfigError, match="no folder"):
        read_trust(tmp_path / "none")
    (tmp_path / "trusted").mkdir()
    (tmp_path / "trusted" / "notes.txt").write_text("not a certificate")
    with pytest.raises(ConfigError, match=r"notes\.txt is no certificate"):
        read_trust(tmp_path)


def test_the_example_of_the_page_is_right():
    page = (Path(__file__).parents[4] / "docs" / "how-to" / "secure-opc-ua.md").read_text("utf-8")
    document = yaml.safe_load(re.findall(r"```yaml\n(.*?)```", page, re.S)[0])
    connection = AgentConfig.model_validate(document).connections[0]
    assert not configure("opcua", connection.config).plan(connection.tags).problems


def test_our_own_certificate_is_made_once_and_never_replaced(tmp_path):
    with ThreadPoolExecutor(4) as pool:  # connections that start together
        made = set(pool.map(lambda _: own_certificate(tmp_path, OURS), range(4)))
    assert len(made) == 1
    path = tmp_path / "own" / "application.pem"
    assert sorted(one.name for one in path.parent.iterdir()) == ["application.der", "application.pem"]
    assert path.stat().st_mode & 0o077 == 0
    (own,) = made
    assert path.with_suffix(".der").read_bytes() == own.certificate
    before = path.read_bytes()
    with pytest.raises(ConfigError, match="is not for application_uri urn:other"):
        own_certificate(tmp_path, "urn:other")
    path.chmod(0o644)
    with pytest.raises(ConfigError, match=r"open to other users.*chmod 600"):
        own_certificate(tmp_path, OURS)
    path.chmod(0o600)
    assert path.read_bytes() == before
    stranger = certificate("stranger", uri=OURS).public_bytes(serialization.Encoding.PEM)
    for broken, reason in [(before[:200], "holds no"), (before.split(b"-----BEGIN CERT")[0] + stranger, "is not the")]:
        path.write_bytes(broken)
        with pytest.raises(ConfigError, match=reason):
            own_certificate(tmp_path, OURS)
        assert path.read_bytes() == broken


async def test_a_real_server_is_refused_until_it_is_trusted(tmp_path):
    leaf = certificate(issuer="root")
    write_pair(tmp_path / "theirs", "server", leaf)
    asked = []

    class OneUser:
        def get_user(self, iserver, username=None, password=None, certificate=None):
            asked.append((username, password))
            return User(role=UserRole.User) if (username, password) == ("reader", "secret") else None

    (tmp_path / "password").write_text("secret")
    server = Server(user_manager=OneUser())
    await server.init()
    await server.set_application_uri(SERVER)
    server.set_endpoint("opc.tcp://127.0.0.1:0/plant/")
    server.disable_clock()
    await server.load_certificate(str(tmp_path / "theirs" / "cert.der"))
    await server.load_private_key(str(tmp_path / "theirs" / "key.pem"))
    types = ua.SecurityPolicyType
    server.set_security_policy([types.Basic256Sha256_SignAndEncrypt, types.Aes256Sha256RsaPss_SignAndEncrypt])
    await server.start()
    try:
        port = server.bserver._server.sockets[0].getsockname()[1]
        await refused_then_trusted(tmp_path, port, leaf, asked)
    finally:
        await server.stop()


async def refused_then_trusted(tmp_path, port, leaf, asked):
    folder = tmp_path / "trust"
    folder.mkdir()

    def driver(policy="Basic256Sha256", host="127.0.0.1"):
        return configure(
            "opcua",
            {
                "endpoint": f"opc.tcp://{host}:{port}/plant/", "security_policy": policy, "timeout_ms": 3000,
                "trust_folder": str(folder), "username": "reader", "password_file": str(tmp_path / "password"),
            },
        )  # fmt: skip

    with pytest.raises(AuthError, match=r"issuer is not trusted.*SHA-256.*rejected.*trusted") as caught:
        await driver().connect()
    assert caught.value.code == "opcua.untrusted"
    (kept,) = (folder / "rejected").iterdir()
    assert kept.read_bytes() == der(leaf)
    assert kept.stat().st_mode & 0o077 == 0
    (folder / "trusted").mkdir()
    kept.rename(folder / "trusted" / kept.name)  # the next step that the message names
    assert not (folder / "own").exists()  # nothing of ours is shown to a server that is not believed
    for policy in ("Basic256Sha256", "Aes256Sha256RsaPss"):
        trusted = driver(policy)
        await trusted.connect()
        assert trusted._client.security_policy.URI.endswith(policy.replace("Sha256RsaPss", "_Sha256_RsaPss"))
        await trusted.close()
    assert asked == [("reader", "secret")] * 2
    with pytest.raises(AuthError, match="does not offer"):
        await driver("Aes128Sha256RsaOaep").connect()
    with pytest.raises(AuthError, match="the endpoint names localhost"):
        await driver(host="localhost").connect()
    (folder / "crl").mkdir()
    (folder / "issuers").mkdir()
    (folder / "issuers" / "root.der").write_bytes(der(authority()))
    (folder / "crl" / "root.crl").write_bytes(revoking(leaf).public_bytes(serialization.Encoding.PEM))
    with pytest.raises(AuthError, match="revoked"):
        await driver().connect()
    assert len(asked) == 2  # user and password never went to a server that was refused
