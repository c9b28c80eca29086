"""MQTT in: every message counts, in order; what is old, kept, refused or garbage is told as that."""

import asyncio
import json
import re
import time
from pathlib import Path

import pytest
import yaml

from connectors.driver import Driver
from connectors.drivers.mqtt_in import driver as module
from connectors.drivers.mqtt_in import link as link_module
from connectors.drivers.mqtt_in.conformance import Peer
from connectors.registry import configure
from connectors.testing.link import Link
from edge_agent.device import Device
from edge_agent.supervisor import keep_alive
from schemas.errors import ConfigError, ConnectError
from schemas.models.agent import AgentConfig
from schemas.models.tag import TagConfig
from schemas.quality import Quality
from tests.support.opcua_server import Follower
from tests.unit.edge_agent.test_device_subscribe import Agent

WHOLE, MEMBER, TEXT = "hall/temperature#", "hall/press_1#/speed/value", "hall/recipe#"


def tags(*addresses, **more):
    kinds = {TEXT: {"type": "string", "length": 20}}
    return [
        TagConfig.model_validate(
            {"name": f"t{n}", "address": address, "type": "float64"} | kinds.get(address, {}) | more
        )
        for n, address in enumerate(addresses)
    ]


async def listening(peer, wanted, **config):
    driver = configure("mqtt_in", {"host": peer.host, "port": peer.port, "timeout_ms": 2000, **config})
    await driver.connect()
    follower = Follower(driver, driver.plan(wanted))
    await follower.until(lambda: follower.deliveries >= 1)
    return driver, follower


async def ended(driver, follower):
    await follower.stop()
    await driver.close()


def test_the_example_of_the_page_is_right():
    page = (Path(__file__).parents[4] / "docs" / "how-to" / "take-values-from-mqtt.md").read_text("utf-8")
    blocks = re.findall(r"```yaml\n(.*?)```", page, re.S)
    assert len(blocks) == 2
    for block in blocks:
        for connection in AgentConfig.model_validate(yaml.safe_load(block)).connections:
            assert not configure(connection.driver, connection.config).plan(connection.tags).problems


async def test_every_message_counts_in_the_order_it_came():
    async with Peer() as peer:
        driver, follower = await listening(peer, tags(WHOLE, MEMBER))
        for number in range(200):
            peer.publish("hall/temperature", str(number).encode(), retain=False)
        peer.publish("hall/press_1", b'{"speed": {"value": 42.5}, "more": [1]}', retain=False)
        peer.publish("hall/press_2", b'{"speed": {"value": 1}}', retain=False)  # nobody's
        await follower.until(lambda: len(follower.values["t0"]) >= 200 and (42.5, 0) in follower.values["t1"])
        assert [value for value, q in follower.values["t0"] if q == 0] == [float(number) for number in range(200)]
        assert not follower.losses
        await ended(driver, follower)


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (b"23.5", (23.5, 0)), (b"1e400", (float("inf"), 0)), (b"NaN", None), (b"true", (0.0, Quality.TYPE_MISMATCH)),
        (b"null", (0.0, Quality.BAD)), (b"", (0.0, Quality.BAD)), (b"23,5", (0.0, Quality.DEVICE_ERROR)),
        (b"\xff\x00", (0.0, Quality.DEVICE_ERROR)), (b'"23"', (0.0, Quality.TYPE_MISMATCH)), (b"[" * 5000, None),
        (b"9" * 900, (0.0, Quality.OVERFLOW)), (b"x" * 2000, (0.0, Quality.OVERFLOW)),
    ],
)  # fmt: skip
async def test_what_a_payload_says_is_never_guessed_at(payload, expected):
    async with Peer() as peer:
        driver, follower = await listening(peer, tags(WHOLE), payload_size_max_kb=1)
        peer.publish("hall/temperature", payload, retain=False)
        peer.publish("hall/temperature", b"7", retain=False)
        await follower.until(lambda: (7.0, 0) in follower.values["t0"])
        told = [one for one in follower.values["t0"] if one[1] != Quality.WAITING]
        assert len(told) == 2
        if expected is not None:
            assert told[0] == expected
        await ended(driver, follower)


async def test_plain_text_is_the_value_of_a_text_tag():
    async with Peer() as peer:
        driver, follower = await listening(peer, tags(TEXT))
        for payload in (b"Batch 7", b'"Charge 8"', b"\xff\xfeX\x07", b"12"):
            peer.publish("hall/recipe", payload, retain=False)
        await follower.until(lambda: len([q for _, q in follower.values["t0"] if q != Quality.WAITING]) == 4)
        told = [one for one in follower.values["t0"] if one[1] != Quality.WAITING]
        assert told[0] == ("Batch 7", 0)
        assert told[1] == ("Charge 8", 0)
        assert told[2][0].isprintable()
        assert told[3] == ("", Quality.TYPE_MISMATCH)
        await ended(driver, follower)


