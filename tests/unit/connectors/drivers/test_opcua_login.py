"""Users of an OPC UA server: passwords and certificates under each policy, and no secret sent with less than asked."""

from contextlib import asynccontextmanager
from types import SimpleNamespace

import pytest
from asyncua import Server, ua
from asyncua.crypto.permission_rules import User, UserRole
from cryptography.hazmat.primitives import serialization

from connectors.drivers.opcua.login import CarefulClient
from connectors.registry import configure
from schemas.errors import AuthError, ConfigError
from schemas.models.tag import TagConfig
from tests.support.opcua_certificates import (
    AUTHORITY,
    DAY,
    SERVER,
    authority,
    certificate,
    der,
    revoking,
    with_sha1,
    write_pair,
)

URI = "http://opcfoundation.org/UA/SecurityPolicy#"
TYPES = ua.SecurityPolicyType
POLICIES = {
    "Basic256Sha256": TYPES.Basic256Sha256_SignAndEncrypt,
    "Aes256Sha256RsaPss": TYPES.Aes256Sha256RsaPss_SignAndEncrypt,
    "Aes128Sha256RsaOaep": TYPES.Aes128Sha256RsaOaep_SignAndEncrypt,
}


class Users:
    """Lets in reader with his password, and the holder of one certificate; notes who asked."""

    def __init__(self, user_certificate=None):
        self.asked = []
        self._certificate = user_certificate

    def get_user(self, iserver, username=None, password=None, certificate=None):
        self.asked.append((username, password))
        known = (username, password) == ("reader", "secret") if username else certificate == self._certificate
        return User(role=UserRole.User) if known else None


@asynccontextmanager
async def serving(folder, leaf, users=None, policies=None):
    write_pair(folder, "server", leaf)
    server = Server(user_manager=users)
    await server.init()
    await server.set_application_uri(SERVER)
    server.set_endpoint("opc.tcp://127.0.0.1:0/plant/")
    server.disable_clock()
    await server.load_certificate(str(folder / "cert.der"))
    await server.load_private_key(str(folder / "key.pem"))
    server.set_security_policy(policies or list(POLICIES.values()))
    index = await server.register_namespace("urn:test:plant")
    await server.nodes.objects.add_variable(ua.NodeId("v", index), "v", 1.5)
    await server.start()
    try:
        yield server.bserver._server.sockets[0].getsockname()[1]
    finally:
        await server.stop()


def trusting(folder, *certificates):
    (folder / "trusted").mkdir(parents=True)
    for number, one in enumerate(certificates):
        (folder / "trusted" / f"{number}.der").write_bytes(der(one))
    return folder


def config_of(port, trust, **more):
    return {
        "endpoint": f"opc.tcp://127.0.0.1:{port}/plant/", "security_policy": "Basic256Sha256",
        "trust_folder": str(trust), "timeout_ms": 3000,
    } | more  # fmt: skip


async def value_of(driver):
    await driver.connect()
    try:
        plan = driver.plan([TagConfig(name="v", address="nsu=urn:test:plant;s=v", type="float64")])
        (reading,) = await driver.read(plan)
        return float(reading.columns.v[0])
    finally:
        await driver.close()


@pytest.mark.parametrize("policy", POLICIES)
async def test_password_and_user_certificate_under_each_policy(tmp_path, policy):
    leaf, person = certificate(), certificate("person", uri="urn:person")
    write_pair(tmp_path / "person", "person", person)
    write_pair(tmp_path / "stranger", "stranger", certificate("stranger", uri="urn:stranger"))
    (tmp_path / "password").write_text("secret\n")
    (tmp_path / "wrong").write_text("guess\n")
    async with serving(tmp_path / "theirs", leaf, users=Users(der(person)), policies=[POLICIES[policy]]) as port:
        base = config_of(port, trusting(tmp_path / "trust", leaf), security_policy=policy)
        by_password = {"username": "reader", "password_file": str(tmp_path / "password")}
        assert await value_of(configure("opcua", base | by_password)) == 1.5
        by_certificate = {
            "user_certificate_file": str(tmp_path / "person" / "cert.der"),
            "user_private_key_file": str(tmp_path / "person" / "key.pem"),
        }
        assert await value_of(configure("opcua", base | by_certificate)) == 1.5
        refused = [
            by_password | {"password_file": str(tmp_path / "wrong")},
            {name: path.replace("person", "stranger") for name, path in by_certificate.items()},
        ]
        for user in refused:
            with pytest.raises(AuthError) as caught:
                await value_of(configure("opcua", base | user))
            assert "guess" not in str(caught.value)


def client_of(policy, mode, *offered):
    client = CarefulClient("opc.tcp://127.0.0.1:1")
    client.security_policy = SimpleNamespace(URI=URI + policy, Mode=mode)
    client._policy_ids = [
        ua.UserTokenPolicy(TokenType=kind, SecurityPolicyUri=uri and URI + uri, PolicyId=str(number))
        for number, (kind, uri) in enumerate(offered)
    ]
    return client


USER, CERTIFICATE = ua.UserTokenType.UserName, ua.UserTokenType.Certificate
SIGN, ENCRYPT, OPEN = ua.MessageSecurityMode.Sign, ua.MessageSecurityMode.SignAndEncrypt, ua.MessageSecurityMode.None_


