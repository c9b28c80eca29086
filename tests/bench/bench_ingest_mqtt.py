"""The whole way through MQTT at 50,000 points/s, with 8 trend readers on the store meanwhile."""

from __future__ import annotations

import tempfile
import threading
import time
from pathlib import Path

import numpy as np

from platform_core.stores import open_store
from schemas.wire.batch import encode_columns
from schemas.wire.columns import columns
from tests.bench.row import Row
from tests.integration.hand_agent import HandAgent, entry, now_us
from tests.integration.ingest_platform import Platform, running_platform
from tests.support.broker import start_broker
from tests.support.processes import Processes

TAGS = 2_000
BATCHES_PER_S = 25
SECONDS = 20
READERS = 8
READ_EVERY_S = 1.0


def run() -> list[Row]:
    """Figures of the whole way."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        processes = Processes(folder)
        try:
            broker = start_broker(processes, folder, edges=["line_1"])
            store = open_store(folder / "store")
            with running_platform(folder / "platform", broker, store) as platform:
                rows = _measure(platform, HandAgent(broker).connect())
            store.close()
        finally:
            processes.close()
    return rows


def _measure(platform: Platform, agent: HandAgent) -> list[Row]:
    agent.introduce()
    agent.wait_acked(agent.declare(*(entry(i, f"t{i}") for i in range(1, TAGS + 1))))
    stopping = threading.Event()
    reads_ms: list[float] = []
    readers = [threading.Thread(target=_read, args=(platform, n, stopping, reads_ms)) for n in range(READERS)]
    sent_s: dict[int, float] = {}
    acked_s: dict[int, float] = {}
    watcher = threading.Thread(target=_watch, args=(agent, acked_s, stopping))
    for thread in (*readers, watcher):
        thread.start()
    cpu_s, begin = time.process_time(), time.perf_counter()
    ids, good = np.arange(1, TAGS + 1), np.zeros(TAGS)
    for turn in range(BATCHES_PER_S * SECONDS):
        time.sleep(max(0.0, begin + turn / BATCHES_PER_S - time.perf_counter()))
        body = encode_columns([columns("f", ids, np.full(TAGS, now_us()), good, ids * 0.5 + turn)])
        seq = agent.make("data", body)
        sent_s[seq] = time.perf_counter()
        agent.send(seq)
    agent.resend_until_acked()
    time.sleep(0.2)
    took_s, used_s = time.perf_counter() - begin, time.process_time() - cpu_s
    stopping.set()
    for thread in (*readers, watcher):
        thread.join()
    agent.close()
    ways_ms = [1000 * (acked_s[seq] - at) for seq, at in sent_s.items() if seq in acked_s]
    points = TAGS * BATCHES_PER_S
    return [
        Row(
            f"Whole way at {points:,} points/s, published → acknowledged, {READERS} trend readers, p50 · p99",
            f"{np.percentile(ways_ms, 50):.1f} · {np.percentile(ways_ms, 99):.1f}",
            "ms",
            "p99 ≤ 50",
        ),
        Row(
            "CPU meanwhile, with publisher and readers in the same process",
            round(100 * used_s / took_s),
            "% of a core",
            "",
        ),
        Row(
            "Trend reads meanwhile, one tag, p50 · p99",
            f"{np.percentile(reads_ms, 50):.1f} · {np.percentile(reads_ms, 99):.1f}",
            "ms",
            "",
        ),
    ]


def _watch(agent: HandAgent, acked_s: dict[int, float], stopping: threading.Event) -> None:
    """When each batch was first acknowledged, to 1 ms."""
    while not stopping.wait(0.001):
        now_s = time.perf_counter()
        for low, high in agent.held().ranges()[-2:]:
            for seq in range(high, low - 1, -1):
                if seq in acked_s:
                    break
                acked_s[seq] = now_s


def _read(platform: Platform, number: int, stopping: threading.Event, reads_ms: list[float]) -> None:
    tag_id = platform.tag(f"t{number + 1}")
    while not stopping.wait(READ_EVERY_S):
        begin = time.perf_counter()
        end_us = now_us()
        platform.store.buckets("factory", [tag_id], end_us - 3_600_000_000, end_us, 3_600_000)
        reads_ms.append(1000 * (time.perf_counter() - begin))
