"""A spool that an earlier program wrote opens with all it holds. A file of each format is kept, never
made anew; `tests/golden/spool/v1.db.gz` was full once: 120 points accepted, 60 of them dropped."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from edge_agent.buffer import ledger, room
from edge_agent.buffer.layout import VERSION
from edge_agent.buffer.rows import Counters, SequenceKey
from schemas.wire.batch import decode_records
from tests.unit.edge_agent.spool_making import MIB, entry, open_at

GOLDEN = Path(__file__).parents[2] / "golden" / "spool"


def test_a_file_of_every_format_is_kept() -> None:
    assert {f"v{number}.db.gz" for number in range(1, VERSION + 1)} == {path.name for path in GOLDEN.iterdir()}


@pytest.mark.parametrize("policy", ["oldest", "newest", "thin"])
def test_the_first_format_opens_and_goes_on(tmp_path: Path, policy: room.Policy) -> None:
    (tmp_path / "spool.db").write_bytes(gzip.decompress((GOLDEN / "v1.db.gz").read_bytes()))
    spool = open_at(tmp_path, size_max=MIB // 4, policy=policy)
    assert str(spool.stream) == "9f2edf70-dea0-49c0-bb19-6ff5e15cebfa"
    assert (spool.boot, spool.max_seq, spool.cloned, spool.ended_cleanly) == (2, 12, False, True)
    assert spool.counters == spool.audit() == Counters(120, 10, 40, 60, 10, 4, 80_200)
    assert [batch.seq for batch in spool.read_pending(0, 99, 99, prio=2)] == [7, 8, 9, 12]
    assert spool.marks() == {SequenceKey("c1", "row"): 12}
    for at in range(13, 30):
        spool.append([entry(at=at, size=40_000)], alive=at)
    records = [r for batch in ledger.seal(spool, rev="r") for r in decode_records(batch.body, batch.z)]
    assert sum(r["n"] for r in records if r["kind"] == "dropped") == spool.counters.dropped > 60
    assert spool.counters.balanced
    assert spool.audit() == spool.counters
    assert spool.used_bytes() <= MIB // 4
