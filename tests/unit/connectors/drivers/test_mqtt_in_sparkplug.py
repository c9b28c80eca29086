"""Sparkplug B in MQTT-in: a node of the official library behind a real broker; births, aliases, deaths, holes."""

import asyncio
import time

import pytest

from connectors.drivers.mqtt_in.conformance import Peer
from connectors.drivers.mqtt_in.sparkplug import HISTORICAL_REASON, LOST_REASON, parse_metric_address
from connectors.registry import configure
from schemas.errors import ConfigError
from schemas.models.tag import TagConfig
from schemas.quality import Quality
from tests.support.opcua_server import Follower
from tests.support.sparkplug_peers import NodePeer

INT32, BOOLEAN, FLOAT, DATA_SET = 3, 11, 9, 16
SPEED, COUNT, RUNS, NOT_THERE = (
    "plant/press#Motor/Speed",
    "plant/press/plc#Count",
    "plant/press/plc#Runs",
    "plant/press#None",
)
TAGS = [
    TagConfig(name="speed", address=SPEED, type="float32"), TagConfig(name="count", address=COUNT, type="int32"),
    TagConfig(name="runs", address=RUNS, type="bool"), TagConfig(name="none", address=NOT_THERE, type="int16"),
]  # fmt: skip


class Plant:
    """A node with the device `plc`, and the driver listening to both."""

    async def __aenter__(self):
        self.peer = Peer()
        await self.peer.__aenter__()
        self.node = NodePeer(self.peer.port, group="plant", node="press")
        await asyncio.to_thread(self.node.connect)
        settings = {"host": self.peer.host, "port": self.peer.port, "timeout_ms": 3000, "payload": "sparkplug"}
        self.driver = configure("mqtt_in", settings)
        await self.driver.connect()
        self.follower = Follower(self.driver, self.driver.plan(TAGS))
        return self

    async def __aexit__(self, *_):
        await self.follower.stop()
        await self.driver.close()
        await asyncio.to_thread(self.node.close)
        await self.peer.__aexit__(None, None, None)

    async def born(self, speed=1.5, count=7):
        """Both births, and the values they bring."""
        asked = self.node.rebirths()
        await self.follower.until(lambda: self.node.rebirths() >= max(1, asked))
        birth = {"name": "Motor/Speed", "alias": 1, "datatype": FLOAT, "float_value": speed}
        other = {"name": "Other", "alias": 9, "datatype": INT32, "int_value": 1}
        await asyncio.to_thread(self.node.nbirth, birth, other)
        await self.send(
            "DBIRTH", {"name": "Count", "alias": 2, "datatype": INT32, "int_value": count},
            {"name": "Runs", "alias": 3, "datatype": BOOLEAN, "boolean_value": True},
        )  # fmt: skip
        await self.last("count", (count, 0))

    async def send(self, kind, *metrics, seq=None):
        device = "plc" if kind.startswith("D") else ""
        await asyncio.to_thread(lambda: self.node.send(kind, *metrics, device=device, seq=seq))

    async def last(self, name, expected):
        values = self.follower.values[name]
        await self.follower.until(lambda: bool(values) and values[-1] == expected)


async def test_birth_data_by_alias_and_what_no_birth_declares():
    async with Plant() as plant:
        await plant.born()
        assert plant.follower.values["speed"][-1] == (1.5, 0)
        assert plant.follower.values["runs"][-1] == (True, 0)
        assert plant.follower.values["none"][-1] == (0, Quality.BAD_ADDRESS)
        await plant.send("NDATA", {"alias": 1, "float_value": 2.5}, {"alias": 9, "int_value": 2})
        await plant.send("DDATA", {"alias": 2, "int_value": 8}, {"alias": 2, "int_value": 9})
        await plant.last("count", (9, 0))
        assert plant.follower.values["speed"][-1] == (2.5, 0)
        # Both values of one message count, in their order.
        assert [value for value, q in plant.follower.values["count"] if q == 0] == [7, 8, 9]
        await plant.send("DDATA", {"alias": 2, "is_null": True})
        await plant.last("count", (0, Quality.BAD))
        await plant.send("DDATA", {"alias": 2, "int_value": 10, "properties": {"Quality": 500}})
        await plant.last("count", (10, Quality.UNCERTAIN))
        assert not plant.follower.losses


