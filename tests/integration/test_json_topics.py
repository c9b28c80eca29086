"""Plain JSON topics: what any MQTT client reads of an agent, checked against the published JSON Schema."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import jsonschema
import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from connectors.peers.tick_device.pattern import expected, tag_number
from tests.integration.agent_rig import Rig
from tests.support.waiting import wait_until

ROOT = "il-uns/line_1"
TOPIC = f"{ROOT}/dev_0000/t00001"
SCHEMA = json.loads((Path(__file__).parents[2] / "schemas/json/json_topic_value.schema.json").read_text())


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(tmp_path)
    made.write_config(json_topics={})
    try:
        yield made
    finally:
        made.close()


class Reader:
    """A client that comes late: what is retained is all it gets at first."""

    def __init__(self, rig: Rig) -> None:
        self.latest: dict[str, Any] = {}
        self.all: list[tuple[str, Any]] = []
        self.client = paho.Client(CallbackAPIVersion.VERSION2, client_id=uuid4().hex, protocol=paho.MQTTv311)
        self.client.username_pw_set(rig.broker.core_user, rig.broker.core_password)
        self.client.on_connect = lambda client, *_: client.subscribe("il-uns/#")
        self.client.on_message = self._message
        self.client.connect("127.0.0.1", rig.broker.port)
        self.client.loop_start()

    def _message(self, _c: Any, _u: Any, message: paho.MQTTMessage) -> None:
        content = json.loads(message.payload)
        self.latest[message.topic] = content
        self.all.append((message.topic, content))

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


def test_the_latest_value_of_each_tag_is_there_for_who_comes_late(rig: Rig) -> None:
    agent = rig.agent()
    wait_until(lambda: rig.metrics()["accepted_points_total"] > 50, what="values")
    reader = Reader(rig)
    try:
        wait_until(lambda: len(reader.latest) >= 12, what=f"all topics: {sorted(reader.latest)}")
        assert reader.latest[ROOT]["online"] is True
        wait_until(lambda: len([1 for topic, _ in reader.all if topic == TOPIC]) > 5, what="changes")
        for topic, content in list(reader.all):
            if topic == ROOT:
                continue
            jsonschema.validate(content, SCHEMA)
            assert abs(content["ts"] - time.time_ns() // 1000) < 60_000_000
            if topic == TOPIC and content["v"] is not None:
                tag = tag_number("dev_0000/t00001")
                assert any(content["v"] == expected(tag, tick) for tick in range(3000))
        rig.device.kill()
        wait_until(lambda: reader.latest[TOPIC]["v"] is None and reader.latest[TOPIC]["q"] >= 128, what="bad value")
        agent.kill()
        wait_until(lambda: reader.latest[ROOT]["online"] is False, what="the will")
    finally:
        reader.close()


def test_a_clean_end_leaves_no_value_that_looks_alive(rig: Rig) -> None:
    agent = rig.agent()
    wait_until(lambda: rig.metrics()["accepted_points_total"] > 50, what="values")
    assert agent.terminate() == 0
    reader = Reader(rig)
    try:
        wait_until(lambda: len(reader.latest) >= 12, what="all topics")
        assert {content.get("v", False) for content in reader.latest.values() if "v" in content} == {None}
        assert reader.latest[ROOT]["online"] is False
    finally:
        reader.close()


DOUBLE = {"name": "double", "expression": "n * 2", "inputs": {"n": "dev_0000/tick"}, "unit": "pcs"}


def test_calculated_tags_are_topics_too(rig: Rig) -> None:
    rig.write_config(json_topics={}, calculated=[DOUBLE])
    agent = rig.agent()
    reader = Reader(rig)
    topic, tick = f"{ROOT}/calculated/double", f"{ROOT}/dev_0000/tick"

    def doubled() -> bool:
        said = [(name, one["v"], one["ts"]) for name, one in list(reader.all) if "ts" in one and one.get("v")]
        ticks = {ts: v for name, v, ts in said if name == tick}
        doubles = [(ts, v) for name, v, ts in said if name == topic]
        assert all(v == 2 * ticks[ts] for ts, v in doubles if ts in ticks)
        return sum(ts in ticks for ts, _ in doubles) > 5

    try:
        wait_until(doubled, what="the calculated value of each tick, at its time")
        assert reader.latest[topic]["unit"] == "pcs"
        jsonschema.validate(reader.latest[topic], SCHEMA)
        assert agent.terminate() == 0
        wait_until(lambda: reader.latest[topic]["v"] is None, what="nothing that looks alive")
    finally:
        reader.close()


def test_it_is_off_if_not_asked_for(rig: Rig) -> None:
    rig.write_config()
    rig.agent()
    reader = Reader(rig)
    try:
        wait_until(lambda: rig.metrics()["accepted_points_total"] > 50, what="values")
        assert not reader.latest
    finally:
        reader.close()
