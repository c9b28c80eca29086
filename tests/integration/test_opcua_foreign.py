"""The OPC UA driver against a server of another make (node-opcua): reads, subscriptions, breaks, restarts, security."""

import asyncio
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from connectors.drivers.opcua import session
from connectors.drivers.opcua.own import own_certificate
from connectors.registry import configure
from connectors.testing.link import Link
from schemas.errors import AuthError, ConnectError
from schemas.quality import Quality
from tests.support.node_peer import NodeServer
from tests.support.opcua_certificates import certificate, der, write_pair
from tests.support.opcua_server import Follower, driver_of, tags_of

NAMES = [f"v{n}" for n in range(20)]


async def tell(server, **commands):
    await asyncio.to_thread(server.tell, **commands)


async def test_it_is_read_written_browsed_and_subscribed_to(tmp_path):
    with NodeServer(tmp_path, NAMES, nodesPerRead=7, itemsPerCall=6) as server:
        driver = driver_of(server.port, publishing_ms=100, sampling_ms=0)
        await driver.connect()
        assert (await driver.probe())["product"] == "NodeOPCUA-Server"
        line = next(item for item in await driver.browse("") if item.name == "Line")
        assert [item.name for item in await driver.browse(line.address)] == NAMES
        plan = driver.plan(tags_of([*NAMES, "missing"]))
        (good, bad) = ({}, {})
        for reading in await driver.read(plan):
            for index, v, q in zip(
                reading.columns.id.tolist(), reading.columns.v.tolist(), reading.columns.q.tolist(), strict=True
            ):
                (good if q == 0 else bad)[plan.tags[index].name] = v if q == 0 else q
        assert good == {name: float(number) for number, name in enumerate(NAMES)}
        assert bad == {"missing": Quality.BAD_ADDRESS}
        driver._nodes_per_read = 100  # as if the server had not told its limit: found by trying
        assert sum(len(reading.columns) for reading in await driver.read(driver.plan(tags_of(NAMES)))) == len(NAMES)
        assert driver._nodes_per_read == 6
        follower = Follower(driver, plan)
        await follower.until(lambda: all(follower.values.values()))
        assert follower.values["missing"] == [(0.0, Quality.BAD_ADDRESS)]
        await tell(server, set=[["v1", 50], ["v1", 51], ["v2", 60], ["v1", 52]])
        await follower.until(lambda: len(follower.values["v1"]) == 4)
        assert follower.values["v1"] == [(1.0, 0), (50.0, 0), (51.0, 0), (52.0, 0)]
        assert follower.values["v2"] == [(2.0, 0), (60.0, 0)]
        await driver.write(plan.tags[3], 70.0)
        await follower.until(lambda: follower.values["v3"][-1] == (70.0, 0))
        assert not follower.losses
        await follower.stop()
        await driver.close()


@pytest.mark.parametrize("oldest", [True, False])
async def test_an_overflow_is_told(tmp_path, oldest):
    with NodeServer(tmp_path, NAMES) as server:
        driver = driver_of(server.port, publishing_ms=300, sampling_ms=0, queue_size=3, discard_oldest=oldest)
        await driver.connect()
        follower = Follower(driver, driver.plan(tags_of(NAMES)))
        await follower.until(lambda: all(follower.values.values()))
        await tell(server, set=[["v1", 100 + n] for n in range(3)])
        await follower.until(lambda: len(follower.values["v1"]) >= 4)
        assert not follower.losses  # the queue was just large enough
        before = time.time_ns() // 1000
        await tell(server, set=[["v1", 200 + n] for n in range(30)] + [["v2", 7]])
        await follower.until(lambda: follower.values["v2"][-1] == (7.0, 0))
        await follower.until(lambda: follower.losses)
        assert {loss.reason for loss in follower.losses} == {"queue_overflow"}
        assert all(loss.from_ts <= loss.to_ts for loss in follower.losses)
        assert max(loss.to_ts for loss in follower.losses) > before
        kept = [v for v, _ in follower.values["v1"] if v >= 200]
        assert len(kept) == 3
        assert kept[-1] == 229.0, "the newest value is there whichever goes"
        await follower.stop()
        await driver.close()


