"""The whole way: device → agent → broker → platform, with readers at work, and a backlog beside fresh values."""

from __future__ import annotations

import random
import tempfile
import threading
import time
from pathlib import Path
from uuid import UUID

import numpy as np
import paho.mqtt.client as mqtt

from schemas.wire.ack import Ack
from schemas.wire.batch import unpack
from schemas.wire.intervals import IntervalSet
from tests.bench.bench_agent import cpu_s, rss_mb
from tests.bench.row import Row
from tests.support.plant_rig import PlantRig
from tests.support.waiting import wait_until

READERS = 8
MEASURE_S = 30.0
CUT_S = 120.0


class AckWatch:
    """Hears batches and acks at the broker; the time between them is the platform's insert."""

    def __init__(self, rig: PlantRig) -> None:
        self.insert_ms: list[float] = []
        self.age_ms: list[float] = []
        self.batches = 0
        self._sent: dict[tuple[UUID, int], float] = {}
        self._lock = threading.Lock()
        self._client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
        self._client.username_pw_set(rig.broker.core_user, rig.broker.core_password)
        self._client.on_connect = lambda client, *_: client.subscribe(
            [("il/v1/factory/edge/+/b/+", 0), ("il/v1/factory/edge/+/a", 0)]
        )
        self._client.on_message = self._message
        self._client.connect("127.0.0.1", rig.broker.port)
        self._client.loop_start()

    def _message(self, _client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        now = time.perf_counter()
        with self._lock:
            if message.topic.endswith("/a"):
                self._acked(Ack.unpack(message.payload), now)
                return
            batch = unpack(message.payload)
            self.batches += 1
            self._sent.setdefault((batch.stream, batch.seq), now)
            if batch.kind == "data" and not batch.hist:
                self.age_ms.append((time.time_ns() // 1000 - batch.wall) / 1000)

    def _acked(self, ack: Ack, now: float) -> None:
        have = IntervalSet(ack.have)
        for key in [key for key in self._sent if key[0] == ack.stream and key[1] in have]:
            self.insert_ms.append((now - self._sent.pop(key)) * 1000)

    def clear(self) -> None:
        """Forget what was heard so far."""
        with self._lock:
            self.insert_ms.clear()
            self.age_ms.clear()
            self.batches = 0

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


class Readers:
    """Trend readers that ask for one tag's last ten minutes, 1,000 points, one after the other."""

    def __init__(self, rig: PlantRig, count: int) -> None:
        self.times_ms: list[float] = []
        self._stop = threading.Event()
        ids = [tag["id"] for key, tag in rig.client.tags("dev_0000").items()]
        self._threads = [threading.Thread(target=self._read, args=(rig, ids), daemon=True) for _ in range(count)]
        for thread in self._threads:
            thread.start()

    def _read(self, rig: PlantRig, ids: list[int]) -> None:
        pick = random.Random(5)
        while not self._stop.wait(0.2):
            now = time.time_ns() // 1000
            body = {"ids": [pick.choice(ids)], "from": now - 600_000_000, "to": now, "points": 1000}
            start = time.perf_counter()
            rig.client.call("POST", "/values/history", body)
            self.times_ms.append((time.perf_counter() - start) * 1000)

    def close(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(10)


def _whole_way() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        rig = PlantRig(Path(folder), tags=1000, devices=50, sequence=False)
        try:
            platform = rig.platform()
            rig.agent()
            wait_until(lambda: len(rig.client.tags("dev_0049")) > 1000, timeout_s=180, every_s=2, what="all tags")
            time.sleep(45)  # what waited for the dictionary is through
            watch, readers = AckWatch(rig), Readers(rig, READERS)
            time.sleep(5)
            watch.clear()
            before = cpu_s(platform.pid)
            time.sleep(MEASURE_S)
            cpu = 100 * (cpu_s(platform.pid) - before) / MEASURE_S
            inserts, reads = np.array(watch.insert_ms), np.array(readers.times_ms)
            readers.close()
            watch.close()
            memory = rss_mb(platform.pid)
        finally:
            rig.close()
    what = "50,000 points/s through MQTT with 8 trend readers"
    return [
        Row(f"{what}: insert p99", float(np.percentile(inserts, 99)), "ms", "≤ 50 ms", "", "batch seen → ack seen"),
        Row(f"{what}: insert p50", float(np.percentile(inserts, 50)), "ms", "", "", f"{len(inserts)} batches"),
        Row(f"{what}: trend p50", float(np.percentile(reads, 50)), "ms", "", "", f"{len(reads)} over HTTP"),
        Row(f"{what}: platform CPU", cpu, "% of a core", "", "", ""),
        Row(f"{what}: platform memory", memory, "MB", "", "", "VmRSS"),
    ]


def _backlog() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        rig = PlantRig(Path(folder), tags=1000, devices=10, sequence=False)
        try:
            rig.platform()
            rig.agent()
            wait_until(lambda: len(rig.client.tags("dev_0009")) > 1000, timeout_s=90, every_s=1, what="all tags")
            time.sleep(5)
            watch = AckWatch(rig)
            time.sleep(15)
            normal = np.array(watch.age_ms)
            watch.close()
            rig.broker.kill()
            time.sleep(CUT_S)
            rig.broker.start()
            watch = AckWatch(rig)
            start = time.monotonic()
            wait_until(lambda: rig.pending() > 50_000, timeout_s=20, every_s=0.2, what="the backlog is known")
            rig.wait_drained(900)
            drained_s = time.monotonic() - start
            beside = np.array(watch.age_ms)
            watch.close()
        finally:
            rig.close()
    hour_min = drained_s / CUT_S * 60
    what = "Backlog at 10,000 points/s"
    p95 = [float(np.percentile(ages, 95)) for ages in (normal, beside)]
    return [
        Row(f"{what}: {CUT_S:.0f} s drained in", drained_s, "s", "", "", "broker killed, then back"),
        Row(f"{what}: 1 h, extrapolated", hour_min, "min", "≤ 20 min", "", "from the row above"),
        Row(f"{what}: live p95 beside it", p95[1] / p95[0], "× normal", "≤ 2 ×", "", f"{p95[1]:.1f} : {p95[0]:.1f} ms"),
    ]


def run() -> list[Row]:
    """The rows of this bench."""
    return [*_whole_way(), *_backlog()]
