"""OPC UA subscriptions against asyncua's server: told values, refused nodes, silence, restart, missed messages."""

import asyncio
import re
import time
from pathlib import Path

import pytest
import yaml
from asyncua import ua

from connectors.drivers.opcua import subscription
from connectors.registry import configure
from schemas.errors import ConnectError
from schemas.models.agent import AgentConfig
from schemas.quality import Quality
from tests.support.opcua_server import Follower, Relay, driver_of, plant, tags_of

NAMES = [f"v{n}" for n in range(10)]


def test_the_example_of_the_page_is_right():
    page = (Path(__file__).parents[4] / "docs" / "how-to" / "let-the-server-tell-changes.md").read_text("utf-8")
    document = yaml.safe_load(re.findall(r"```yaml\n(.*?)```", page, re.S)[0])
    connection = AgentConfig.model_validate(document).connections[0]
    assert connection.mode == "subscribe"
    assert not configure("opcua", connection.config).plan(connection.tags).problems


async def test_changes_come_by_themselves_in_order_and_writes_go_between():
    async with plant(NAMES) as server:
        driver = driver_of(server.port, publishing_ms=50)
        await driver.connect()
        tags = tags_of(NAMES)
        plan = driver.plan(tags)
        follower = Follower(driver, plan)
        await follower.until(lambda: all(follower.values[name] for name in NAMES))
        for number in range(5):
            await server.set("v1", 100.0 + number)
        await driver.write(tags[2], 55.0)  # while the subscription waits
        await server.set("v3", 7.0, 0x808C0000)
        await follower.until(lambda: len(follower.values["v1"]) == 6 and len(follower.values["v3"]) == 2)
        assert follower.values["v1"] == [(float(v), 0) for v in (1, 100, 101, 102, 103, 104)]
        assert follower.values["v2"] == [(2.0, 0), (55.0, 0)]
        assert follower.values["v3"] == [(3.0, 0), (0.0, Quality.SENSOR)]
        assert follower.values["v4"] == [(4.0, 0)]
        assert (await driver.read(plan))[0].columns.v[2] == 55.0
        assert not follower.losses
        await follower.stop()
        await driver.close()


async def test_refused_nodes_cost_themselves_only_and_are_asked_for_again(monkeypatch, caplog):
    monkeypatch.setattr(subscription, "AGAIN_S", 0.2)
    async with plant(NAMES, items_per_call=4) as server:
        driver = driver_of(server.port, publishing_ms=50)
        await driver.connect()
        tags = [*tags_of(["late", *NAMES, "never"]), tags_of(["foreign"])[0].model_copy()]
        tags[-1] = tags[-1].model_copy(update={"address": "nsu=urn:elsewhere;s=x"})
        follower = Follower(driver, driver.plan(tags))
        await follower.until(lambda: all(follower.values.values()))
        bad = {name for name, told in follower.values.items() if told[0][1] == Quality.BAD_ADDRESS}
        assert bad == {"late", "never", "foreign"}
        assert "refuses 2 of 13 tags: late (BadNodeIdUnknown), never (BadNodeIdUnknown)" in caplog.text
        folder = await server.server.nodes.objects.add_folder(server.index, "Later")
        await folder.add_variable(ua.NodeId("late", server.index), "late", 5.0)
        await follower.until(lambda: (5.0, 0) in follower.values["late"])
        await follower.stop()
        await driver.close()


async def test_a_server_that_says_nothing_is_gone():
    async with plant(NAMES) as server, Relay(server.port) as relay:
        driver = driver_of(relay.port, publishing_ms=100, timeout_ms=300)
        await driver.connect()
        follower = Follower(driver, driver.plan(tags_of(NAMES)), 100)
        await follower.until(lambda: follower.deliveries > 3)  # keep-alives: nothing changes
        relay.hold()
        began = time.monotonic()
        error = await follower.failed()
        assert isinstance(error, ConnectError)
        assert error.code == "opcua.silent"
        assert 1.5 < time.monotonic() - began < 6
        relay.release()
        await driver.close()


