"""Made-up payloads: no exception leaves intake, and sound batches beside them are taken in."""

from __future__ import annotations

import random
from uuid import UUID, uuid4

import pytest

from platform_core.db.engine import open_database
from platform_core.db.tenancy import TenantRow
from platform_core.ingest.acks import AckDesk
from platform_core.ingest.applier import Applier
from platform_core.ingest.catalog import Catalog
from platform_core.ingest.counters import Counters
from platform_core.ingest.inbox import Message
from platform_core.ingest.intake import Intake
from platform_core.ingest.replay import Replay
from platform_core.ingest.streams import StreamTable
from platform_core.ingest.tag_numbers import TagNumbers
from platform_core.journal.journal import Journal
from platform_core.live.freshness import FreshnessTable
from platform_core.live.hub import Hub
from platform_core.live.latest import Latest
from platform_core.stores.base import Block
from schemas.wire.batch import encode_columns, encode_records, make_batch, pack
from schemas.wire.columns import columns
from schemas.wire.dictionary import TagEntry
from schemas.wire.gap import GapRecord
from schemas.wire.presence import Birth
from schemas.wire.topics import EdgeTopic

STREAM = uuid4()
TOPIC = EdgeTopic("factory", "e", "b", 0)
NOW = 1_800_000_000_000_000


class Nowhere:
    """A store that takes everything."""

    def applied(self) -> int:
        return 0

    def apply(self, block: Block) -> None: ...


@pytest.fixture
def intake(tmp_path):
    database = open_database(tmp_path)
    with database.write() as session:
        session.add(TenantRow(id="factory", name="f", created_ts=0))
    catalog, streams = Catalog(database), StreamTable()
    journal = Journal(tmp_path / "journal", floor_percent=0, sync=lambda _: None)
    numbers = TagNumbers(tmp_path)
    replay = Replay(journal, catalog, streams, 0, numbers)
    applier = Applier(Nowhere(), journal, replay.block_of, lambda _: None, lambda *_: None)
    sent = []
    acks = AckDesk("core", lambda *ack: sent.append(ack), applier.credit)
    hub = Hub(Latest(), FreshnessTable())
    made = Intake(catalog, journal, streams, applier, acks, hub, Counters(), numbers)
    birth = Birth(stream=str(STREAM), boot=1, conn_id="c", max_seq=0, machine="m", agent_version="1", config_hash="h")
    state = streams.add(catalog.welcome("factory", "e", birth, 1))
    made.served.add(state.key)
    made.state = state
    made.acks_sent = sent
    made.take([message(batch(1, "dict", encode_records([TagEntry(1, uuid4(), "c/t", "f").to_record()])))])
    yield made
    journal.close()
    database.close()


def batch(seq, kind, body, z="zstd"):
    return pack(make_batch(STREAM, seq, kind, body, boot=1, wall=0, mono=0, rev="r", z=z))


def message(payload):
    return TOPIC, Message("t", payload, NOW, 0)


def data_body():
    numbers = columns("f", [1, 1], [NOW, NOW + 1], [0, 0], [1.0, 2.0])
    return encode_columns([numbers, columns("s", [1], [NOW], [0], ["x"])])


SOUND = [
    ("data", data_body()),
    ("dict", encode_records([TagEntry(2, UUID(int=9), "c/u", "i").to_record()])),
    ("gap", encode_records([GapRecord("dropped", "full", "c", 1, 2, 3, "points").to_record()])),
    ("event", encode_records([{"kind": "start", "ts": 1}])),
]


def flipped(rng, raw):
    out = bytearray(raw)
    for _ in range(rng.randint(1, 4)):
        action = rng.randrange(3)
        at = rng.randrange(len(out)) if out else 0
        if action == 0 and out:
            out[at] ^= 1 << rng.randrange(8)
        elif action == 1 and out:
            del out[at : at + rng.randint(1, 9)]
        else:
            out[at:at] = rng.randbytes(rng.randint(1, 9))
    return bytes(out)


@pytest.mark.parametrize("seed", range(4))
def test_mutated_envelopes_and_mutated_bodies(intake, seed):
    rng = random.Random(seed)
    seq = 1
    for _ in range(60):
        group = []
        for _ in range(10):
            seq += 1
            kind, body = rng.choice(SOUND)
            if rng.random() < 0.5:
                group.append(message(flipped(rng, batch(seq, kind, body))))
            else:
                z = rng.choice(["zstd", "none"])
                group.append(message(batch(seq, kind, flipped(rng, body), z)))
        seq += 1
        group.append(message(batch(seq, "data", encode_columns([columns("f", [1], [NOW], [0], [float(seq)])]))))
        intake.take(group)
        assert seq in intake.state.have
    assert intake._counters.dead > 100
    assert set(intake.state.dead) & {n for n in range(seq) if n in intake.state.have} == set()


def test_unnamed_rubbish_is_kept_a_few_times_only(intake):
    intake.take([message(b"rubbish %d" % i) for i in range(2000)])
    assert intake._catalog.dead_letters("factory") == 20
    assert intake._counters.refused == 2000
