"""Ingest and live: journal + apply, fan-out to 1,000 viewers over real WebSockets, latest values."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import uvicorn
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.asyncio.client import connect

from platform_core.ingest.envelope import translate
from platform_core.ingest.places import TagPlace
from platform_core.ingest.streams import AliasMap
from platform_core.journal.format import Entry, Record
from platform_core.journal.journal import Journal
from platform_core.live.encode import columns_of
from platform_core.live.freshness import FreshnessTable
from platform_core.live.hub import Hub
from platform_core.live.latest import Latest
from platform_core.stores import open_store
from platform_core.stores.base import Block
from schemas.wire.batch import decode_columns, encode_columns, make_batch, pack, unpack
from schemas.wire.columns import columns
from tests.bench.row import Row

TAGS = 2_000
BATCHES = 1_000
VIEWERS = 1_000
PAGE_TAGS = 50
FAN_OUT_S = 10
GROUP = 8  # batches that wait together for one sync: one agent's window


def run() -> list[Row]:
    """Figures of this part."""
    with tempfile.TemporaryDirectory() as folder:
        journal_rows = _journal_and_apply(Path(folder))
    return [*journal_rows, *_fan_out(), _latest()]


def _payloads() -> list[bytes]:
    """2,000 tags at 1 Hz, one batch per second."""
    rng = np.random.default_rng(7)
    stream, start = uuid4(), 1_790_000_000_000_000
    aliases = np.arange(1, TAGS + 1)
    values = 50 + np.cumsum(rng.normal(0, 0.1, (BATCHES, TAGS)), axis=0).round(2)
    out = []
    for seq in range(1, BATCHES + 1):
        ts = np.full(TAGS, start + seq * 1_000_000)
        body = encode_columns([columns("f", aliases, ts, np.zeros(TAGS), values[seq - 1])])
        out.append(pack(make_batch(stream, seq, "data", body, boot=1, wall=0, mono=0, rev="r")))
    return out


def _journal_and_apply(folder: Path) -> list[Row]:
    payloads = _payloads()
    aliases = AliasMap()
    aliases.bind(TagPlace(i, "factory", "e", "c", "f", 1000, i) for i in range(1, TAGS + 1))
    latest = Latest()
    latest.define("factory", list(range(1, TAGS + 1)), ["f"] * TAGS)
    journal, store = Journal(folder / "journal", floor_percent=0), open_store(folder / "store")
    now_us = 1_790_000_000_000_000 + 10**9
    syncs: list[float] = []
    start = time.perf_counter()
    for at in range(0, BATCHES, GROUP):
        group = [(unpack(payload), payload) for payload in payloads[at : at + GROUP]]
        found = [translate(decode_columns(batch.body, batch.z), aliases, now_us) for batch, _ in group]
        before = time.perf_counter()
        no = journal.append(
            [Entry("factory", "e", batch.stream, batch.seq, "data", False, 0, raw) for batch, raw in group]
        )
        syncs.append(time.perf_counter() - before)
        for offset, ((batch, _), one) in enumerate(zip(group, found, strict=True)):
            latest.update(one.current, batch.seq)
            store.apply(Block(no + offset, "factory", batch.seq, False, one.columns))
    took = time.perf_counter() - start
    journal_bytes = journal.size_bytes
    begin = time.perf_counter()
    records = sum(isinstance(item, Record) for item in journal.records())
    read_s = time.perf_counter() - begin
    assert records == BATCHES
    store.close()
    journal.close()
    points = BATCHES * TAGS
    return [
        Row(
            "Journal + apply, 2 k batches, check, sync, latest and store together",
            round(points / took / 1e6, 2),
            "M points/s",
            "≥ 1",
            "InfluxDB 1.6 0.147; VictoriaMetrics 0.507; ClickHouse embedded 0.227",
        ),
        Row(
            f"Journal group of {GROUP} batches: append + one sync, p50 · p99",
            f"{1000 * statistics.median(syncs):.1f} · {1000 * np.percentile(syncs, 99):.1f}",
            "ms",
            "",
            "",
        ),
        Row("Journal bytes per point", round(journal_bytes / points, 2), "bytes", "", ""),
        Row("Journal read back after a crash", round(points / read_s / 1e6, 1), "M points/s", "", ""),
    ]


def _latest() -> Row:
    latest, freshness = Latest(), FreshnessTable()
    ids = np.arange(1, TAGS + 1, dtype=np.uint32)
    latest.define("factory", ids.tolist(), ["f"] * TAGS)
    latest.update([columns("f", ids, np.full(TAGS, 1_790_000_000_000_000), np.zeros(TAGS), ids * 0.37)], 1)
    hub = Hub(latest, freshness)
    took = []
    for _ in range(50):
        before = time.perf_counter()
        json.dumps(columns_of(latest.read(ids), hub.fresh_of(ids)))
        took.append(time.perf_counter() - before)
    return Row(
        "Latest value of 2,000 tags, as JSON, p50",
        round(1000 * statistics.median(took), 2),
        "ms",
        "≤ 5",
        "SQLite 5, VictoriaMetrics 35",
    )


def _fan_out() -> list[Row]:
    """The hub's process serves real WebSockets; the viewers live in a process of their own."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    child = context.Process(target=_viewers_main, args=(theirs,))
    child.start()
    try:
        cpu_percent, idle_percent, viewer_kb = asyncio.run(_serve(ours))
        delays_ms, frames = ours.recv()
    finally:
        child.join(20)
        child.kill()
    return [
        Row(
            f"{VIEWERS:,} viewers of one {PAGE_TAGS}-tag page at 1 Hz: CPU, with a beat each second",
            round(cpu_percent, 1),
            "% of a core",
            "≤ 10 (aim 5)",
            "2–3 bare encode-once fan-out",
        ),
        Row(f"of which beats alone ({VIEWERS:,} idle viewers)", round(idle_percent, 1), "% of a core", "", ""),
        Row(
            f"memory of the server for each of {VIEWERS:,} viewers",
            round(viewer_kb, 1),
            "kB",
            "",
            "",
            "VmRSS, before and with them",
        ),
        Row(
            f"Value changed → frame at the viewer, {frames:,} frames, p50 · p99",
            f"{np.percentile(delays_ms, 50):.0f} · {np.percentile(delays_ms, 99):.0f}",
            "ms",
            "p99 ≤ 250",
            "42",
        ),
    ]