async def test_the_age_of_what_a_topic_keeps_only_its_own_time_tells():
    async with Peer() as peer:
        old = time.time() - 3600
        peer.publish("hall/temperature", b"20")
        peer.publish("hall/press_1", json.dumps({"at": old, "speed": {"value": 3}}).encode())
        driver, follower = await listening(peer, tags(WHOLE, MEMBER, "hall/other#"), time_pointer="/at",
                                           time_format="unix_s")  # fmt: skip
        await follower.until(lambda: follower.values["t2"])
        assert follower.values["t0"] == [(20.0, Quality.UNCERTAIN)]
        assert follower.values["t1"] == [(3.0, 0)]
        assert follower.values["t2"] == [(0.0, Quality.WAITING)]
        # Somebody looks: the topic's kept value comes once more, and is no news.
        await driver.read(driver.plan(tags(WHOLE)))
        peer.publish("hall/temperature", b"21", retain=False)
        await follower.until(lambda: (21.0, 0) in follower.values["t0"])
        assert follower.values["t0"] == [(20.0, Quality.UNCERTAIN), (21.0, 0)]
        await ended(driver, follower)
        driver, follower = await listening(peer, tags(WHOLE), retained="ignore")
        await follower.until(lambda: follower.values["t0"])
        assert follower.values["t0"] == [(0.0, Quality.WAITING)]
        await ended(driver, follower)


async def test_what_does_not_come_any_more_is_uncertain_once(monkeypatch):
    async with Peer() as peer:
        driver, follower = await listening(peer, tags(WHOLE), stale_after_s=1)
        peer.publish("hall/temperature", b"20", retain=False)
        await follower.until(lambda: (20.0, Quality.UNCERTAIN) in follower.values["t0"], 15)
        deliveries = follower.deliveries
        await follower.until(lambda: follower.deliveries >= deliveries + 2, 15)
        assert follower.values["t0"].count((20.0, Quality.UNCERTAIN)) == 1
        peer.publish("hall/temperature", b"20", retain=False)
        await follower.until(lambda: follower.values["t0"][-1] == (20.0, 0))
        await ended(driver, follower)


async def test_a_name_of_its_own_keeps_what_comes_while_the_link_is_down():
    async with Peer() as peer, Link(peer.host, peer.port) as link:
        config = {"host": link.host, "port": link.port, "timeout_ms": 2000, "client_id": "edge-7"}
        driver = configure("mqtt_in", config)
        await driver.connect()
        plan = driver.plan(tags(WHOLE))
        first = Follower(driver, plan)
        await first.until(lambda: first.deliveries >= 2)
        peer.publish("hall/temperature", b"1", retain=False)
        await first.until(lambda: (1.0, 0) in first.values["t0"])
        # Somebody looks at the same connection: the one that listens keeps its place.
        looking = configure("mqtt_in", config)
        await looking.connect()
        await looking.read(looking.plan(tags(WHOLE)))
        await looking.close()
        peer.publish("hall/temperature", b"1.5", retain=False)
        await first.until(lambda: (1.5, 0) in first.values["t0"])
        await link.cut()
        assert isinstance(await first.failed(), ConnectError)
        for number in (2, 3, 4):
            peer.publish("hall/temperature", str(number).encode(), retain=False)
        await link.mend()
        await driver.connect()
        second = Follower(driver, plan)
        await second.until(lambda: len([1 for _, q in second.values["t0"] if q == 0]) >= 3)
        assert [value for value, q in second.values["t0"] if q == 0] == [2.0, 3.0, 4.0]
        await second.stop()
        await driver.close()


