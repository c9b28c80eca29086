"""Browsing a real OPC UA server, and trees that no honest server would have."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
import yaml

from connectors.driver import BrowseItem
from connectors.drivers.opcua.driver import OpcuaDriver
from connectors.peers.opcua_peer import OpcuaPeer, Variable
from edge_agent.cli import run_cli
from edge_agent.commissioning.browse import Found, browse_tree, tags_of
from edge_agent.config import make_driver
from edge_agent.read_now import read_now
from edge_agent.spreadsheet.csv_file import read_csv
from edge_agent.spreadsheet.tag_rows import build_tag, parse_rows
from schemas.errors import ConfigError
from schemas.models.connection import ConnectionConfig
from schemas.models.tag import TagConfig
from schemas.quality import BAD_FROM

VARIABLES = [
    Variable("p1.temp", "float64", 21.5, "press_1", "temperature"),
    Variable("p2.temp", "float64", 22.5, "press_2", "temperature"),
    Variable("p2.count", "uint32", 7, "press_2", "count"),
    Variable("p2.text", "string", "run", "press_2", "state/now"),
]


def connection(url: str) -> ConnectionConfig:
    config = {"endpoint": url, "security_policy": "None"}
    return ConnectionConfig.model_validate({"id": "server", "driver": "opcua", "config": config})


async def test_the_tags_that_are_offered_can_be_read() -> None:
    async with OpcuaPeer("urn:x", VARIABLES) as peer:
        driver = make_driver(connection(peer.url))
        await driver.connect()
        try:
            result = await browse_tree(driver)
            tags = tags_of(result.found)
            values = await read_now(driver, tags)
        finally:
            await driver.close()
    assert {tag.name for tag in tags} == {"press_1.temperature", "press_2.temperature", "count", "state_now"}
    assert all(one.quality < BAD_FROM for one in values)
    assert {one.tag.name: one.value for one in values}["press_2.temperature"] == 22.5
    assert result.cut == ""


async def test_depth_and_number_are_bounds_that_are_told() -> None:
    async with OpcuaPeer("urn:x", VARIABLES) as peer:
        driver = make_driver(connection(peer.url))
        await driver.connect()
        try:
            flat = await browse_tree(driver, depth=1)
            few = await browse_tree(driver, nodes_max=3)
        finally:
            await driver.close()
    assert not any(one.is_value for one in flat.found)
    assert "below level 1" in flat.cut
    assert len(few.found) == 3
    assert "ended at 3 nodes" in few.cut


class Round(OpcuaDriver):
    """A tree that leads back to itself."""

    def __init__(self) -> None:
        self.asked = 0

    async def browse(self, parent: str) -> list[BrowseItem]:
        self.asked += 1
        return [BrowseItem("a", "A", has_children=True), BrowseItem("b", "B\x1b[2J/#", "bool", has_children=True)]


async def test_a_tree_that_leads_back_to_itself_ends_and_names_are_not_trusted() -> None:
    driver = Round()
    result = await browse_tree(driver, depth=1000)
    assert driver.asked == 3
    assert [one.path for one in result.found] == [("A",), ("B [2J_",)]
    assert tags_of(result.found)[0].name == "B [2J_"


def test_names_of_tags_are_never_the_same() -> None:
    found = [Found(BrowseItem(f"i={number}", "x", "bool"), ("m", "x")) for number in range(3)]
    long = [Found(BrowseItem(f"s={number}", "x", "string"), ("y" * 120, "x" * 120)) for number in range(3)]
    names = [tag.name for tag in tags_of([*found, *long])]
    assert len(set(names)) == 6
    assert all(len(name) <= 120 for name in names)


async def test_a_driver_that_cannot_list_says_what_else_helps() -> None:
    modbus = ConnectionConfig.model_validate({"id": "m", "driver": "modbus_tcp", "config": {"host": "127.0.0.1"}})
    with pytest.raises(ConfigError, match="cannot list") as caught:
        await browse_tree(make_driver(modbus))
    assert "edge-agent scan" in caught.value.hint


async def test_the_command_gives_a_table_and_ready_tags(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    async with OpcuaPeer("urn:x", VARIABLES) as peer:

        async def run(*more: str) -> str:
            arguments = ["browse", "--driver", "opcua", "--host", peer.url, *more]
            assert await asyncio.to_thread(run_cli, arguments) == 0
            return capfdbinary.readouterr().out.decode()

        table = await run()
        assert "press_2/count" in table
        assert "Server" not in table
        rows: list[dict[str, Any]] = yaml.safe_load(await run("--as", "yaml", "--find", "press_2"))["tags"]
        assert len([TagConfig.model_validate(row) for row in rows]) == 3
        sheet = parse_rows(read_csv((await run("--as", "csv")).encode()))
        assert len([build_tag(row)[0] for row in sheet.rows]) == 4
        nodes = json.loads(await run("--as", "json"))["nodes"]
        assert {"press_1", "temperature"} <= {node["path"][-1] for node in nodes}
