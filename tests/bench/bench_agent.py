"""The agent under load: CPU, memory, and the age of a value when it reaches an MQTT subscriber.

Tick devices (1,000 tags each: half float32, half int16, 13 requests a cycle) are polled at 1 s; broker and
platform run, every batch is spooled with fsync and acknowledged. CPU is the agent's alone, user and system,
over the measured seconds, on a machine where all of them share two cores.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import paho.mqtt.client as mqtt

from schemas.wire.batch import decode_columns, unpack
from tests.bench.row import Row
from tests.support.plant_rig import PlantRig
from tests.support.waiting import wait_until

WARM_S = 12.0
MEASURE_S = 30.0
TICKS_PER_S = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


@dataclass
class Load:
    """What one run showed; ages in ms, CPU in percent of a core."""

    cpu: float
    rss_mb: float
    points_per_s: float
    ages_ms: np.ndarray = field(repr=False)

    def age(self, percentile: float) -> float:
        """Age at a percentile, ms."""
        return float(np.percentile(self.ages_ms, percentile)) if len(self.ages_ms) else float("nan")


class Listener:
    """An MQTT subscriber that notes how old the values of a batch are when it arrives."""

    def __init__(self, rig: PlantRig) -> None:
        self.ages: list[np.ndarray] = []
        self.points = 0
        self.open = False
        self._client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
        self._client.username_pw_set(rig.broker.core_user, rig.broker.core_password)
        self._client.on_connect = lambda client, *_: client.subscribe("il/v1/factory/edge/+/b/+", 0)
        self._client.on_message = self._message
        self._client.connect("127.0.0.1", rig.broker.port)
        self._thread = threading.Thread(target=self._client.loop_forever, daemon=True)
        self._thread.start()

    def _message(self, _client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        now = time.time_ns() // 1000
        if not self.open:
            return
        batch = unpack(message.payload)
        if batch.kind == "data" and not batch.hist:
            for group in decode_columns(batch.body, batch.z):
                self.ages.append((now - group.ts) / 1000)
                self.points += len(group)

    def clear(self) -> None:
        """Forget what was heard so far."""
        self.ages.clear()
        self.points = 0

    def close(self) -> None:
        self._client.disconnect()
        self._thread.join(5)


def cpu_s(pid: int) -> float:
    """User and system time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


def rss_mb(pid: int) -> float:
    """Resident memory of a process."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def load(tags: int, devices: int, *, measure_s: float = MEASURE_S) -> Load:
    """One run."""
    with tempfile.TemporaryDirectory() as folder:
        rig = PlantRig(Path(folder), tags=tags, devices=devices, sequence=False)
        try:
            rig.platform()
            agent = rig.agent()
            total = tags * devices
            listener = Listener(rig)
            listener.open = True
            # A first dictionary of 100,000 tags takes the platform a minute; fresh values flow only then.
            wait_until(lambda: listener.points >= total, timeout_s=240, every_s=0.5, what="every tag has come once")
            time.sleep(WARM_S)
            listener.clear()
            before, start = cpu_s(agent.pid), time.monotonic()
            time.sleep(measure_s)
            used, seconds = cpu_s(agent.pid) - before, time.monotonic() - start
            listener.open = False
            memory = rss_mb(agent.pid)
            listener.close()
            agent.terminate()
            ages = np.concatenate(listener.ages) if listener.ages else np.zeros(0)
            return Load(100 * used / seconds, memory, listener.points / seconds, ages)
        finally:
            rig.close()


def idle() -> tuple[float, float]:
    """Memory of an agent with one Modbus tag, and with one OPC UA tag besides, MB."""
    found = []
    for protocol in ("modbus", "opcua"):
        with tempfile.TemporaryDirectory() as folder:
            rig = PlantRig(Path(folder), tags=1, protocol=protocol, sequence=False)
            try:
                agent = rig.agent()
                time.sleep(8)
                found.append(rss_mb(agent.pid))
                agent.terminate()
            finally:
                rig.close()
    return found[0], found[1]


def fsync_p99_ms() -> float:
    """What the disk takes for one small fsync, p99: part of every age."""
    with tempfile.NamedTemporaryFile() as file:
        times = []
        for _ in range(300):
            file.write(b"x" * 20_000)
            file.flush()
            start = time.perf_counter()
            os.fsync(file.fileno())
            times.append(time.perf_counter() - start)
    return float(np.percentile(times, 99)) * 1000


def run() -> list[Row]:
    """The rows of this bench."""
    method = f"{MEASURE_S:.0f} s after {WARM_S:.0f} s of warming up"
    peers = {
        1: "ThingsBoard gateway 10-17 %, 70 MB; Node-RED 3.2 %, 108 MB",
        10: "ThingsBoard gateway 34-86 %, 77-88 MB; Node-RED 9 %, 191 MB; FUXA 105 %, 551 MB",
        100: "bare loop 24 % (same library); NeuronEX claims 30 % of 4 cores, 497 MB",
    }
    budgets = {1: ("≤ 1 %", "≤ 90 MB"), 10: ("≤ 4 %", "≤ 100 MB"), 100: ("≤ 30 %", "≤ 150 MB")}
    rows: list[Row] = []
    for devices in (1, 10, 100):
        found = load(1000, devices, measure_s=MEASURE_S if devices < 100 else MEASURE_S / 2)
        what = f"Agent, Modbus, {devices * 1000:,} tags at 1 s over {devices} device{'s' * (devices > 1)}"
        rows += [
            Row(f"{what}: CPU", found.cpu, "% of a core", budgets[devices][0], peers[devices], method),
            Row(f"{what}: memory", found.rss_mb, "MB", budgets[devices][1], "", "VmRSS"),
            Row(f"{what}: values at the subscriber", found.points_per_s, "/s", f"{devices * 1000:,}", "", "counted"),
        ]
        if devices == 10:
            age = "10,000 tags: value read at the device → MQTT subscriber"
            rows += [
                Row(f"{age}, p50", found.age(50), "ms", "≤ 15 ms", "Node-RED 13-22 p99; no spool", "arrival − read"),
                Row(f"{age}, p99", found.age(99), "ms", "≤ 20 ms + fsync p99", "ThingsBoard 430-1,100", "same"),
                Row("fsync of 20 kB on this disk, p99", fsync_p99_ms(), "ms", "", "", "300 times"),
            ]
    modbus, opcua = idle()
    return [
        *rows,
        Row("Agent idle, Modbus only", modbus, "MB", "≤ 60 MB", "imports alone 45", "VmRSS after 8 s"),
        Row("Agent idle, with OPC UA", opcua, "MB", "≤ 85 MB", "imports alone 71", "VmRSS after 8 s"),
    ]
