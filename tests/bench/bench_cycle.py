"""How evenly a device is read each second: its requests are stamped where they arrive, for some minutes."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from pathlib import Path

import numpy as np
import yaml

from connectors.peers.modbus_peer import ModbusPeer, RegisterUnit
from tests.bench.row import Row
from tests.support.processes import Processes

WARM = 10
CYCLES = int(os.environ.get("INTERLOCK_BENCH_CYCLES", "180"))


def run() -> list[Row]:
    """Jitter and drift of a scan class of 1 s."""
    arrived_s = asyncio.run(_measure())[WARM:]
    late_ms = (np.array(arrived_s) - arrived_s[0] - np.arange(len(arrived_s))) * 1000
    # The grid goes through the middle: the first request may be late itself.
    off_ms = np.abs(late_ms - np.median(late_ms))
    half = len(late_ms) // 2
    drift_ms = float(np.median(late_ms[half:]) - np.median(late_ms[:half]))
    method = f"100 tags, {len(arrived_s)} cycles; requests stamped by the device, against a grid of exactly 1 s"
    return [
        Row("Cycle of 1 s, off the grid, p50", float(np.median(off_ms)), "ms", "", "", method),
        Row("Cycle of 1 s, off the grid, p99", float(np.percentile(off_ms, 99)), "ms", "< 10 ms", "", method),
        Row("Cycle of 1 s, second half of the run later than the first", drift_ms, "ms", "", "", method),
    ]


async def _measure() -> list[float]:
    arrived_s: list[float] = []
    unit = RegisterUnit(1, [(0, 100)], on_read=lambda _address, _count: arrived_s.append(time.monotonic()))
    with tempfile.TemporaryDirectory() as name:
        folder, processes = Path(name), Processes(Path(name))
        async with ModbusPeer([unit]) as peer:
            tags = [{"name": f"t{n}", "address": f"holding:{n}", "type": "uint16"} for n in range(100)]
            connection = {"id": "press", "driver": "modbus_tcp", "config": {"host": "127.0.0.1", "port": peer.port},
                          "scan_ms": 1000, "tags": tags}  # fmt: skip
            document = {"version": 1, "edge": "line_1", "broker": {"url": "mqtt://127.0.0.1:9"}, "data_dir": "data",
                        "connections": [connection]}  # fmt: skip
            (folder / "agent.yaml").write_text(yaml.safe_dump(document))
            try:
                processes.module("edge_agent", "run", "-c", folder / "agent.yaml", name="agent")
                end = time.monotonic() + CYCLES + WARM + 30
                while len(arrived_s) < CYCLES + WARM and time.monotonic() < end:
                    await asyncio.sleep(1)
            finally:
                await asyncio.to_thread(processes.close)
    return arrived_s
