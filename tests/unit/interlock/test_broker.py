"""The generated broker: who may say and hear what, and what survives a kill."""

from __future__ import annotations

import os
import queue
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest

from interlock.broker import password, render, write_private
from tests.support.broker import Broker
from tests.support.waiting import wait_until

REFUSED = 0x80


class Client:
    """A plain MQTT client that records what it is told."""

    def __init__(self, broker: Broker, user: str, word: str, will: str = "") -> None:
        self.connected: queue.Queue[bool] = queue.Queue()
        self.granted: queue.Queue[list[int]] = queue.Queue()
        self.messages: queue.Queue[tuple[str, bytes, bool]] = queue.Queue()
        self.client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=os.urandom(8).hex(), clean_session=True)
        self.client.username_pw_set(user, word)
        if will:
            self.client.will_set(will, b"gone", 0, retain=True)
        self.client.on_connect = lambda _c, _u, _f, code, _p: self.connected.put(not code.is_failure)
        self.client.on_subscribe = lambda _c, _u, _m, codes, _p: self.granted.put([code.value for code in codes])
        self.client.on_message = lambda _c, _u, m: self.messages.put((m.topic, bytes(m.payload), m.retain))
        self.client.connect("127.0.0.1", broker.port)
        self.client.loop_start()

    def subscribe(self, topic: str) -> bool:
        """Whether the broker granted it."""
        self.client.subscribe(topic, 0)
        return REFUSED not in self.granted.get(timeout=5)

    def silent(self, seconds: float = 0.4) -> bool:
        """Whether nothing arrives for a while."""
        try:
            self.messages.get(timeout=seconds)
        except queue.Empty:
            return True
        return False


@contextmanager
def connected(broker: Broker, user: str, word: str, will: str = "") -> Iterator[Client]:
    client = Client(broker, user, word, will)
    try:
        assert client.connected.get(timeout=5)
        yield client
    finally:
        client.client.disconnect()
        client.client.loop_stop()


@contextmanager
def core(broker: Broker) -> Iterator[Client]:
    with connected(broker, broker.core_user, broker.core_password) as client:
        assert client.subscribe("il/v1/+/edge/+/b/+")
        assert client.subscribe("il/v1/+/edge/+/state")
        yield client


@contextmanager
def edge(broker: Broker, name: str = "line_1", will: str = "") -> Iterator[Client]:
    with connected(broker, broker.edge_user(name), broker.edge_password(name), will) as client:
        yield client


def test_an_edge_speaks_on_its_own_topics_only(broker: Broker) -> None:
    with core(broker) as platform, edge(broker) as agent:
        for topic in (
            "il/v1/factory/edge/line_2/b/0",
            "il/v1/other/edge/line_1/b/0",
            "il/v1/factory/edge/line_1/b",
        ):
            agent.client.publish(topic, b"forged")
        agent.client.publish("il/v1/factory/edge/line_1/b/0", b"mine")
        assert platform.messages.get(timeout=5) == ("il/v1/factory/edge/line_1/b/0", b"mine", False)
        assert platform.silent()


@pytest.mark.parametrize(
    "topic",
    ["il/v1/factory/edge/line_2/a", "il/v1/factory/edge/+/a", "il/v1/#", "#", "il/v1/factory/edge/line_1/b/0",
     "$MQTT/#", "$JS/#"],
)  # fmt: skip
def test_an_edge_may_not_listen_elsewhere(broker: Broker, topic: str) -> None:
    with edge(broker) as agent:
        assert not agent.subscribe(topic)
        assert agent.subscribe("il/v1/factory/edge/line_1/a")
        assert agent.subscribe("il/v1/factory/core/state")


def test_an_edge_cannot_forge_a_retained_message(broker: Broker) -> None:
    forged = "il.v1.factory.edge.line_2.state"
    with edge(broker) as agent:
        for topic in (f"$MQTT/rmsgs/{forged}", "$MQTT/rmsgs/" + forged.replace(".", "/"), forged):
            agent.client.publish(topic, b"forged", retain=True)
        agent.client.publish("il/v1/factory/edge/line_1/state", b"real", retain=True)
    with core(broker) as platform:
        assert platform.messages.get(timeout=5) == ("il/v1/factory/edge/line_1/state", b"real", True)
        assert platform.silent()


def test_the_platform_does_not_speak_as_an_edge(broker: Broker) -> None:
    with core(broker) as platform, edge(broker) as agent:
        assert agent.subscribe("il/v1/factory/edge/line_1/a")
        platform.client.publish("il/v1/factory/edge/line_1/b/0", b"forged")
        platform.client.publish("il/v1/factory/edge/line_1/a", b"ack")
        assert agent.messages.get(timeout=5)[1] == b"ack"
        assert platform.silent()


