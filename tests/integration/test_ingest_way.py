"""The way of a batch through a real broker: handshake, ack, store, latest; and everything that may go wrong."""

from __future__ import annotations

import time
from uuid import uuid5

import pytest

from platform_core.db.assets import RoleRow
from platform_core.db.edges import DeadLetterRow, EventRow, GapRow
from platform_core.db.tags import TagRow
from platform_core.live.latest import NEVER
from platform_core.services.refused_messages import RefusedMessages
from schemas.models.tag import Limits, TagMeta
from schemas.wire.batch import encode_records
from schemas.wire.columns import columns
from schemas.wire.gap import GapRecord
from schemas.wire.presence import CoreState, read_presence
from tests.integration.hand_agent import TAGS, HandAgent, entry, now_us, spoilt
from tests.integration.ingest_platform import running_platform
from tests.support.broker import start_broker
from tests.support.processes import Processes
from tests.support.waiting import wait_until


@pytest.fixture(scope="module")
def broker(tmp_path_factory):
    folder = tmp_path_factory.mktemp("broker")
    processes = Processes(folder)
    yield start_broker(processes, folder, edges=[f"e{i}" for i in range(20)])
    processes.close()


@pytest.fixture
def platform(tmp_path, broker):
    with running_platform(tmp_path, broker) as running:
        yield running


_EDGES = iter(range(20))


@pytest.fixture
def agent(broker):
    """Each test has its own edge: retained messages of another test are nobody's business here."""
    made = HandAgent(broker, edge=f"e{next(_EDGES)}").connect()
    yield made
    made.close()


def test_a_batch_is_acked_stored_and_current(platform, agent):
    first = agent.introduce()
    assert first.have == []
    assert first.credit == 8
    assert "snapshot" in first.want
    meta = TagMeta(unit="°C", limits=Limits(hi=90)).model_dump(mode="json")
    declared = agent.declare(entry(1, "temperature", meta=meta, asset="press_1", role="temperature"))
    at = now_us()
    sent = agent.floats(1, [(at - 1000, 20.0), (at, 21.5)])
    agent.wait_acked(declared, sent)
    tag_id = platform.tag("temperature", agent.edge)
    assert [(ts, v) for ts, _, v, _ in platform.store.samples(tag_id)] == [(at - 1000, 20.0), (at, 21.5)]
    value = platform.now(tag_id)
    assert (value["v"], value["q"], value["ts"]) == (21.5, 0, at)
    (row,) = [row for row in platform.rows(TagRow) if row.tag_id == tag_id]
    assert (row.connection, row.kind, row.scan_ms) == ("press_1", "f", 1000)
    assert [(role.asset, role.role, role.tag_id) for role in platform.rows(RoleRow)] == [
        ("press_1", "temperature", tag_id)
    ]
    status = platform.service.status()
    assert (status.points, status.batches, status.broker_up) == (2, 2, True)
    assert status.syncs <= 2


def test_the_platform_announces_itself_and_says_when_it_goes(tmp_path, broker, agent):
    with running_platform(tmp_path, broker) as platform:
        wait_until(lambda: _last_core(agent) == (True, platform.service.core), what="online")
        core = platform.service.core
    wait_until(lambda: _last_core(agent) == (False, core), what="offline")


def _last_core(agent):
    if not agent.core_states:
        return None
    state = read_presence(CoreState, agent.core_states[-1])
    return state.online, state.core


def test_a_batch_that_comes_again_is_acked_again_and_stored_once(platform, agent):
    agent.introduce()
    agent.declare(entry(1, "level"))
    sent = agent.floats(1, [(now_us(), 1.0)])
    agent.wait_acked(sent)
    acks = len(agent.acks)
    for _ in range(3):
        agent.send(sent)
    wait_until(lambda: len(agent.acks) > acks)
    wait_until(lambda: platform.service.status().duplicates >= 3)
    assert len(platform.store.samples(platform.tag("level", agent.edge))) == 1


def test_batches_out_of_order_are_acked_as_ranges(platform, agent):
    agent.introduce()
    declared = agent.declare(entry(1, "level"))
    seqs = [agent.make("data", agent_body(1, i)) for i in range(5)]
    for seq in (seqs[3], seqs[4], seqs[1]):
        agent.send(seq)
    agent.wait_acked(seqs[4], seqs[3], seqs[1])
    assert agent.held().ranges() == [(declared, declared), (seqs[1], seqs[1]), (seqs[3], seqs[4])]
    agent.resend_until_acked()
    assert agent.held().ranges() == [(1, agent.seq)]


