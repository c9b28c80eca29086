"""Small makers shared by the spool's tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from edge_agent.buffer.room import Policy
from edge_agent.buffer.rows import Entry, NewBatch, Priority
from edge_agent.buffer.salvage import SpoolSettings, open_spool
from edge_agent.buffer.spool import Spool

MIB = 1024 * 1024


def data_batch(
    points: int = 10, *, at: int = 1_000, size: int = 100, conn: str = "c1", prio: Priority = Priority.DATA
) -> NewBatch:
    return NewBatch(
        kind="data", prio=prio, conn=conn, wall=at, mono=at, rev="r", z="none", points=points,
        t_first=at, t_last=at + points, body=bytes([at % 251 + 1]) * size,
    )  # fmt: skip


def entry(points: int = 10, **how: Any) -> Entry:
    return Entry([data_batch(points, **how)])


def open_at(
    folder: Path, *, machine: str = "m1", size_max: int = 64 * MIB, policy: Policy = "oldest", synchronous: str = "FULL"
) -> Spool:
    settings = SpoolSettings(machine=machine, size_max_bytes=size_max, policy=policy, synchronous=synchronous)
    spool, _ = open_spool(folder / "spool.db", settings)
    return spool
