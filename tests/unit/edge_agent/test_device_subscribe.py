"""A connection with `mode: subscribe` against asyncua's server: samples, beats, writes, silence, breaks, gaps."""

import asyncio
import itertools
import json
import time
from contextlib import asynccontextmanager

import numpy as np
import pytest

from connectors.driver import Delivery, Loss
from edge_agent.agent import make_driver
from edge_agent.batcher import Batcher
from edge_agent.config import parse_config
from edge_agent.device import Device
from edge_agent.pipeline.scan import ScanClass
from edge_agent.read_now import read_now
from edge_agent.supervisor import keep_alive
from schemas.errors import ConfigError
from schemas.models.connection import ConnectionConfig
from schemas.quality import BAD_FROM, Quality
from schemas.wire.batch import decode_columns
from tests.support.opcua_server import Relay, plant, tags_of

NAMES = ["temperature", "pressure", "speed"]


def connection(port, **more):
    return ConnectionConfig.model_validate(
        {
            "id": "line",
            "driver": "opcua",
            "mode": "subscribe",
            "scan_ms": 1000,
            "config": {
                "endpoint": f"opc.tcp://127.0.0.1:{port}/plant/", "security_policy": "None",
                "publishing_ms": 50, "timeout_ms": 500,
            },
            "tags": [tag.model_dump(mode="json", exclude_defaults=True) for tag in tags_of(NAMES)],
        }
        | more
    )  # fmt: skip


class Agent:
    """A device under the supervisor, with a batcher whose entries are kept."""

    def __init__(self, conn):
        self.entries = []
        self.conn = conn
        batcher = Batcher(lambda entry: self.entries.append(entry) or True, rev="r", profile="disk")
        scan = ScanClass(conn, conn.tags, conn.scan_ms, np.arange(len(conn.tags), dtype="<u4"), {}, 0)
        self.device = Device(conn, [scan], lambda: make_driver(conn), batcher, place=0)

    def samples(self, name):
        """(ts, value, quality) in the order handed on."""
        alias = NAMES.index(name)
        out = []
        for entry in self.entries:
            for batch in entry.batches:
                for group in decode_columns(batch.body, batch.z):
                    rows = zip(group.id.tolist(), group.ts.tolist(), group.v.tolist(), group.q.tolist(), strict=True)
                    out += [(ts, v, q) for index, ts, v, q in rows if index == alias]
        return out

    def last(self, name):
        """Value and quality of the newest sample."""
        samples = self.samples(name)
        return samples[-1][1:] if samples else (None, None)

    def gaps(self):
        return [gap for entry in self.entries for gap in entry.gaps]

    async def until(self, condition, timeout_s=15.0):
        async with asyncio.timeout(timeout_s):
            while not condition():
                await asyncio.sleep(0.02)


@asynccontextmanager
async def running(conn):
    agent = Agent(conn)
    task = asyncio.create_task(keep_alive(agent.device))
    try:
        yield agent
    finally:
        agent.device.stop()
        await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_changes_become_samples_and_the_beat_goes_on_without_any():
    async with plant(NAMES) as server, running(connection(server.port)) as agent:
        await agent.until(lambda: all(agent.samples(name) for name in NAMES))
        before = time.time_ns() // 1000
        for value in (20.0, 21.0, 22.0):
            await server.set("temperature", value)
        await agent.until(lambda: len(agent.samples("temperature")) == 4)
        values = agent.samples("temperature")
        assert [v for _, v, _ in values] == [0.0, 20.0, 21.0, 22.0]
        times = [ts for ts, _, _ in values]
        assert times == sorted(set(times))
        assert before <= times[1]
        beat = agent.device.beat()
        assert beat.up
        assert beat.bad_tags == 0
        await agent.until(lambda: agent.device.beat().scans[0].last > beat.scans[0].last + 1_500_000)
        assert len(agent.samples("pressure")) == 1  # fresh by its beat, not by repeated samples
        assert not agent.gaps()


async def test_writes_and_reads_go_between_what_is_told():
    async with plant(NAMES) as server, running(connection(server.port)) as agent:
        await agent.until(lambda: agent.device.up)
        tag = agent.conn.tags[2]

        async def work(driver):
            await driver.write(tag, 1500.0)
            return await read_now(driver, [tag])

        (read,) = await agent.device.exchange(work, time.monotonic() + 5)
        assert read.value == 1500.0
        await agent.until(lambda: agent.last("speed") == (1500.0, 0))