def agent_body(alias, value):
    from schemas.wire.batch import encode_columns

    return encode_columns([columns("f", [alias], [now_us()], [0], [float(value)])])


def test_an_unknown_alias_asks_for_the_dictionary_and_is_not_acked(platform, agent):
    agent.introduce()
    sent = agent.floats(1, [(now_us(), 5.0)])
    wait_until(lambda: "dict" in agent.wanted())
    assert sent not in agent.held()
    agent.declare(entry(1, "pressure"))
    agent.resend_until_acked()
    wait_until(lambda: platform.store.samples(platform.tag("pressure", agent.edge)))
    assert [v for _, _, v, _ in platform.store.samples(platform.tag("pressure", agent.edge))] == [5.0]


def test_a_batch_without_birth_asks_for_it(platform, agent):
    agent.floats(1, [(now_us(), 5.0)])
    wait_until(lambda: "birth" in agent.wanted())


def test_a_historical_batch_is_stored_but_never_current(platform, agent):
    agent.introduce()
    agent.declare(entry(1, "flow"))
    late = agent.floats(1, [(now_us() - 60_000_000, 1.0)], hist=True)
    agent.wait_acked(late)
    tag_id = platform.tag("flow", agent.edge)
    wait_until(lambda: len(platform.store.samples(tag_id)) == 1)
    assert platform.now(tag_id)["q"] == 140
    assert platform.latest.read(_ids(tag_id)).ts[0] == NEVER
    live = agent.floats(1, [(now_us(), 2.0)])
    newest_but_late = agent.floats(1, [(now_us() + 1000, 3.0)], hist=True)
    agent.wait_acked(live, newest_but_late)
    assert platform.now(tag_id)["v"] == 2.0


def test_backlog_newer_than_what_is_shown_makes_the_platform_ask(platform, agent):
    agent.introduce()
    agent.wait_acked(agent.declare(entry(1, "flow")), agent.floats(1, [(now_us(), 2.0)]))

    def asked():
        with agent.lock:
            return len([ack for ack in agent.acks if "snapshot" in ack.want])

    time.sleep(1.5)  # what was asked for at the beginning is over
    before = asked()
    agent.wait_acked(agent.floats(1, [(now_us() - 60_000_000, 1.0)], hist=True))
    time.sleep(1.5)
    assert asked() == before  # what is older is no news
    agent.wait_acked(agent.floats(1, [(now_us(), 3.0)], hist=True))
    wait_until(lambda: asked() == before + 1, timeout_s=5, what="a snapshot is asked for")
    assert platform.now(platform.tag("flow", agent.edge))["v"] == 2.0


def _ids(*ids):
    import numpy as np

    return np.array(ids, dtype=np.uint32)


def test_a_snapshot_is_current_but_never_stored(platform, agent):
    agent.introduce()
    agent.wait_acked(agent.declare(entry(1, "speed")))
    tag_id = platform.tag("speed", agent.edge)
    agent.snapshot([columns("f", [1], [now_us() - 7_000_000], [0], [44.0])])
    wait_until(lambda: platform.now(tag_id)["v"] == 44.0)
    assert platform.store.samples(tag_id) == []


def test_poison_is_kept_raw_and_the_stream_goes_on(platform, agent):
    agent.introduce()
    agent.wait_acked(agent.declare(entry(1, "level")))
    poison = agent.send(agent.make("data", b"\x28\xb5\x2f\xfd rubbish"))
    wrong_kind = agent.data([columns("i", [1], [now_us()], [0], [7])])
    good = agent.floats(1, [(now_us(), 1.0)])
    agent.wait_acked(good)
    wait_until(lambda: {n for ack in agent.acks for n, _ in ack.dead} >= {poison, wrong_kind})
    told = {n: code for ack in agent.acks for n, code in ack.dead}
    assert told == {poison: "wire.compression", wrong_kind: "ingest.kind"}
    agent.acks.clear()
    agent.send(poison)
    wait_until(lambda: agent.acks, what="a refused batch that comes again is refused again")
    assert agent.acks[-1].dead == [(poison, "wire.compression")]
    assert set(dict(agent.introduce().dead)) == {poison, wrong_kind}
    letters = {row.seq: row for row in platform.rows(DeadLetterRow) if row.edge == agent.edge}
    assert letters[poison].raw == agent.spool[poison]
    assert letters[wrong_kind].code == "ingest.kind"
    assert agent.held().ranges() == [(1, 1), (good, good)]
    dead = GapRecord("dead", "ingest.kind", "press_1", 5, 9, 1, "points", wrong_kind, wrong_kind)
    agent.wait_acked(agent.send(agent.make("gap", encode_records([dead.to_record()]))))
    shown = {one["code"]: one for one in RefusedMessages(platform.database).view("factory")["letters"]}
    assert (shown["ingest.kind"]["edge"], shown["ingest.kind"]["connection"]) == (agent.edge, "press_1")
    assert (shown["ingest.kind"]["points"], shown["ingest.kind"]["from"]) == (1, 5)
    assert shown["wire.compression"]["connection"] is None
    assert shown["wire.compression"]["bytes"] == len(agent.spool[poison])


