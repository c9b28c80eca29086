"""Positions of a source of rows: in one entry with the rows, on the disk before the driver goes on, and forgotten."""

import numpy as np
import pytest

from connectors.driver import Delivery, Loss, Reading
from edge_agent.batcher import POINTS_MAX, Batcher
from edge_agent.buffer.rows import Entry, SequenceKey
from edge_agent.calculated.engine import Outcome
from edge_agent.listening import take_delivery
from edge_agent.pipeline.scan import ScanClass
from edge_agent.positions import kept_positions, wait_kept
from schemas.errors import ConnectError
from schemas.models.connection import ConnectionConfig
from schemas.models.tag import TagConfig
from schemas.wire.columns import Columns
from tests.unit.edge_agent.spool_making import entry, open_at

TAGS = [TagConfig.model_validate({"name": f"t{n}", "address": "x", "type": "float64"}) for n in range(60)]
CONN = ConnectionConfig.model_validate({"id": "press", "driver": "csv_folder", "report": {"mode": "always"}})


def delivery(rounds, **more):
    ids = np.arange(len(TAGS), dtype="<u4")
    made = [
        [Reading(Columns("f", ids, np.full(len(TAGS), 1000 + n, "<i8"), np.zeros(len(TAGS), "u1"), ids + 0.5 + n))]
        for n in range(rounds)
    ]
    return Delivery(tuple(made), **more)


async def entries_of(told):
    entries = []
    batcher = Batcher(lambda one: entries.append(one) or True, rev="r", profile="disk")
    scan = ScanClass(CONN, TAGS, 1000, np.arange(len(TAGS), dtype="<u4"), {}, 0)
    take_delivery("press", scan, told, batcher, lambda _: Outcome())
    batcher.close()
    return entries


async def test_rows_gaps_and_positions_are_one_entry_however_many():
    rounds = POINTS_MAX // len(TAGS) + 9
    loss = Loss("row_not_readable", 5, 6, rows=3)
    (one,) = await entries_of(delivery(rounds, losses=(loss,), positions={"a.csv/offset": 77}))
    assert one.marks == {SequenceKey("press", "a.csv/offset"): 77}
    assert sum(batch.points for batch in one.batches) == rounds * len(TAGS)
    assert [(gap.reason, gap.n, gap.count_of) for gap in one.gaps] == [("row_not_readable", 3, "rows")]
    # Negative control: what has no positions closes on its way.
    assert len(await entries_of(delivery(rounds))) == 2


async def test_the_driver_goes_on_only_when_the_disk_has_its_positions():
    kept = {SequenceKey("press", "a/offset"): 5, SequenceKey("press", "row"): 9, SequenceKey("other", "a/offset"): 1}
    batcher = Batcher(lambda _: True, rev="r", profile="disk")

    async def marks():
        return kept

    batcher.kept_marks = marks
    assert await kept_positions(batcher, "press") == {"a/offset": 5}
    await wait_kept(batcher, "press", {"a/offset": 5, "b/offset": -1})
    with pytest.raises(ConnectError, match="read again"):
        await wait_kept(batcher, "press", {"a/offset": 6})


def test_a_negative_position_is_forgotten(tmp_path):
    spool = open_at(tmp_path)
    key = SequenceKey("press", "a/offset")
    spool.append([entry(), Entry(marks={key: 7})], alive=1)
    assert spool.marks() == {key: 7}
    spool.append([Entry(marks={key: -1})], alive=1)
    assert spool.marks() == {}
    spool.close()
