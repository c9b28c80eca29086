"""A server with ten thousand nodes is listed whole. Minutes on a busy machine, most of them to build the server."""

from __future__ import annotations

import pytest

from connectors.peers.opcua_peer import OpcuaPeer, Variable
from edge_agent.commissioning.browse import NODES_MAX, browse_tree
from edge_agent.config import make_driver
from schemas.models.connection import ConnectionConfig

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]
FOLDERS = 20


async def test_ten_thousand_nodes_are_listed() -> None:
    count = NODES_MAX - FOLDERS
    many = [Variable(f"v{number}", "float32", 0.0, f"f{number % FOLDERS}", f"v{number}") for number in range(count)]
    async with OpcuaPeer("urn:x", many) as peer:
        config = {"endpoint": peer.url, "security_policy": "None", "timeout_ms": 60_000}
        one = ConnectionConfig.model_validate({"id": "server", "driver": "opcua", "config": config})
        driver = make_driver(one)
        await driver.connect()
        try:
            result = await browse_tree(driver)
        finally:
            await driver.close()
    assert sum(found.is_value for found in result.found) >= count - FOLDERS
    assert len(result.found) <= NODES_MAX