async def test_a_silent_value_is_said_again_with_the_time_it_was_vouched_for():
    report = {"silence_max_s": 1.5}
    async with plant(NAMES) as server, running(connection(server.port, report=report)) as agent:
        await agent.until(lambda: len(agent.samples("pressure")) == 3)
        samples = agent.samples("pressure")
        assert {(v, q) for _, v, q in samples} == {(1.0, 0)}
        steps = np.diff([ts for ts, _, _ in samples])
        assert (steps >= 1_500_000).all()
        assert (steps < 6_000_000).all()


async def test_a_break_marks_every_tag_bad_once_and_declares_what_nobody_saw():
    async with plant(NAMES) as server, Relay(server.port) as relay, running(connection(relay.port)) as agent:
        await agent.until(lambda: all(agent.samples(name) for name in NAMES))
        relay.cut()
        await agent.until(lambda: agent.device.failures == 1)
        await server.set("temperature", 33.0)
        # asyncua's server keeps the subscription but tells to the dead link: it is given up, and a new one made.
        await agent.until(lambda: agent.gaps() and all(agent.last(name)[1] == 0 for name in NAMES))
        assert agent.last("temperature") == (33.0, 0)
        qualities = [q for _, _, q in agent.samples("pressure")]
        assert qualities[:2] == [0, int(Quality.NO_COMMUNICATION)]
        assert not any(a == b for a, b in itertools.pairwise(qualities)), "told once, not over and over"
        (gap,) = agent.gaps()
        assert (gap.kind, gap.reason, gap.conn, gap.n) == ("not_sampled", "subscription_lost", "line", None)
        assert gap.from_ts < gap.to_ts


async def test_a_link_that_dies_without_a_word_is_noticed_and_made_anew():
    async with plant(NAMES) as server, Relay(server.port) as relay, running(connection(relay.port)) as agent:
        await agent.until(lambda: all(agent.samples(name) for name in NAMES))
        relay.hold()
        await agent.until(lambda: not agent.device.up and all(len(agent.samples(name)) == 2 for name in NAMES))
        assert all(agent.last(name)[1] >= BAD_FROM for name in NAMES)
        relay.release()
        await agent.until(lambda: agent.device.up and agent.last("speed")[1] == 0)


async def test_a_restarted_server_tells_again_within_15_s():
    async with plant(NAMES) as server:
        port = server.port
        conn = connection(port)
        agent_running = running(conn)
        agent = await agent_running.__aenter__()
        await agent.until(lambda: agent.device.up)
    try:
        await agent.until(lambda: not agent.device.up)
        await asyncio.sleep(3)  # long enough for the pauses between tries to have grown
        async with plant(NAMES, port=port) as server:
            await server.set("speed", 77.0)
            await agent.until(lambda: agent.last("speed") == (77.0, 0), 15)
    finally:
        await agent_running.__aexit__(None, None, None)


async def test_an_overflow_is_a_gap_of_the_ledger():
    agent = Agent(connection(1))
    driver = type(make_driver(agent.conn))

    async def overflowing(self, plan, period_ms):
        yield Delivery((), (Loss("queue_overflow", 10, 20),))
        await asyncio.Event().wait()

    class Told(driver):
        async def connect(self): ...

    Told.subscribe = overflowing
    agent.device._make_driver = lambda: Told(make_driver(agent.conn).config)
    task = asyncio.create_task(agent.device.run(lambda: None))
    await agent.until(lambda: agent.gaps())
    (gap,) = agent.gaps()
    assert (gap.reason, gap.from_ts, gap.to_ts, gap.n) == ("queue_overflow", 10, 20, None)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def document(driver, config, **more):
    connection = {"id": "c", "driver": driver, "mode": "subscribe", "config": config, **more}
    broker = {"url": "mqtt://127.0.0.1:1883", "username": "edge"}
    return json.dumps({"version": 1, "edge": "e", "broker": broker, "connections": [connection]})


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (document("modbus_tcp", {"host": "127.0.0.1"}), "config.mode"),
        (
            document(
                "opcua",
                {"endpoint": "opc.tcp://127.0.0.1:4840", "security_policy": "None"},
                tags=[{"name": "row", "address": "ns=2;s=row", "type": "int64"}],
                sequences=[{"tag": "row"}],
            ),
            "sequence.subscribed",
        ),
    ],
)
def test_what_cannot_be_subscribed_is_told_before_it_starts(text, code, tmp_path):
    with pytest.raises(ConfigError) as caught:
        parse_config(text, base=tmp_path)
    assert [problem.code for problem in caught.value.problems] == [code]
