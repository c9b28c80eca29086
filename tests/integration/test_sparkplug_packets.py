"""What only the packets show: the flags of CONNECT, the will, and that subscriptions come before births."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from platform_core.ingest.inbox import Inbox
from platform_core.sparkplug.link import SparkplugLink, SparkplugSettings
from tests.integration.agent_rig import Rig
from tests.support.mqtt_recorder import MqttRecorder, Packet
from tests.support.sparkplug_messages import read, value_of
from tests.support.waiting import wait_until

STATE = "spBv1.0/STATE/scada"


@pytest.fixture
def online() -> Iterator[MqttRecorder]:
    made = MqttRecorder({STATE: json.dumps({"online": True, "timestamp": 5}).encode()})
    yield made
    made.close()


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(tmp_path)
    yield made
    made.close()


def test_the_node_connects_subscribes_and_only_then_is_born(online: MqttRecorder, rig: Rig) -> None:
    broker = {"url": f"mqtt://127.0.0.1:{online.port}"}
    rig.write_config(sparkplug={"group": "g1", "primary_host": "scada", "broker": broker})
    agent = rig.agent()
    wait_until(lambda: len(online.of("PUBLISH")) > 5, what="data")
    connect, subscribe = online.packets[:2]
    assert (connect.name, connect.level, connect.clean_session) == ("CONNECT", 4, True)
    assert (connect.topic, connect.qos, connect.retain) == ("spBv1.0/g1/NDEATH/line_1", 1, False)
    will = read(connect.payload)
    assert not will.HasField("seq")
    assert [(metric.name, metric.datatype, value_of(metric)) for metric in will.metrics] == [("bdSeq", 4, 0)]
    assert subscribe.name == "SUBSCRIBE"
    assert set(subscribe.topics) == {
        ("spBv1.0/g1/NCMD/line_1", 1), ("spBv1.0/g1/DCMD/line_1/+", 1), (STATE, 1),
    }  # fmt: skip
    born = online.of("PUBLISH")
    assert [packet.topic for packet in born[:3]] == [
        "spBv1.0/g1/NBIRTH/line_1", "spBv1.0/g1/DBIRTH/line_1/dev_0000", "spBv1.0/g1/DDATA/line_1/dev_0000",
    ]  # fmt: skip
    assert value_of(read(born[0].payload).metrics[0]) == 0
    assert {(packet.qos, packet.retain) for packet in born} == {(0, False)}
    assert agent.terminate() == 0
    last = online.packets[-2:]
    assert [packet.name for packet in last] == ["PUBLISH", "DISCONNECT"]
    assert last[0].topic == "spBv1.0/g1/NDEATH/line_1"


def test_a_node_without_its_host_is_not_born(rig: Rig) -> None:
    away = MqttRecorder({STATE: json.dumps({"online": False, "timestamp": 5}).encode()})
    try:
        broker = {"url": f"mqtt://127.0.0.1:{away.port}"}
        rig.write_config(sparkplug={"group": "g1", "primary_host": "scada", "broker": broker})
        rig.agent()
        wait_until(lambda: away.of("SUBSCRIBE"), what="subscribed")
        time.sleep(1.0)
        assert not away.of("PUBLISH")
    finally:
        away.close()


def state_of(packet: Packet) -> dict[str, object]:
    content = json.loads(packet.payload)
    assert set(content) == {"online", "timestamp"}
    return dict(content)


def test_the_host_connects_subscribes_and_only_then_says_that_it_is_there() -> None:
    broker = MqttRecorder()
    link = SparkplugLink(SparkplugSettings("h1", f"mqtt://127.0.0.1:{broker.port}"), Inbox())
    link.start()
    try:
        wait_until(lambda: broker.of("PUBLISH"), what="STATE")
        connect, subscribe, birth = broker.packets[:3]
        assert (connect.name, connect.level, connect.clean_session) == ("CONNECT", 4, True)
        assert (connect.topic, connect.qos, connect.retain) == ("spBv1.0/STATE/h1", 1, True)
        assert ("spBv1.0/STATE/h1", 1) in subscribe.topics
        assert {topic for topic, _ in subscribe.topics} >= {"spBv1.0/+/+/+", "spBv1.0/+/+/+/+"}
        assert (birth.name, birth.topic, birth.qos, birth.retain) == ("PUBLISH", "spBv1.0/STATE/h1", 1, True)
        will = state_of(connect)
        assert will["online"] is False
        assert state_of(birth) == {"online": True, "timestamp": will["timestamp"]}
        link.ask_rebirth("g", "n")
        wait_until(lambda: len(broker.of("PUBLISH")) == 2, what="NCMD")
        command = broker.of("PUBLISH")[-1]
        assert (command.topic, command.qos, command.retain) == ("spBv1.0/g/NCMD/n", 0, False)
    finally:
        link.stop()
    wait_until(lambda: broker.of("DISCONNECT"), what="goodbye")
    last = broker.packets[-2:]
    assert [packet.name for packet in last] == ["PUBLISH", "DISCONNECT"]
    assert state_of(last[0]) == {"online": False, "timestamp": will["timestamp"]}
    assert (last[0].qos, last[0].retain) == (1, True)
    broker.close()
