"""Start of the platform with a journal that the store has not got: what a crash costs."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from uuid import NAMESPACE_DNS, uuid4, uuid5

import numpy as np

from platform_core.auth.accounts import Accounts
from platform_core.db.engine import open_database
from platform_core.ingest.catalog import Catalog
from platform_core.journal.format import Entry
from platform_core.journal.journal import Journal
from schemas.wire.batch import BatchKind, encode_columns, encode_records, make_batch, pack
from schemas.wire.columns import columns
from schemas.wire.dictionary import TagEntry
from schemas.wire.presence import Birth
from tests.bench.row import Row

TAGS = 1_000
SECONDS = 600
BATCHES_PER_S = 40
POINTS = TAGS // BATCHES_PER_S
EDGE = "line_1"


def run() -> list[Row]:
    """Figures of this part."""
    with tempfile.TemporaryDirectory() as folder:
        empty, full = Path(folder, "empty"), Path(folder, "full")
        for data, seconds in ((empty, 0), (full, SECONDS)):
            _make(data, seconds)
        base_s, crashed_s = _start(empty), _start(full)
        ended_s = _start(full)
    method = f"{SECONDS} s of {TAGS} points/s in {SECONDS * BATCHES_PER_S} batches; an empty one takes {base_s:.1f} s"
    return [
        Row("start after a crash", round(crashed_s, 2), "s", "", "", method),
        Row("start after a clean end", round(ended_s, 2), "s", "", "", "the same data, sealed at the end"),
    ]


def _make(data: Path, seconds: int) -> None:
    """A data folder as a crash leaves it: everything in the journal, nothing in the store."""
    data.mkdir()
    database = open_database(data)
    Accounts(database).ensure_tenant("factory")
    catalog, journal = Catalog(database), Journal(data / "journal", floor_percent=0)
    stream, now = uuid4(), time.time_ns() // 1000

    def entry(seq: int, kind: BatchKind, body: bytes, at: int) -> Entry:
        payload = pack(make_batch(stream, seq, kind, body, boot=1, wall=at, mono=0, rev="r"))
        return Entry("factory", EDGE, stream, seq, kind, False, at, payload)

    if seconds:
        birth = Birth(
            stream=str(stream), boot=1, conn_id="c", max_seq=0, machine="m", agent_version="1", config_hash="h"
        )
        catalog.welcome("factory", EDGE, birth, now)
        tags = [TagEntry(no, uuid5(NAMESPACE_DNS, str(no)), f"c{no % 10}/t{no}", "f") for no in range(1, TAGS + 1)]
        catalog.declare("factory", EDGE, stream, tags, now)
        journal.append([entry(1, "dict", encode_records([tag.to_record() for tag in tags]), now)])
    values = np.random.default_rng(1).normal(50, 1, TAGS).round(2)
    for second in range(seconds):
        group = []
        for part in range(BATCHES_PER_S):
            at = now + (second - seconds) * 1_000_000 + part * 1_000_000 // BATCHES_PER_S
            ids = 1 + part * POINTS + np.arange(POINTS)
            body = encode_columns([columns("f", ids, np.full(POINTS, at), np.zeros(POINTS), values[ids - 1] + second)])
            group.append(entry(2 + second * BATCHES_PER_S + part, "data", body, at))
        journal.append(group)
    journal.close()
    database.close()


def _start(data: Path) -> float:
    """Seconds until the platform says that it is ready; then it is ended."""
    line = [sys.executable, "-m", "platform_core", "serve", "--data", str(data), "--listen", "127.0.0.1:0"]
    line += ["--broker", "mqtt://127.0.0.1:1", "--no-built-in-apps"]
    began = time.monotonic()
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        if process.stdout is None or not process.stdout.readline():
            raise RuntimeError("the platform did not start")
        took_s = time.monotonic() - began
        time.sleep(2)  # what the journal holds reaches the store
        process.terminate()
    return took_s