@pytest.mark.parametrize(
    ("policy", "mode", "kind", "offered", "chosen"),
    [
        ("Basic256Sha256", ENCRYPT, USER, [""], 0),
        ("Basic256Sha256", ENCRYPT, USER, ["None", ""], 1),  # encrypted for itself, where that can be had
        ("Basic256Sha256", ENCRYPT, USER, ["None"], 0),  # the channel encrypts it
        ("Basic256Sha256", SIGN, USER, ["None", "Aes256_Sha256_RsaPss"], 1),
        ("Basic256Sha256", SIGN, USER, ["None"], None),  # would be readable
        ("Basic256Sha256", ENCRYPT, USER, ["Basic128Rsa15", "Basic256"], None),  # broken
        ("Basic256Sha256", ENCRYPT, USER, ["Basic256", "Aes128_Sha256_RsaOaep"], 1),
        ("Basic256Sha256", ENCRYPT, CERTIFICATE, ["None"], None),  # proves nothing
        ("Basic256Sha256", ENCRYPT, CERTIFICATE, ["Basic256", ""], 1),
        ("None", OPEN, USER, ["None"], 0),  # None was chosen for the connection
        ("None", OPEN, USER, ["None", "Basic256Sha256"], 1),
    ],
)
def test_the_policy_of_a_secret_is_never_less_than_asked(policy, mode, kind, offered, chosen):
    client = client_of(policy, mode, *((kind, uri) for uri in offered))
    if chosen is None:
        with pytest.raises(AuthError) as caught:
            client.server_policy(kind)
        assert caught.value.code == "opcua.login_policy"
        assert caught.value.hint
    else:
        assert client.server_policy(kind).PolicyId == str(chosen)


def test_a_server_without_this_kind_of_user_is_told():
    with pytest.raises(AuthError, match="takes nobody by password"):
        client_of("Basic256Sha256", ENCRYPT, (CERTIFICATE, "")).server_policy(USER)


@pytest.mark.parametrize(
    "more",
    [
        {"user_certificate_file": "c"},
        {"user_certificate_file": "c", "user_private_key_file": "k", "username": "u", "password_file": "p"},
        {"user_certificate_file": "c", "user_private_key_file": "k", "security_policy": "None"},
    ],
)
def test_settings_of_a_user_that_fit_nowhere(more):
    with pytest.raises(ConfigError):
        configure("opcua", config_of(1, "t") | more)


async def test_files_of_a_user_are_judged_before_anything_is_sent(tmp_path):
    write_pair(tmp_path / "person", "person", certificate("person"))
    (tmp_path / "text").write_text("no certificate")
    good = {
        "user_certificate_file": str(tmp_path / "person" / "cert.der"),
        "user_private_key_file": str(tmp_path / "person" / "key.pem"),
    }
    write_pair(tmp_path / "other", "other", certificate("other"))
    for wrong, words in [
        ({"user_certificate_file": str(tmp_path / "none")}, "cannot be read"),
        ({"user_certificate_file": str(tmp_path / "text")}, "is none"),
        ({"user_private_key_file": str(tmp_path / "other" / "key.pem")}, "is not the key of"),
    ]:
        with pytest.raises(ConfigError, match=words):
            await configure("opcua", config_of(1, tmp_path, **good | wrong)).connect()


#: What is wrong with the certificate of a live server → its certificate, what is trusted, and the reason given.
BAD = {
    "self-signed, unknown": lambda: (certificate(), [], "self-signed and not trusted"),
    "issuer unknown": lambda: (certificate(issuer="root"), [], "issuer is not trusted"),
    "expired": lambda: (certificate(start=-2 * DAY, end=-DAY), None, "expired"),
    "not valid yet": lambda: (certificate(start=DAY, end=2 * DAY), None, "not valid before"),
    "other application": lambda: (certificate(uri="urn:other"), None, "for the application urn:other"),
    "other host": lambda: (certificate(host="10.0.0.9"), None, "for the host"),
    "weak key": lambda: (certificate(bits=1024), None, "1024 bits"),
    "wrong key usage": lambda: (certificate(usage=AUTHORITY), None, "key usage"),
    "SHA-1": lambda: (with_sha1(certificate(), "server"), None, "signed with sha1"),
    "issuer's SHA-1": lambda: (
        certificate(issuer="root"), [with_sha1(authority(), "root")], "issuer's certificate is signed with sha1",
    ),
    "issuer's weak key": lambda: (
        certificate(issuer="weak", signer_bits=1024),
        [authority("weak", bits=1024)],
        "issuer's certificate has a key of 1024",
    ),
    "issuer expired": lambda: (
        certificate(issuer="root"), [authority(start=-3 * DAY, end=-DAY)], "issuer's certificate expired",
    ),
    "issuer may not issue": lambda: (certificate(issuer="root"), [certificate("root")], "may not issue"),
    "forged signature": lambda: (certificate(issuer="root", signer="stranger"), [authority()], "issuer is not trusted"),
    "revoked": lambda: (certificate(issuer="root"), [authority()], "revoked"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
async def test_a_live_server_with_a_bad_certificate_gets_no_user_and_no_password(tmp_path, case):
    leaf, trusted, reason = BAD[case]()
    trust = trusting(tmp_path / "trust", *([leaf] if trusted is None else trusted))
    if case == "revoked":
        (trust / "crl").mkdir()
        (trust / "crl" / "root.crl").write_bytes(revoking(leaf).public_bytes(serialization.Encoding.PEM))
    (tmp_path / "password").write_text("secret")
    users = Users()
    async with serving(tmp_path / "theirs", leaf, users=users) as port:
        user = {"username": "reader", "password_file": str(tmp_path / "password")}
        with pytest.raises(AuthError, match=reason) as caught:
            await configure("opcua", config_of(port, trust, **user)).connect()
        assert caught.value.code == "opcua.untrusted"
        assert caught.value.hint
        assert "secret" not in str(caught.value)
    assert not users.asked
    assert not (trust / "own").exists(), "nothing of ours is shown to a server that is not believed"
