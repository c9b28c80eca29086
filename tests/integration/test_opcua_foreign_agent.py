"""From a foreign OPC UA server to the platform: the agent as a process, a link that breaks, a server that is killed."""

import asyncio
import time

from connectors.testing.link import Link
from tests.integration.agent_rig import Rig
from tests.support.node_peer import NodeServer
from tests.support.opcua_server import tags_of
from tests.support.waiting import wait_until

NAMES = ["v0", "v1", "v2"]
CHANGES = 100


async def within(condition, what, timeout_s=20.0):
    await asyncio.to_thread(wait_until, condition, timeout_s=timeout_s, what=what)


def reasons(rig):
    return [gap["reason"] for gap in rig.peer.memory.gaps]


async def test_no_change_is_lost_by_a_break_and_what_a_restart_costs_is_declared(tmp_path):
    (tmp_path / "rig").mkdir()
    rig = await asyncio.to_thread(Rig, tmp_path / "rig")
    try:
        with NodeServer(tmp_path, NAMES) as server:
            async with Link("127.0.0.1", server.port) as link:
                await told(rig, server, link)
    finally:
        await asyncio.to_thread(rig.close)


async def told(rig, server, link):
    config = {"endpoint": f"opc.tcp://127.0.0.1:{link.port}/plant/", "security_policy": "None"}
    config |= {"publishing_ms": 100, "sampling_ms": 0, "queue_size": 2 * CHANGES, "timeout_ms": 2000}
    tags = [tag.model_dump(mode="json", exclude_defaults=True) for tag in tags_of(NAMES)]
    rig.write_config(
        connections=[{"id": "line", "driver": "opcua", "mode": "subscribe", "config": config, "tags": tags}]
    )
    rig.peer.start()
    agent = await asyncio.to_thread(rig.agent)
    await within(lambda: rig.peer.values("line/v2"), "a first value")
    for number in range(CHANGES):
        await asyncio.to_thread(server.tell, set=[["v1", 1000 + number]])
        await asyncio.sleep(0.02)
        if number == CHANGES // 3:
            await link.cut()
            await link.mend()
    await within(lambda: any(v == 999 + CHANGES for _, v, _ in rig.peer.values("line/v1")), "the last change")

    def stored():
        return [v for _, v, q in rig.peer.values("line/v1") if q < 128 and v >= 1000]

    # What was caught up with after the break may come in a later batch than the last change.
    await within(lambda: len(stored()) >= CHANGES, "all changes")
    assert stored() == [float(1000 + number) for number in range(CHANGES)], "each once, in the order of their times"
    assert "subscription_lost" not in reasons(rig)
    # Unchanged tags are good again too, though nothing was told of them.
    await within(lambda: rig.peer.values("line/v2")[-1][2] == 0, "v2 is good again")
    assert 129 in {q for _, _, q in rig.peer.values("line/v2")}

    began = time.monotonic()
    await asyncio.to_thread(server.restart)
    await asyncio.to_thread(server.tell, set=[["v1", 5000]])
    await within(lambda: rig.peer.values("line/v1")[-1][1:] == (5000.0, 0), "told again after the restart", 15)
    assert time.monotonic() - began < 20
    await within(lambda: "subscription_lost" in reasons(rig), "the gap of the restart")
    await within(lambda: rig.peer.beats[-1].connections[0].up, "a beat that says so")
    assert await asyncio.to_thread(agent.terminate) == 0
    assert max(rig.peer.memory.stored_times.values()) == 1
