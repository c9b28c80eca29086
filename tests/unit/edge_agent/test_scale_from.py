"""`scale_from`: what is wrong with one is told with its line; it is read along where a tag is read alone."""

import pytest

from connectors import registry
from connectors.peers.modbus_peer import ModbusPeer, RegisterUnit
from edge_agent.config import parse_config
from edge_agent.read_now import read_now
from schemas.errors import ConfigError
from schemas.models.tag import TagConfig

AGENT = """\
version: 1
edge: e
broker: {{url: "mqtt://h"}}
connections:
  - id: m
    driver: modbus_tcp
    config: {{host: h}}
    tags:
      - {{name: sf, address: "holding:0", {sf}}}
      - {{name: w, address: "holding:1", type: int16, scale_from: {name}{more}}}
"""


def test_a_power_of_ten_is_a_float(tmp_path):
    loaded = parse_config(AGENT.format(sf="type: int16", name="sf", more=""), base=tmp_path)
    assert loaded.config.connections[0].tags[1].kind == "f"


@pytest.mark.parametrize(
    ("sf", "name", "more", "message"),
    [
        ("type: int16", "fs", "", "there is no tag 'fs' in this connection"),
        ("type: float32", "sf", "", "'sf' is no whole number"),
        ("type: int16, scale: 2", "sf", "", "'sf' is no whole number"),
        ("type: int16", "w", "", "'w' is no whole number"),
        ("type: int16, scan_ms: 5000", "sf", "", "have different scan_ms"),
        ("type: int16", "sf", ", write: {max: 5}", "is only read"),
    ],
)
def test_problems_have_their_line(tmp_path, sf, name, more, message):
    with pytest.raises(ConfigError) as caught:
        parse_config(AGENT.format(sf=sf, name=name, more=more), base=tmp_path)
    assert [(one.line, message in one.message) for one in caught.value.problems] == [(10, True)]


async def test_the_power_is_read_along():
    tags = [TagConfig(name="sf", address="holding:0", type="int16"),
            TagConfig(name="w", address="holding:1", type="int16", scale_from="sf")]  # fmt: skip
    unit = RegisterUnit(1, [(0, 2)])
    async with ModbusPeer([unit]) as peer:
        unit.put(0, [0xFFFF, 2301])
        driver = registry.configure("modbus_tcp", {"host": "127.0.0.1", "port": peer.port})
        await driver.connect()
        alone = await read_now(driver, tags[1:], tags)
        without = await read_now(driver, tags[1:])
        await driver.close()
    assert [(one.tag.name, one.value) for one in alone] == [("w", 230.1)]
    assert without[0].value is None
