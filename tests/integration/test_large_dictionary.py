"""A dictionary of many batches is sent once: a platform that asks while it is on its way gets no second one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest

from schemas.wire.batch import unpack
from tests.support.plant_rig import PlantRig
from tests.support.waiting import wait_until

TAGS = 16000
pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[PlantRig]:
    plant = PlantRig(tmp_path, tags=1000, devices=16, sequence=False)
    yield plant
    plant.close()


def test_a_large_dictionary_is_written_once(rig: PlantRig) -> None:
    dictionaries: set[int] = set()

    def heard(_client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        batch = unpack(message.payload)
        if batch.kind == "dict":
            dictionaries.add(batch.seq)

    listener = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
    listener.username_pw_set(rig.broker.core_user, rig.broker.core_password)
    listener.on_connect = lambda client, *_: client.subscribe("il/v1/factory/edge/+/b/+", 0)
    listener.on_message = heard
    listener.connect("127.0.0.1", rig.broker.port)
    listener.loop_start()
    rig.platform()
    rig.agent()

    def known() -> int:
        edges = rig.client.health()["edges"]
        return sum(connection["tags"] for connection in edges[0]["connections"]) if edges else 0

    wait_until(lambda: known() > TAGS, timeout_s=60, every_s=0.5, what="the tags")
    newest = rig.client.tags()
    wait_until(lambda: len(rig.client.tags()) == known(), timeout_s=60, every_s=1, what="all tags declared")
    last = max(tag["id"] for tag in (newest or rig.client.tags()).values())
    wait_until(
        lambda: rig.client.call("POST", "/values/latest", {"ids": [last]})["values"][0]["q"] == 0,
        timeout_s=60,
        every_s=0.5,
        what="the last tag has a value",
    )
    listener.disconnect()
    listener.loop_stop()
    # 2,000 records a batch; a handful more would mean that it was written again and again.
    assert len(dictionaries) == -(-known() // 2000)