async def test_a_clock_that_stands_still_is_a_server_that_looks_at_nothing(monkeypatch):
    monkeypatch.setattr(subscription, "STALLED_S", 2.5)
    async with plant(NAMES, clock=True) as server:
        driver = driver_of(server.port, publishing_ms=100)
        await driver.connect()
        follower = Follower(driver, driver.plan(tags_of(NAMES)), 100)
        await asyncio.sleep(4)
        assert follower.error is None
        server.server.iserver.disabled_clock = True
        node = server.server.iserver.aspace[ua.NodeId(ua.ObjectIds.Server_ServerStatus_CurrentTime)]
        node.attributes[ua.AttributeIds.Value].datachange_callbacks.clear()
        error = await follower.failed()
        assert error.code == "opcua.stalled"
        await driver.close()


async def test_a_restarted_server_is_subscribed_anew_and_the_break_is_declared():
    async with plant(NAMES) as server:
        port = server.port
        driver = driver_of(port, publishing_ms=50)
        await driver.connect()
        plan = driver.plan(tags_of(NAMES))
        follower = Follower(driver, plan)
        await follower.until(lambda: all(follower.values.values()))
        assert not follower.losses
    error = await follower.failed()
    assert isinstance(error, ConnectError)
    await driver.close()
    async with plant(NAMES, port=port) as server:
        again = driver_of(port, publishing_ms=50)
        await again.connect()
        follower = Follower(again, plan)
        await server.set("v1", 9.0)
        await follower.until(lambda: follower.values["v1"][-1:] == [(9.0, 0)])
        assert [loss.reason for loss in follower.losses] == ["subscription_lost"]
        assert 0 < follower.losses[0].from_ts < follower.losses[0].to_ts
        await follower.stop()
        await again.close()


@pytest.mark.parametrize("kept", [True, False])
async def test_a_missed_message_is_fetched_or_declared(kept):
    async with plant(NAMES) as server:
        driver = driver_of(server.port, publishing_ms=50)
        await driver.connect()
        follower = Follower(driver, driver.plan(tags_of(NAMES)))
        await follower.until(lambda: all(follower.values.values()))
        sub = next(iter(server.server.iserver.subscription_service.subscriptions.values()))
        await server.set("v1", 50.0)
        result = sub._pop_publish_result()  # the message is on its way, and never arrives
        if not kept:
            sub._not_acknowledged_results.pop(result.NotificationMessage.SequenceNumber)
        await server.set("v1", 51.0)
        await follower.until(lambda: follower.values["v1"][-1] == (51.0, 0))
        told = [value for value, _ in follower.values["v1"]]
        assert told == ([1.0, 50.0, 51.0] if kept else [1.0, 51.0])
        assert [loss.reason for loss in follower.losses] == ([] if kept else ["notification_lost"])
        await follower.stop()
        await driver.close()


async def test_ten_thousand_nodes_of_which_ten_are_not_there():
    names = [f"n{n}" for n in range(9_990)]
    async with plant(names) as server:
        driver = driver_of(server.port, publishing_ms=250, timeout_ms=20_000)
        await driver.connect()
        missing = [f"missing{n}" for n in range(10)]
        every = names[:5000] + missing + names[5000:]
        follower = Follower(driver, driver.plan(tags_of(every)))
        await follower.until(lambda: all(follower.values.values()), 60)
        firsts = {name: told[0] for name, told in follower.values.items()}
        assert sum(quality == Quality.GOOD for _, quality in firsts.values()) == 9_990
        assert {name for name, (_, quality) in firsts.items() if quality == Quality.BAD_ADDRESS} == set(missing)
        assert all(firsts[name] == (float(number), 0) for number, name in enumerate(names))
        await follower.stop()
        await driver.close()