async def test_nothing_counts_before_a_birth_and_after_a_hole_until_the_next():
    async with Plant() as plant:
        await plant.send("NDATA", {"alias": 1, "float_value": 99.0}, seq=5)
        await plant.born()
        await plant.send("DDATA", {"alias": 2, "int_value": 50}, seq=77)  # others before it are missing
        await plant.send("DDATA", {"alias": 2, "int_value": 51}, seq=78)
        await plant.follower.until(lambda: [loss.reason for loss in plant.follower.losses] == [LOST_REASON])
        asked = plant.node.rebirths()
        assert asked >= 1
        # What is shown until the next birth is the last value, and no longer sure.
        await plant.last("count", (7, Quality.UNCERTAIN))
        await plant.last("speed", (1.5, Quality.UNCERTAIN))
        await plant.born(count=60)
        got = [value for value, q in plant.follower.values["count"] if q == 0]
        assert got == [7, 60], "what came out of order is nobody's value"
        assert not [value for value, q in plant.follower.values["speed"] if value == 99.0]


async def test_an_alias_nobody_declared_is_a_hole():
    async with Plant() as plant:
        await plant.born()
        await plant.send("NDATA", {"alias": 1, "float_value": 3.0}, {"alias": 4, "int_value": 1})
        await plant.follower.until(lambda: [loss.reason for loss in plant.follower.losses] == [LOST_REASON])


async def test_deaths_mark_what_they_took_along_and_an_old_will_does_not():
    async with Plant() as plant:
        await plant.born()
        await asyncio.to_thread(plant.node.publish, "NDEATH", plant.node.death(bdseq=200))
        await plant.send("DDATA", {"alias": 2, "int_value": 8})
        await plant.last("count", (8, 0))
        await plant.send("DDEATH")
        await plant.last("count", (0, Quality.NO_COMMUNICATION))
        assert plant.follower.values["speed"][-1] == (1.5, 0)
        await asyncio.to_thread(plant.node.publish, "NDEATH", plant.node.death())
        await plant.last("speed", (0, Quality.NO_COMMUNICATION))


async def test_a_value_of_an_earlier_time_is_told_as_left_out():
    async with Plant() as plant:
        await plant.born()
        at_ms = int(time.time() * 1000) - 60_000
        await plant.send("DDATA", {"alias": 2, "int_value": 5, "timestamp": at_ms, "is_historical": True})
        await plant.send("DDATA", {"alias": 2, "int_value": 11})
        await plant.last("count", (11, 0))
        [loss] = plant.follower.losses
        assert (loss.reason, loss.from_ts, loss.rows) == (HISTORICAL_REASON, at_ms * 1000, 1)
        assert (5, 0) not in plant.follower.values["count"]


async def test_what_is_no_sparkplug_costs_nothing():
    async with Plant() as plant:
        await plant.born()
        for payload in (b"", b"\xff" * 40, b"{}"):
            plant.peer.publish("spBv1.0/plant/DDATA/press/plc", payload, retain=False)
        await plant.born(count=12)
        assert plant.follower.error is None


def test_addresses_and_settings_that_cannot_be():
    assert parse_metric_address("g/n/d#a/b").metric == "a/b"
    for text in ("g/n", "g#m", "g/n#", "/n#m", "g/n/d/e#m", "g/+#m"):
        with pytest.raises(ValueError, match=r"#|begin|cannot be"):
            parse_metric_address(text)
    with pytest.raises(ConfigError, match="time_pointer"):
        configure("mqtt_in", {"host": "h", "payload": "sparkplug", "time_pointer": "/at"})
