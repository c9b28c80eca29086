"""OPC UA: processor time of the agent at 10,000 changes/s by subscription, and of reads as fast as they go.

Changes come from node-opcua (10,000 variables, a tenth of them set every 100 ms); the agent subscribes, spools with
fsync, publishes and is acknowledged. Reads are of asyncua's server with prepared answers (tests/bench/opcua_feeder.py),
as no server at hand encodes 200,000 values/s. All share two cores; what counts is each process's own processor time.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from connectors.registry import configure
from schemas.models.tag import TagConfig
from schemas.wire.batch import Batch, decode_columns
from tests.bench.bench_agent import cpu_s, rss_mb
from tests.bench.row import Row
from tests.integration.agent_rig import Rig
from tests.support.node_peer import NodeServer
from tests.support.processes import ROOT
from tests.support.waiting import wait_until

NODES = 10_000
WARM_S = 8.0
MEASURE_S = 20.0
READ_S = 5.0
URI = "urn:test:plant"


def tags() -> list[dict[str, object]]:
    """The variables of both servers."""
    return [{"name": f"v{n}", "address": f"nsu={URI};s=v{n}", "type": "float64"} for n in range(NODES)]


def subscribed(folder: Path) -> list[Row]:
    """The agent, then the library alone, at the same server."""
    with NodeServer(folder, [f"v{n}" for n in range(NODES)], itemsPerCall=1000) as server:
        server.tell(drive={"period_ms": 100, "parts": 10})
        url = f"opc.tcp://127.0.0.1:{server.port}/plant/"
        rate, cpu, memory, ages = _agent(folder / "agent", url)
        library_rate, library_cpu = _library(url)
    per_value, library = cpu / rate * 1e4, library_cpu / library_rate * 1e4
    what = "Agent, OPC UA by subscription, 10,000 tags, 10,000 changes/s"
    method = f"{MEASURE_S:.0f} s; node-opcua's server; spool and MQTT included"
    return [
        Row(f"{what}: CPU", cpu, "% of a core", "≤ 5 %", f"asyncua's handler alone {library_cpu:.3g} %", method),
        Row(f"{what}: changes at the platform", rate, "/s", "10,000", f"{library_rate:,.0f}", "counted"),
        Row(f"{what}: CPU per change", per_value, "µs", "", f"asyncua's handler alone {library:.3g}", method),
        Row(f"{what}: memory", memory, "MB", "", "", "VmRSS"),
        Row(f"{what}: sampled → platform, p50", float(np.percentile(ages, 50)), "ms", "", "", "publishing 100 ms"),
        Row(f"{what}: sampled → platform, p99", float(np.percentile(ages, 99)), "ms", "", "", "publishing 100 ms"),
    ]


def _agent(folder: Path, url: str) -> tuple[float, float, float, np.ndarray]:
    folder.mkdir()
    rig = Rig(folder)
    try:
        config = {"endpoint": url, "security_policy": "None", "publishing_ms": 100, "sampling_ms": 0}
        config["timeout_ms"] = 30_000  # the server takes its time to make 10,000 items
        connection = {"id": "line", "driver": "opcua", "mode": "subscribe", "config": config, "tags": tags()}
        rig.write_config(connections=[connection])
        rig.peer.start()
        agent = rig.agent()
        wait_until(lambda: rig.peer.total() >= NODES, timeout_s=120, every_s=0.5, what="every tag has come once")
        time.sleep(WARM_S)
        first = len(rig.peer.arrived)
        before, start = cpu_s(agent.pid), time.monotonic()
        time.sleep(MEASURE_S)
        used, seconds = cpu_s(agent.pid) - before, time.monotonic() - start
        arrived = [(at, batch) for at, batch in rig.peer.arrived[first:] if batch.kind == "data"]
        memory = rss_mb(agent.pid)
        agent.terminate()
        return _found(arrived, used, seconds, memory)
    finally:
        rig.close()


def _found(
    arrived: list[tuple[float, Batch]], used: float, seconds: float, memory: float
) -> tuple[float, float, float, np.ndarray]:
    points, ages = 0, []
    for at, batch in arrived:
        for group in decode_columns(batch.body, batch.z):
            points += len(group)
            ages.append((at * 1e6 - group.ts) / 1000)
    return points / seconds, 100 * used / seconds, memory, np.concatenate(ages)


def _library(url: str) -> tuple[float, float]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.opcua_library", url, str(NODES)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        seen: list[tuple[float, float, float]] = []
        for line in process.stdout:
            changes, used = line.split()
            seen.append((time.monotonic(), float(changes), float(used)))
            if seen[-1][0] - seen[0][0] > WARM_S + MEASURE_S:
                break
        late = [one for one in seen if one[0] - seen[0][0] > WARM_S]
        (t0, c0, u0), (t1, c1, u1) = late[0], late[-1]
        return (c1 - c0) / (t1 - t0), 100 * (u1 - u0) / (t1 - t0)
    finally:
        process.kill()
        process.wait(10)


async def _read(port: int) -> tuple[float, float, float]:
    """Values/s by processor time and by the clock, and the newest value."""
    settings = {"endpoint": f"opc.tcp://127.0.0.1:{port}/plant/", "security_policy": "None", "timeout_ms": 30_000}
    driver = configure("opcua", settings)
    await driver.connect()
    plan = driver.plan([TagConfig.model_validate(one) for one in tags()])
    await driver.read(plan)
    count, used, start, value = 0, time.process_time(), time.monotonic(), 0.0
    while time.monotonic() - start < READ_S:
        for reading in await driver.read(plan):
            count += len(reading.columns)
            value = float(reading.columns.v[-1])
    used, seconds = time.process_time() - used, time.monotonic() - start
    await driver.close()
    return count / used, count / seconds, value


def read() -> list[Row]:
    """Reads of 10,000 nodes, 1,000 in a request."""
    feeder = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.opcua_feeder", str(NODES)], cwd=ROOT, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert feeder.stdout is not None
        by_cpu, by_clock, value = asyncio.run(_read(int(feeder.stdout.readline())))
    finally:
        feeder.kill()
        feeder.wait(10)
    if value < 10:
        raise RuntimeError("the values do not change: the answers were not the prepared ones")
    peers = "asyncua 22-43 k; node-opcua 28-70 k; NeuronEX 100 k on 4 cores"
    method = f"{READ_S:.0f} s, 10,000 nodes, 1,000 in a request; asyncua's server with prepared answers"
    what = "Agent, OPC UA, values read"
    return [
        Row(f"{what} per second of one core", by_cpu, "/s", "≥ 200,000", peers, method),
        Row(f"{what} per second, the server on the other core", by_clock, "/s", "", "", "same run, by the clock"),
    ]


def run() -> list[Row]:
    """The rows of this bench."""
    with tempfile.TemporaryDirectory() as folder:
        return [*subscribed(Path(folder)), *read()]
