"""OPC UA driver against asyncua's server: security, users, limits, renumbered namespaces."""

from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from asyncua import Client, Server, ua
from asyncua.crypto.permission_rules import User, UserRole

from connectors.registry import configure
from schemas.errors import AuthError, ConfigError, ConnectError
from schemas.models.tag import TagConfig
from schemas.quality import Quality

URI = "urn:test:plant"
APPLICATION = "urn:interlock:edge-agent"


class OneUser:
    def get_user(self, iserver, username=None, password=None, certificate=None):
        return User(role=UserRole.User) if (username, password) == ("reader", "secret") else None


@asynccontextmanager
async def serving(*, extra_namespaces=0, secure=None, users=None, nodes_per_read=None):
    server = Server(user_manager=users)
    await server.init()
    server.set_endpoint("opc.tcp://127.0.0.1:0/plant/")
    server.disable_clock()
    policies = [ua.SecurityPolicyType.NoSecurity]
    if secure is not None:
        policies = [ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt]
        await server.load_certificate(str(secure / "cert.der"))
        await server.load_private_key(str(secure / "key.pem"))
    server.set_security_policy(policies)
    for number in range(extra_namespaces):
        await server.register_namespace(f"urn:other:{number}")
    index = await server.register_namespace(URI)
    folder = await server.nodes.objects.add_folder(index, "Line")
    for number in range(10):
        await folder.add_variable(ua.NodeId(f"v{number}", index), f"{index}:v{number}", float(number))
    if nodes_per_read is not None:
        node = server.get_node(ua.ObjectIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerRead)
        await node.write_value(ua.Variant(nodes_per_read, ua.VariantType.UInt32))
    await server.start()
    try:
        port = server.bserver._server.sockets[0].getsockname()[1]
        yield f"opc.tcp://127.0.0.1:{port}/plant/"
    finally:
        await server.stop()


def tags():
    return [TagConfig(name=f"v{n}", address=f"nsu={URI};s=v{n}", type="float64") for n in range(10)]


async def read_all(driver, plan):
    return {
        plan.tags[index].name: (value, quality)
        for reading in await driver.read(plan)
        for index, value, quality in zip(
            reading.columns.id.tolist(), reading.columns.v.tolist(), reading.columns.q.tolist(), strict=True
        )
    }


async def test_renumbered_namespaces_limits_browse_and_probe():
    driver = configure("opcua", {"endpoint": "opc.tcp://127.0.0.1:1/", "security_policy": "None", "timeout_ms": 3000})
    plan = driver.plan(tags())
    for extra in (0, 3):
        async with serving(extra_namespaces=extra, nodes_per_read=4) as url:
            # The same plan serves another session: where the URI is now is looked up when connecting.
            driver.config = driver.config.model_copy(update={"endpoint": url})
            await driver.connect()
            assert await read_all(driver, plan) == {f"v{n}": (float(n), 0) for n in range(10)}
            assert [len(chunk.request.Parameters.NodesToRead) for chunk in plan.chunks] == [4, 4, 2]
            assert (await driver.probe())["nodes_per_read_max"] == "4"
            line = next(item for item in await driver.browse("") if item.name == "Line")
            children = await driver.browse(line.address)
            assert [item.address for item in children] == [f"nsu={URI};s=v{n}" for n in range(10)]
            assert {item.type for item in children} == {"float64"}
            assert await driver.browse(f"nsu={URI};s=nowhere") == []
            with pytest.raises(ConfigError):
                await driver.browse("nonsense")
            await driver.close()
            with pytest.raises(ConnectError):
                await driver.read(plan)


async def make_certificate(folder: Path, uri: str):
    client = Client("opc.tcp://127.0.0.1:1")
    client.application_uri = uri
    await client.setup_self_signed_certificate(folder / "key.pem", folder / "cert.der")


async def test_security_and_users(tmp_path):
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    await make_certificate(ours, APPLICATION)
    await make_certificate(theirs, "urn:test:server")
    (tmp_path / "password").write_text("secret\n")
    (tmp_path / "wrong").write_text("guess\n")
    async with serving(secure=theirs, users=OneUser()) as url:
        config = {
            "endpoint": url,
            "security_policy": "Basic256Sha256",
            "certificate_file": str(ours / "cert.der"),
            "private_key_file": str(ours / "key.pem"),
            "server_certificate_file": str(theirs / "cert.der"),
            "username": "reader",
            "password_file": str(tmp_path / "password"),
            "timeout_ms": 3000,
        }
        driver = configure("opcua", config)
        await driver.connect()
        assert (await read_all(driver, driver.plan(tags())))["v3"] == (3.0, Quality.GOOD)
        await driver.close()
        with pytest.raises(AuthError):
            await configure("opcua", config | {"password_file": str(tmp_path / "wrong")}).connect()
        # No way down: what the server does not offer is refused, not replaced by something weaker.
        other = config | {
            "security_policy": "Aes256Sha256RsaPss",
            "server_certificate_file": None,
            "trust_folder": str(theirs),
        }
        with pytest.raises(AuthError, match="does not offer"):
            await configure("opcua", other).connect()
        with pytest.raises((AuthError, ConnectError)):
            await configure("opcua", {"endpoint": url, "security_policy": "None", "timeout_ms": 1000}).connect()


@pytest.mark.parametrize(
    ("config", "path"),
    [
        ({}, "/security_policy"),
        ({"security_policy": "Basic256Sha256"}, ""),
        # Who the server is must be checked one way: a pinned certificate or a trust folder, never "any".
        ({"security_policy": "Basic256Sha256", "certificate_file": "c", "private_key_file": "k"}, ""),
        ({"security_policy": "None", "username": "x"}, ""),
        ({"security_policy": "Basic128Rsa15"}, "/security_policy"),
        ({"security_policy": "None", "endpoint": "opc.tcp://user:pass@host"}, "/endpoint"),
    ],
)
def test_settings_must_be_explicit_about_security(config, path):
    with pytest.raises(ConfigError) as caught:
        configure("opcua", {"endpoint": "opc.tcp://127.0.0.1:4840"} | config)
    assert [problem.path for problem in caught.value.problems] == [path]


async def test_missing_files_are_told_before_anything_is_sent(tmp_path):
    missing = str(tmp_path / "none.der")
    base = {"endpoint": "opc.tcp://127.0.0.1:1", "timeout_ms": 500}
    secure = {"security_policy": "Basic256Sha256", "certificate_file": missing, "private_key_file": missing}
    secure["trust_folder"] = str(tmp_path)
    with pytest.raises(ConfigError, match="no file"):
        await configure("opcua", base | secure).connect()
    user = {"security_policy": "None", "username": "u", "password_file": missing}
    with pytest.raises(ConfigError, match="password"):
        await configure("opcua", base | user).connect()
    with pytest.raises(ConnectError):
        await configure("opcua", base | {"security_policy": "None"}).connect()