async def _serve(pipe: Any) -> tuple[float, float, float]:
    latest = Latest()
    latest.define("factory", list(range(1, PAGE_TAGS + 1)), ["f"] * PAGE_TAGS)
    hub = Hub(latest, FreshnessTable())
    await hub.start()

    async def live(socket: WebSocket) -> None:
        await socket.accept()
        try:
            await hub.serve(socket, "factory")
        except WebSocketDisconnect:
            return

    app = Starlette(routes=[WebSocketRoute("/live", live)])
    config = uvicorn.Config(
        app, port=0, log_level="error", ws_per_message_deflate=False, ws="websockets-sansio", lifespan="off"
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.05)
    alone_kb = _rss_kb()
    pipe.send(server.servers[0].sockets[0].getsockname()[1])
    await asyncio.to_thread(pipe.recv)  # all viewers have their snapshot
    await asyncio.sleep(1)
    idle = await _cpu_percent(_pause(FAN_OUT_S / 2))
    busy = await _cpu_percent(_change(hub, latest))
    viewer_kb = (_rss_kb() - alone_kb) / VIEWERS
    pipe.send("done")
    await asyncio.sleep(0.5)
    server.should_exit = True
    await hub.stop()
    await task
    return busy, idle, viewer_kb


def _rss_kb() -> int:
    status = Path("/proc/self/status").read_text("utf-8")
    return int(status.partition("VmRSS:")[2].split()[0])


async def _pause(seconds: float) -> None:
    await asyncio.sleep(seconds)


async def _change(hub: Hub, latest: Latest) -> None:
    ids = np.arange(1, PAGE_TAGS + 1)
    for turn in range(FAN_OUT_S):
        now_us = time.time_ns() // 1000
        group = columns("f", ids, np.full(PAGE_TAGS, now_us), np.zeros(PAGE_TAGS), ids * 0.37 + turn)
        hub.changed(latest.update([group], turn))
        await asyncio.sleep(1)


async def _cpu_percent(work: Any) -> float:
    before, begin = time.process_time(), time.perf_counter()
    await work
    return 100 * (time.process_time() - before) / (time.perf_counter() - begin)


def _viewers_main(pipe: Any) -> None:
    os.nice(5)  # the viewers' cost is not what is measured
    asyncio.run(_view(pipe))


async def _view(pipe: Any) -> None:
    port = pipe.recv()
    delays_ms: list[float] = []
    ready = asyncio.Semaphore(0)

    async def one() -> None:
        async with connect(f"ws://127.0.0.1:{port}/live", compression=None, ping_interval=None) as socket:
            await socket.send(json.dumps({"type": "sub", "req": 1, "ids": list(range(1, PAGE_TAGS + 1))}))
            await socket.recv()
            ready.release()
            async for text in socket:
                if text.startswith('{"type":"data"'):
                    sent_us = int(text.partition('"now":')[2].partition(",")[0])
                    delays_ms.append(time.time_ns() / 1e6 - sent_us / 1e3)

    tasks = []
    for _ in range(VIEWERS):
        tasks.append(asyncio.create_task(one()))
        await asyncio.sleep(0.002)
    for _ in range(VIEWERS):
        await ready.acquire()
    pipe.send("ready")
    await asyncio.to_thread(pipe.recv)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    pipe.send((delays_ms, len(delays_ms)))