def test_damage_in_transport_is_sent_again_but_the_same_damage_twice_is_dead(platform, agent):
    agent.introduce()
    agent.wait_acked(agent.declare(entry(1, "level")))
    sound = agent.make("data", agent_body(1, 3))
    kept = agent.spool[sound]
    agent.spool[sound] = spoilt(kept)
    agent.send(sound)
    agent.spool[sound] = kept
    agent.send(sound)
    agent.wait_acked(sound)
    broken = agent.make("data", agent_body(1, 4))
    agent.spool[broken] = spoilt(agent.spool[broken])
    agent.send(broken)
    agent.send(broken)
    wait_until(lambda: (broken, "wire.crc") in agent.acks[-1].dead)
    assert sound not in dict(agent.acks[-1].dead)


def test_rubbish_on_every_topic_harms_nobody(platform, agent):
    for channel in ("birth", "state", "hb", "b/0"):
        for payload in (b"\x00", b"{}", b"\x81\xa1v\x01", b"\xff" * 5000, b"[1,2]"):
            agent.client.publish(f"il/v1/factory/edge/{agent.edge}/{channel}", payload)
    agent.introduce()
    agent.wait_acked(agent.declare(entry(1, "level")), agent.floats(1, [(now_us(), 1.0)]))
    assert platform.service.status().refused >= 15


def test_gaps_and_events_reach_their_ledgers_once(platform, agent):
    agent.introduce()
    gap = GapRecord("not_sampled", "agent down", "press_1", 1_000, 2_000, 77, "rows", 5, 81)
    sent = agent.send(agent.make("gap", encode_records([gap.to_record()])))
    told = agent.send(agent.make("event", encode_records([{"kind": "clock_step", "ts": now_us(), "ms": 900}])))
    agent.wait_acked(sent, told)
    rows = [row for row in platform.rows(GapRow) if row.edge == agent.edge]
    assert [(r.kind, r.connection, r.n, r.count_of, r.from_ts, r.to_ts) for r in rows] == [
        ("not_sampled", "press_1", 77, "rows", 1_000, 2_000)
    ]
    assert [row.kind for row in platform.rows(EventRow) if row.edge == agent.edge] == ["clock_step"]


def test_a_rename_keeps_the_tag_and_another_kind_is_another_tag(platform, agent):
    agent.introduce()
    uuid = uuid5(TAGS, "renamed")
    agent.wait_acked(agent.declare(entry(1, "old_name", uuid=uuid)))
    first = platform.tag("old_name", agent.edge)
    agent.wait_acked(agent.declare(entry(1, "new_name", uuid=uuid)))
    assert platform.tag("new_name", agent.edge) == first
    assert platform.tag("old_name", agent.edge) == 0
    agent.wait_acked(agent.declare(entry(2, "new_name", kind="i", uuid=uuid)))
    second = platform.tag("new_name", agent.edge)
    assert second > first
    old = next(row for row in platform.rows(TagRow) if row.tag_id == first)
    assert old.retired_ts is not None


def test_an_alias_cannot_be_given_to_another_tag(platform, agent):
    agent.introduce()
    agent.wait_acked(agent.declare(entry(1, "a")))
    stolen = agent.declare(entry(1, "b"))
    wait_until(lambda: (stolen, "ingest.alias_reused") in agent.acks[-1].dead)
    agent.wait_acked(agent.floats(1, [(now_us(), 9.0)]))
    assert platform.tag("b", agent.edge) == 0
    assert [v for _, _, v, _ in platform.store.samples(platform.tag("a", agent.edge))] == [9.0]
