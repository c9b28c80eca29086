"""A disk that is really full: a small loop-mounted ext4, filled several times over. The agent's spool keeps
accepting, drops the oldest, and the ledger has every point."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest

from edge_agent.buffer import ledger, writer
from edge_agent.buffer.rows import Entry, StoredBatch
from edge_agent.buffer.salvage import SpoolSettings
from edge_agent.buffer.writer import SpoolWriter
from schemas.wire.batch import decode_records
from tests.integration.test_power_cut import may_mount, mounted
from tests.unit.edge_agent.spool_making import MIB, data_batch

pytestmark = pytest.mark.skipif(not may_mount(), reason="needs root, mount and mkfs.ext4 for a loop-mounted image")


async def test_a_full_disk_drops_the_oldest_with_their_count_and_never_stops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "RETRY_S", 0.02)
    image = tmp_path / "disk.img"
    with image.open("wb") as stream:
        stream.truncate(24 * MIB)
    subprocess.run(["mkfs.ext4", "-q", image], check=True)
    noise = np.random.default_rng(1)
    with mounted(image, tmp_path / "disk") as disk:
        settings = SpoolSettings("m1", size_max_bytes=256 * MIB)
        spool_writer = SpoolWriter(disk / "spool.db", settings, rev="r", retain_acked_s=3600)
        committed: list[StoredBatch] = []
        spool_writer.on_commit = committed.extend
        spool_writer.start()
        submitted = refused = 0
        for n in range(1, 901):  # 900 × 60 kB = 54 MB
            if n == 600:  # somebody else fills what was left
                fill(disk / "others")
            batch = data_batch(10, at=n)
            fat = Entry([type(batch)(**{**fields(batch), "body": noise.bytes(60_000)})])
            taken = spool_writer.submit(fat)
            submitted, refused = submitted + 10, refused + (0 if taken else 10)
            await asyncio.sleep(0.002)
        end = time.monotonic() + 30
        while spool_writer.points_waiting and time.monotonic() < end:
            await asyncio.sleep(0.05)
        counters = await spool_writer.ask(lambda spool: spool.audit())
        assert await spool_writer.stop(10)
        assert counters.balanced
        assert counters.dropped > 0
        assert counters.accepted == submitted - refused
        again = SpoolWriter(disk / "spool.db", settings, rev="r", retain_acked_s=3600).spool
        told = [
            record
            for batch in [*again.read_pending(0, 10**9, 10**6, prio=0), *ledger.seal(again, rev="r")]
            for record in decode_records(batch.body, batch.z)
        ]
        assert sum(record["n"] for record in told if record["kind"] == "dropped") == counters.dropped
        again.close()


def fill(path: Path) -> None:
    with contextlib.suppress(OSError), path.open("wb") as stream:
        while True:
            stream.write(b"x" * 65536)
            stream.flush()


def fields(batch: object) -> dict[str, object]:
    return {name: getattr(batch, name) for name in batch.__dataclass_fields__}  # type: ignore[attr-defined]