async def test_after_a_short_break_nothing_is_missing_and_times_are_right(tmp_path):
    with NodeServer(tmp_path, NAMES) as server:
        async with Link("127.0.0.1", server.port) as link:
            driver = driver_of(link.port, publishing_ms=100, sampling_ms=0, queue_size=100)
            await driver.connect()
            plan = driver.plan(tags_of(NAMES))
            follower = Follower(driver, plan)
            await follower.until(lambda: all(follower.values.values()))
            await link.cut()
            await link.mend()
            assert isinstance(await follower.failed(), ConnectError)
            await driver.close()
            told = []
            for number in range(4):
                told.append(time.time_ns() // 1000)
                await tell(server, set=[["v1", 300 + number]])
                await asyncio.sleep(0.3)
            await asyncio.sleep(1.2)
            back = time.time_ns() // 1000
            again = driver_of(link.port, publishing_ms=100, sampling_ms=0, queue_size=100)
            await again.connect()
            stamps = {}
            unchanged = set()
            async with asyncio.timeout(10):
                async for delivery in again.subscribe(plan, 1000):
                    assert not delivery.losses
                    for readings in delivery.rounds:
                        for reading in readings:
                            c = reading.columns
                            for index, v, ts in zip(c.id.tolist(), c.v.tolist(), c.ts.tolist(), strict=True):
                                if plan.tags[index].name == "v1":
                                    stamps.setdefault(v, ts)
                                else:
                                    unchanged.add(plan.tags[index].name)
                    if 303.0 in stamps and len(unchanged) == len(NAMES) - 1:
                        break
            assert sorted(stamps) == [300.0, 301.0, 302.0, 303.0]
            for number, at in enumerate(told):  # its header counts whole milliseconds
                assert at - 5_000 <= stamps[300.0 + number] < back, "not the time it arrived, the time it was so"
            await again.close()


async def test_after_a_restart_it_tells_again_and_the_break_is_declared(tmp_path):
    with NodeServer(tmp_path, NAMES) as server:
        driver = driver_of(server.port, publishing_ms=100, sampling_ms=0)
        await driver.connect()
        plan = driver.plan(tags_of(NAMES))
        follower = Follower(driver, plan)
        await follower.until(lambda: all(follower.values.values()))
        await asyncio.to_thread(server.restart)
        assert isinstance(await follower.failed(), ConnectError)
        await driver.close()
        again = driver_of(server.port, publishing_ms=100, sampling_ms=0)
        await again.connect()
        follower = Follower(again, plan)
        await follower.until(lambda: all(follower.values.values()))
        await tell(server, set=[["v5", 55]])
        await follower.until(lambda: follower.values["v5"][-1] == (55.0, 0))
        assert [loss.reason for loss in follower.losses] == ["subscription_lost"]
        await follower.stop()
        await again.close()


async def test_a_deadband_is_kept_by_the_server_against_the_value_told_last(tmp_path):
    with NodeServer(tmp_path, NAMES) as server:
        driver = driver_of(server.port, publishing_ms=50, sampling_ms=0, server_deadband=True, queue_size=100)
        await driver.connect()
        tags = tags_of(NAMES)
        tags[1] = tags[1].model_copy(update={"deadband": 5.0, "scale": 2.0})  # 2.5 as the server counts
        follower = Follower(driver, driver.plan(tags))
        await follower.until(lambda: all(follower.values.values()))
        for step in range(1, 9):  # a slow drift: each step is within the band, their sum is not
            await tell(server, set=[["v1", 1 + step], ["v2", 2 + step]])
            await asyncio.sleep(0.1)
        await follower.until(lambda: len(follower.values["v2"]) == 9)
        assert [v for v, _ in follower.values["v1"]] == [1.0, 4.0, 7.0]
        await follower.stop()
        await driver.close()


async def test_a_thousand_nodes_of_which_ten_are_not_there(tmp_path):
    names = [f"n{n}" for n in range(990)]
    missing = [f"missing{n}" for n in range(10)]
    with NodeServer(tmp_path, names, itemsPerCall=100) as server:
        driver = driver_of(server.port, publishing_ms=200, sampling_ms=0, timeout_ms=10_000)
        await driver.connect()
        every = names[:500] + missing + names[500:]
        follower = Follower(driver, driver.plan(tags_of(every)))
        await follower.until(lambda: all(follower.values.values()), 30)
        bad = {name for name, told in follower.values.items() if told[0][1] == Quality.BAD_ADDRESS}
        assert bad == set(missing)
        assert all(follower.values[name][0] == (float(number), 0) for number, name in enumerate(names))
        await follower.stop()
        await driver.close()


@pytest.mark.parametrize("policy", ["Basic256Sha256", "Aes256Sha256RsaPss"])
async def test_both_sides_trust_each_other_step_by_step(tmp_path, policy):
    uri = "urn:test:node-server"
    leaf = certificate("node", uri=uri)
    write_pair(tmp_path / "theirs", "node", leaf)
    (tmp_path / "trust" / "trusted").mkdir(parents=True)
    (tmp_path / "password").write_text("secret")
    secured = {"certificate": str(tmp_path / "theirs" / "cert.pem"), "key": str(tmp_path / "theirs" / "key.pem")}
    (tmp_path / "theirs" / "cert.pem").write_bytes(leaf.public_bytes(serialization.Encoding.PEM))

    with NodeServer(tmp_path, NAMES, password="secret", **secured) as server:

        def driver(**more):
            config = {
                "endpoint": f"opc.tcp://127.0.0.1:{server.port}/plant/", "security_policy": policy,
                "trust_folder": str(tmp_path / "trust"), "timeout_ms": 4000, "publishing_ms": 100, "sampling_ms": 0,
                "username": "reader", "password_file": str(tmp_path / "password"),
            }  # fmt: skip
            return configure("opcua", config | more)

        with pytest.raises(AuthError) as caught:
            await driver().connect()
        assert caught.value.code == "opcua.untrusted"
        (kept,) = (tmp_path / "trust" / "rejected").iterdir()
        kept.rename(tmp_path / "trust" / "trusted" / kept.name)
        with pytest.raises(AuthError, match="hung up when it saw our certificate") as caught:
            await driver().connect()
        assert "application.der" in caught.value.hint
        (refused,) = (tmp_path / "pki" / "rejected").iterdir()
        refused.rename(tmp_path / "pki" / "trusted" / "certs" / refused.name)
        await asyncio.to_thread(server.restart)  # it reads its folder when it starts
        (tmp_path / "wrong").write_text("guess")
        with pytest.raises(AuthError):
            await driver(password_file=str(tmp_path / "wrong")).connect()
        trusted = driver()
        await trusted.connect()
        follower = Follower(trusted, trusted.plan(tags_of(NAMES)))
        await follower.until(lambda: all(follower.values.values()))
        await tell(server, set=[["v1", 8], ["v1", 9]])
        await follower.until(lambda: follower.values["v1"] == [(1.0, 0), (8.0, 0), (9.0, 0)])
        await follower.stop()
        await trusted.close()
        with pytest.raises((AuthError, ConnectError)):
            await driver(security_policy="None").connect()


async def test_keys_are_renewed_under_a_subscription(tmp_path, monkeypatch):
    """In the field once an hour: here every two seconds or so, while changes come and values are read."""
    honest = session.CarefulClient.__init__

    def short_lived(self, *given, **named):
        honest(self, *given, **named)
        self.secure_channel_timeout = 3000

    monkeypatch.setattr(session.CarefulClient, "__init__", short_lived)
    leaf = certificate("node", uri="urn:test:node-server")
    write_pair(tmp_path / "theirs", "node", leaf)
    (tmp_path / "theirs" / "cert.pem").write_bytes(leaf.public_bytes(serialization.Encoding.PEM))
    trust = tmp_path / "trust"
    (trust / "trusted").mkdir(parents=True)
    (trust / "trusted" / "node.der").write_bytes(der(leaf))
    trusted_by_server = tmp_path / "pki" / "trusted" / "certs"
    trusted_by_server.mkdir(parents=True)
    ours = x509.load_der_x509_certificate(own_certificate(trust, "urn:interlock:edge-agent").certificate)
    (trusted_by_server / "agent.pem").write_bytes(ours.public_bytes(serialization.Encoding.PEM))
    secured = {"certificate": str(tmp_path / "theirs" / "cert.pem"), "key": str(tmp_path / "theirs" / "key.pem")}
    with NodeServer(tmp_path, NAMES, **secured) as server:
        config = {
            "endpoint": f"opc.tcp://127.0.0.1:{server.port}/plant/", "security_policy": "Basic256Sha256",
            "trust_folder": str(trust), "timeout_ms": 4000, "publishing_ms": 100, "sampling_ms": 0, "queue_size": 50,
        }  # fmt: skip
        driver = configure("opcua", config)
        await driver.connect()
        plan = driver.plan(tags_of(NAMES))
        follower = Follower(driver, plan)
        await follower.until(lambda: all(follower.values.values()))
        token = driver._client.uaclient.protocol._connection.security_token.TokenId
        for number in range(80):
            await tell(server, set=[["v1", 100 + number]])
            await driver.read(plan)
            await asyncio.sleep(0.08)
        await follower.until(lambda: follower.values["v1"][-1] == (179.0, 0))
        assert [v for v, _ in follower.values["v1"]] == [1.0, *(100.0 + n for n in range(80))]
        assert driver._client.uaclient.protocol._connection.security_token.TokenId >= token + 2, "renewed meanwhile"
        assert not follower.losses
        await follower.stop()
        await driver.close()
