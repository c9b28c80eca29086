"""Ten units on one serial line, one of them silent: the others keep their rate, and it comes back by itself."""

from __future__ import annotations

import asyncio
import sys
import time
from contextlib import asynccontextmanager
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from connectors.modbus import line
from connectors.testing.serial_link import SerialLink
from edge_agent import supervisor
from edge_agent.config import make_driver
from edge_agent.device import Device
from edge_agent.pipeline.scan import ScanClass
from edge_agent.supervisor import keep_alive
from schemas.models.connection import ConnectionConfig
from schemas.quality import Quality
from tests.unit.connectors.drivers.raw_modbus import RawRtuDevice, reply_to, rtu

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a pseudo-terminal that is a serial port needs POSIX")

UNITS = range(1, 11)
SILENT, CONTROL = 4, 99
#: Everything runs this many times as fast as in a plant: timeout 1 s, scan 0.5 s, pauses of at most 8 s and 60 s.
FASTER = 5
TIMEOUT_MS, SCAN_MS = 1000 // FASTER, 500 // FASTER
WATCHED_S = 10.0


class Sink:
    """Keeps the last quality of each tag, by its alias."""

    def __init__(self) -> None:
        self.quality: dict[int, int] = {}

    def add(self, _connection: str, groups: list[Any], **_more: Any) -> None:
        for group in groups:
            self.quality |= dict(zip(group.id.tolist(), group.q.tolist(), strict=True))


class Units(RawRtuDevice):
    """Ten units; the silent one says nothing while `dead`."""

    def __init__(self) -> None:
        super().__init__(self._reply)
        self.dead = True
        self.asked_silent: list[float] = []

    def _reply(self, _tid: int, unit: int, pdu: bytes) -> list[bytes]:
        if unit == SILENT:
            self.asked_silent.append(time.monotonic())
            if self.dead:
                return []
        return [rtu(unit, reply_to(pdu))]


def meter(unit: int, port: str, sink: Sink) -> Device:
    settings = {"port": port, "baud": 115_200, "parity": "none", "unit": unit, "timeout_ms": TIMEOUT_MS}
    tags = [{"name": "power", "address": "holding:7", "type": "uint16"}]
    conn = ConnectionConfig(
        id=f"meter_{unit}", driver="modbus_rtu", config=settings, scan_ms=SCAN_MS, tags=tags, report={"mode": "always"}
    )  # type: ignore[arg-type]
    scan = ScanClass(conn, list(conn.tags), SCAN_MS, np.array([unit], dtype=np.uint32), {}, 0)
    return Device(conn, [scan], partial(make_driver, conn), sink, place=unit)  # type: ignore[arg-type]


@asynccontextmanager
async def running(units: Units, sink: Sink) -> Any:
    """The ten, and one more of the same kind on a line of its own: what this machine can do while it is shared."""
    async with (
        units,
        RawRtuDevice() as lonely,
        SerialLink("127.0.0.1", units.port) as link,
        SerialLink("127.0.0.1", lonely.port) as other,
    ):
        devices = {unit: meter(unit, link.host, sink) for unit in UNITS}
        devices[CONTROL] = meter(CONTROL, other.host, sink)
        tasks = [asyncio.create_task(keep_alive(device)) for device in devices.values()]
        try:
            yield devices
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def test_one_silent_unit_of_ten_leaves_the_others_their_rate_and_comes_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module in (line, supervisor):
        monkeypatch.setattr(module, "PAUSE_MAX_S", module.PAUSE_MAX_S / FASTER)
    units, sink = Units(), Sink()
    async with running(units, sink) as devices:
        await asyncio.sleep(1.0)
        others = [device for unit, device in devices.items() if unit not in (SILENT, CONTROL)]
        before = {device: device.reads for device in devices.values()}
        await asyncio.sleep(WATCHED_S)
        reads = {device: device.reads - before[device] for device in devices.values()}
        nominal = reads[devices[CONTROL]]
        assert nominal > 0.5 * WATCHED_S * 1000 / SCAN_MS
        share = min(reads[device] for device in others) / nominal
        assert share >= 0.95, share
        assert all(sink.quality[unit] == (Quality.NO_COMMUNICATION if unit == SILENT else 0) for unit in UNITS)
        assert not devices[SILENT].up
        assert "unit 4 does not answer" in devices[SILENT].error
        assert all(device.failures == 0 for device in others)

        asked = len(units.asked_silent)
        units.dead = False
        pause_s = 2 * max(later - sooner for sooner, later in pairwise(units.asked_silent))
        async with asyncio.timeout(min(line.PAUSE_MAX_S, pause_s) + 1):
            while sink.quality[SILENT] != 0:
                await asyncio.sleep(0.05)
        assert len(units.asked_silent) > asked
        assert devices[SILENT].up