@pytest.mark.parametrize("is_kept", [False, True], ids=["killed before it is on the disk", "killed after it"])
async def test_the_broker_forgets_only_what_is_on_the_disk(is_kept):
    async with Peer(ack_wait_s=1) as peer:
        config = {"host": peer.host, "port": peer.port, "timeout_ms": 2000, "client_id": "edge-8", "stale_after_s": 0}
        driver = configure("mqtt_in", config)
        await driver.connect()
        plan = driver.plan(tags(WHOLE))
        told = driver.subscribe(plan, 100)
        await anext(told)
        await anext(told)
        peer.publish("hall/temperature", b"7", retain=False)
        delivery = await anext(told)
        while not any(7.0 in reading.columns.v for readings in delivery.rounds for reading in readings):
            assert not delivery.positions, "only what the broker waits for is waited for"
            delivery = await anext(told)
        # The agent asks for the next one when this position is on the disk, see test_positions.
        assert len(delivery.positions) == 1
        if is_kept:
            await anext(told)
            await asyncio.sleep(0.3)  # the acknowledgement is on its way
        await driver.close()
        await told.aclose()
        await driver.connect()
        again = Follower(driver, plan)
        if is_kept:
            await asyncio.sleep(2.5)
            assert (7.0, 0) not in again.values["t0"]
        else:
            await again.until(lambda: (7.0, 0) in again.values["t0"])
        await again.stop()
        await driver.close()


async def test_at_qos_0_nobody_waits_for_the_disk():
    async with Peer() as peer:
        driver = configure("mqtt_in", {"host": peer.host, "port": peer.port, "timeout_ms": 2000, "qos": 0})
        await driver.connect()
        told = driver.subscribe(driver.plan(tags(WHOLE)), 100)
        await anext(told)
        peer.publish("hall/temperature", b"7", retain=False)
        async with asyncio.timeout(20):
            async for delivery in told:
                assert not delivery.positions
                if any(7.0 in reading.columns.v for readings in delivery.rounds for reading in readings):
                    break
        await told.aclose()
        await driver.close()


async def test_what_finds_no_room_is_a_gap(monkeypatch):
    monkeypatch.setattr(link_module, "QUEUE_MESSAGES_MAX", 3)
    monkeypatch.setattr(module, "FIRST_S", 2.0)
    async with Peer() as peer:
        driver = configure("mqtt_in", {"host": peer.host, "port": peer.port, "qos": 0})
        await driver.connect()
        stream = driver.subscribe(driver.plan(tags(WHOLE)), 1000)
        await anext(stream)
        for number in range(10):
            peer.publish("hall/temperature", str(number).encode(), retain=False)
        await asyncio.sleep(0.5)  # nobody takes them
        told, losses = [], []
        while not losses:
            delivery = await anext(stream)
            told += [value for readings in delivery.rounds for one in readings for value in one.columns.v.tolist()]
            losses += delivery.losses
        assert told == [0.0, 1.0, 2.0]
        assert [loss.reason for loss in losses] == ["queue_overflow"]
        await stream.aclose()
        await driver.close()


def test_addresses_and_settings_that_cannot_be():
    driver = configure("mqtt_in", {"host": "127.0.0.1"})
    for address in ("hall/temperature", "#", "hall/+/t#", "hall/#", "hall/x#speed", "hall/x#/a~2"):
        (problem,) = driver.plan(tags(address)).problems
        assert problem.message.startswith("t0: ")
        assert problem.hint
    for wrong in ({"ca_file": "x"}, {"password_file": "x"}, {"time_pointer": "at"}, {"client_id": "a b"}):
        with pytest.raises(ConfigError):
            configure("mqtt_in", {"host": "127.0.0.1", **wrong})


async def test_nobody_there_and_a_broker_that_refuses():
    driver = configure("mqtt_in", {"host": "127.0.0.1", "port": 1, "timeout_ms": 1000})
    with pytest.raises(ConnectError) as error:
        await driver.connect()
    assert "cannot be reached" in error.value.message


async def test_an_agent_listens_though_nobody_wrote_a_mode():
    async with Peer() as peer:
        from schemas.models.connection import ConnectionConfig

        names = ("temperature", "pressure", "speed")
        conn = ConnectionConfig.model_validate(
            {"id": "hall", "driver": "mqtt_in", "config": {"host": peer.host, "port": peer.port},
             "tags": [{"name": name, "address": f"hall/{name}#", "type": "float64"} for name in names]}
        )  # fmt: skip
        agent = Agent(conn)
        assert isinstance(agent.device, Device)
        assert issubclass(type(configure("mqtt_in", conn.config)), Driver)
        task = asyncio.create_task(keep_alive(agent.device))
        await agent.until(lambda: agent.device.up and agent.last("speed") == (0.0, Quality.WAITING))
        for number in range(5):
            peer.publish("hall/speed", str(number).encode(), retain=False)
        await agent.until(lambda: agent.last("speed") == (4.0, 0))
        assert [value for _, value, q in agent.samples("speed") if q == 0] == [0.0, 1.0, 2.0, 3.0, 4.0]
        agent.device.stop()
        await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