def test_a_wrong_password_and_an_unknown_user_are_refused(broker: Broker) -> None:
    for user, word in ((broker.edge_user(), "wrong"), ("nobody", "x"), ("", "")):
        client = Client(broker, user, word)
        try:
            assert client.connected.get(timeout=5) is False
        finally:
            client.client.loop_stop()


def test_the_will_is_told_when_an_edge_dies(broker: Broker) -> None:
    topic = "il/v1/factory/edge/line_1/state"
    with core(broker) as platform, edge(broker, will=topic) as agent:
        agent.client.publish(topic, b"here", retain=True)
        assert platform.messages.get(timeout=5)[1] == b"here"
        agent.client.loop_stop()
        agent.client.socket().close()
        assert platform.messages.get(timeout=5) == (topic, b"gone", False)


@pytest.mark.parametrize("topic", ["il/v1/factory/edge/line_2/state", "il/v1/factory/core/state"])
def test_a_will_on_a_foreign_topic_is_never_told(broker: Broker, topic: str) -> None:
    with core(broker) as platform:
        assert platform.subscribe("il/v1/+/core/state")
        thief = Client(broker, broker.edge_user("line_1"), broker.edge_password("line_1"), topic)
        if thief.connected.get(timeout=5):
            thief.client.loop_stop()
            thief.client.socket().close()
        assert platform.silent(1.0)
        thief.client.loop_stop()


def test_retained_messages_survive_a_kill(broker: Broker) -> None:
    topic = "il/v1/factory/edge/line_1/state"
    with edge(broker) as agent:
        agent.client.publish(topic, b"here", qos=1, retain=True).wait_for_publish(5)
    broker.kill()
    broker.start()
    with core(broker) as platform:
        assert platform.messages.get(timeout=5) == (topic, b"here", True)


def test_only_the_loopback_address_is_opened(broker: Broker) -> None:
    def listeners() -> set[str]:
        inodes = set()
        for link in Path(f"/proc/{broker.process.pid}/fd").iterdir():
            target = os.readlink(link)
            if target.startswith("socket:["):
                inodes.add(target[8:-1])
        found = set()
        for table in ("tcp", "tcp6"):
            for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
                parts = line.split()
                if parts[3] == "0A" and parts[9] in inodes:
                    found.add(parts[1].partition(":")[0])
        return found

    assert wait_until(listeners) == {"0100007F"}


def test_secrets_are_made_once_and_private(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "edge.txt"
    first = password(path)
    assert len(first) >= 32
    assert password(path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    write_private(path, "new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text() == "new"


def test_each_edge_has_a_password_of_its_own(broker: Broker, tmp_path: Path) -> None:
    words = {broker.core_password, broker.edge_password("line_1"), broker.edge_password("line_2")}
    assert len(words) == 3
    text = render(port=1, store_dir=tmp_path, tenant="factory", core_password="c", edge_passwords={"x": "y"})
    assert "il.v1.factory.edge.x.birth" in text


def test_an_edge_is_a_sparkplug_node_of_its_own_name_alone(broker: Broker) -> None:
    topics = {
        "spBv1.0/g.1/NBIRTH/line_1": True, "spBv1.0/g/DDATA/line_1/press.1": True, "spBv1.0/g/NDEATH/line_1": True,
        "il-uns/line_1/press/temp": True, "spBv1.0/g/NBIRTH/line_2": False, "spBv1.0/g/DDATA/line_2/a": False,
        "spBv1.0/g/NCMD/line_2": False, "spBv1.0/STATE/interlock": False, "il-uns/line_2/press/temp": False,
    }  # fmt: skip
    with connected(broker, broker.core_user, broker.core_password) as core:
        assert core.subscribe("spBv1.0/#")
        assert core.subscribe("il-uns/#")
        with connected(broker, broker.edge_user("line_1"), broker.edge_password("line_1")) as edge:
            assert edge.subscribe("spBv1.0/g/NCMD/line_1")
            assert edge.subscribe("spBv1.0/STATE/interlock")
            assert not edge.subscribe("spBv1.0/g/NCMD/line_2")
            for topic in topics:
                edge.client.publish(topic, b"x", qos=0)
            heard = {core.messages.get(timeout=5)[0] for _ in range(sum(topics.values()))}
            assert heard == {topic for topic, may in topics.items() if may}
            assert core.silent()
