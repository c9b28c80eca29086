"""A write from the confirmed press to the answer with the value read back, while its device is polled at full load."""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path

import numpy as np

from connectors.peers.modbus_peer import ModbusPeer, RegisterUnit
from tests.bench.row import Row
from tests.integration.test_write_to_device import Way
from tests.support.processes import Processes

POLLED = 1_000
WRITES = 40
#: The guard lets five writes to a tag through in 10 s.
PAUSE_S = 2.05


def run() -> list[Row]:
    """p50 and p95."""
    took_ms, outcomes = asyncio.run(_measure())
    done = outcomes.count("done")
    method = f"{WRITES} writes by the API over broker and agent, {done} done; {POLLED:,} other tags polled each 100 ms"
    p50, p95 = np.percentile(took_ms, [50, 95])
    return [
        Row("Write, confirmed → read back, p50", float(p50), "ms", "", "", method),
        Row("Write, confirmed → read back, p95", float(p95), "ms", "≤ 150 ms", "", method),
    ]


async def _measure() -> tuple[list[float], list[str]]:
    unit = RegisterUnit(1, [(0, POLLED + 10)], on_write=lambda _address, _words: True)
    more = [{"name": f"t{n}", "address": f"holding:{n + 10}", "type": "uint16"} for n in range(POLLED)]
    with tempfile.TemporaryDirectory() as folder:
        processes = Processes(Path(folder))
        async with ModbusPeer([unit]) as peer:
            unit.put(0, [100])
            try:
                way = await asyncio.to_thread(Way, Path(folder), processes, peer.port, more)
                way.switch.turn_on("bench")
                return await asyncio.to_thread(_write, way)
            finally:
                await asyncio.to_thread(processes.close)


def _write(way: Way) -> tuple[list[float], list[str]]:
    took_ms: list[float] = []
    outcomes: list[str] = []
    for n in range(WRITES):
        prepared = way.prepare(20 + n % 10)
        start = time.perf_counter()
        outcomes.append(way.confirm(prepared)["outcome"])
        took_ms.append((time.perf_counter() - start) * 1000)
        time.sleep(PAUSE_S)
    return took_ms, outcomes
