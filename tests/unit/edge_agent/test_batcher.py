"""Batches close at the end of a cycle, after the linger, at 10,000 points, at 256 KiB."""

from __future__ import annotations

import asyncio
from typing import Literal

import numpy as np

from edge_agent.batcher import BODY_BYTES_MAX, POINTS_MAX, Batcher, data_batches
from edge_agent.buffer.rows import Entry, Priority, SequenceKey
from edge_agent.priorities import Priorities, priorities_of
from schemas.models.connection import ConnectionConfig
from schemas.wire.batch import decode_columns, decode_records
from schemas.wire.columns import Columns, columns
from schemas.wire.gap import GapRecord


def floats(n: int, first: int = 0) -> Columns:
    return columns("f", range(first, first + n), range(1000, 1000 + n), [0] * n, np.arange(n) / 7)


class Sink:
    def __init__(self, profile: Literal["disk", "sd_card"] = "disk") -> None:
        self.entries: list[Entry] = []
        self.batcher = Batcher(self.take, rev="r", profile=profile)

    def take(self, entry: Entry) -> bool:
        self.entries.append(entry)
        return True


async def test_a_scan_cycle_is_one_batch_with_its_gaps_and_row_numbers() -> None:
    sink = Sink()
    gap = GapRecord("not_sampled", "sequence_jump", "c1", 1, 2, 1, "rows")
    sink.batcher.add("c1", [floats(3), columns("i", [9], [5], [0], [7])], gaps=[gap], marks={SequenceKey("c1", "r"): 4})
    (entry,) = sink.entries
    (batch,) = entry.batches
    assert (batch.points, batch.conn, batch.t_first, batch.t_last) == (4, "c1", 5, 1002)
    assert (list(entry.gaps), dict(entry.marks)) == ([gap], {("c1", "r"): 4})
    assert [(g.kind, len(g)) for g in decode_columns(batch.body, batch.z)] == [("f", 3), ("i", 1)]


async def test_an_sd_card_waits_and_joins_connections() -> None:
    sink = Sink("sd_card")
    sink.batcher.add("c1", [floats(3)])
    sink.batcher.add("c2", [floats(2)])
    assert sink.entries == []
    await asyncio.sleep(0.6)
    (entry,) = sink.entries
    assert (entry.batches[0].points, entry.batches[0].conn) == (5, "")


async def test_values_outside_a_cycle_linger_shortly() -> None:
    sink = Sink()
    sink.batcher.add("c1", [floats(1)], end_of_cycle=False)
    assert sink.entries == []
    await asyncio.sleep(0.1)
    assert len(sink.entries) == 1


async def test_a_cycle_without_news_makes_no_batch() -> None:
    sink = Sink()
    sink.batcher.add("c1", [])
    assert sink.entries == []


def test_no_batch_is_larger_than_its_limits_and_nothing_gets_lost_in_splitting() -> None:
    many = data_batches([floats(2 * POINTS_MAX + 5)], conn="c", rev="r")
    assert [batch.points for batch in many] == [POINTS_MAX, POINTS_MAX, 5]
    rng = np.random.default_rng(1)
    texts = np.array([rng.bytes(100).hex() for _ in range(4000)], dtype=object)
    wide = data_batches([columns("s", range(4000), range(4000), [0] * 4000, texts)], conn="c", rev="r")
    assert len(wide) > 1
    assert all(len(batch.body) <= BODY_BYTES_MAX for batch in wide)
    back = [v for batch in wide for group in decode_columns(batch.body, batch.z) for v in group.v]
    assert back == texts.tolist()


async def test_an_event_is_a_batch_of_its_own() -> None:
    sink = Sink()
    sink.batcher.event({"event": "clock_step", "step_ms": 3_600_000})
    (batch,) = sink.entries[0].batches
    (record,) = decode_records(batch.body, batch.z)
    assert (batch.kind, batch.points, record["event"]) == ("event", 0, "clock_step")


async def test_priorities_go_in_batches_of_their_own_the_most_important_first() -> None:
    sink = Sink()
    sink.batcher.priorities = Priorities({0: Priority.FAST, 2: Priority.EVENT, 9: Priority.EVENT})
    sink.batcher.add("c1", [floats(4), columns("i", [9], [5], [0], [7])], marks={SequenceKey("c1", "r"): 4})
    (entry,) = sink.entries
    split = [
        (batch.prio, batch.points, [int(one) for group in decode_columns(batch.body, batch.z) for one in group.id])
        for batch in entry.batches
    ]
    assert split == [(Priority.EVENT, 2, [2, 9]), (Priority.DATA, 2, [1, 3]), (Priority.FAST, 1, [0])]
    assert dict(entry.marks) == {("c1", "r"): 4}


def test_a_tag_has_its_own_priority_or_that_of_its_connection() -> None:
    tags = [{"name": name, "address": "holding:1", "type": "uint16"} for name in ("a", "b", "c")]
    tags[1]["priority"], tags[2]["priority"] = "high", "normal"
    conn = ConnectionConfig.model_validate({"id": "p", "driver": "modbus_tcp", "priority": "low", "tags": tags})
    lanes = priorities_of([conn], {"p/a": 1, "p/b": 2, "p/c": 3}).split([floats(3, first=1)])
    assert [(prio, [int(one) for one in part[0].id]) for prio, part in lanes] == [
        (Priority.EVENT, [2]), (Priority.DATA, [3]), (Priority.FAST, [1]),
    ]  # fmt: skip
