from __future__ import annotations

from uuid import UUID

from platform_core.live.freshness import FreshnessTable
from schemas.wire.heartbeat import ConnectionBeat, Heartbeat, ScanBeat

S = 1_000_000
STREAM = UUID(int=1)


def beat(table, *, heard_us, agent_now=10**15, read_ago_us=0, up=True, scan_ms=1000, conn_id="a"):
    scans = [ScanBeat(scan_ms, 0 if read_ago_us is None else agent_now - read_ago_us)]
    connections = [ConnectionBeat("press_1", "modbus_tcp", up, 0, scans=scans)]
    table.beat("factory", "line_1", Heartbeat(conn_id, STREAM, 1, agent_now, 1, connections), heard_us)


def table_with_tag(scan_ms=1000):
    table = FreshnessTable()
    table.place(1, "factory", "line_1", "press_1", scan_ms)
    return table


def code(table, now_us):
    return int(table.codes(now_us, 4)[1])


def test_fresh_then_stale_after_two_and_a_half_periods_then_offline():
    table = table_with_tag(1000)
    assert code(table, 0) == 2
    beat(table, heard_us=100 * S)
    assert code(table, 100 * S) == 0
    assert code(table, 100 * S + 2_500_000) == 0
    assert code(table, 100 * S + 2_500_001) == 1
    assert code(table, 103 * S) == 1
    assert code(table, 103 * S + 1) == 2


def test_two_seconds_at_least_for_fast_tags():
    table = table_with_tag(100)
    beat(table, heard_us=100 * S, scan_ms=100)
    assert code(table, 102 * S) == 0
    assert code(table, 102 * S + 1) == 1


def test_a_slow_scan_class_is_not_stale_between_its_reads():
    table = table_with_tag(60_000)
    beat(table, heard_us=100 * S, scan_ms=60_000, read_ago_us=140 * S)
    assert code(table, 101 * S) == 0
    beat(table, heard_us=110 * S, scan_ms=60_000, read_ago_us=151 * S)
    assert code(table, 110 * S) == 1


def test_the_agents_clock_may_be_wrong_by_any_amount():
    for agent_now in (5 * S, 10**15, 4 * 10**15):
        table = table_with_tag()
        beat(table, heard_us=100 * S, agent_now=agent_now, read_ago_us=1_000_000)
        assert code(table, 101 * S) == 0
        assert code(table, 102 * S) == 1


def test_a_connection_that_is_down_is_offline_though_heartbeats_go_on():
    table = table_with_tag()
    beat(table, heard_us=100 * S, up=False)
    assert code(table, 100 * S) == 2
    beat(table, heard_us=101 * S, up=True)
    assert code(table, 101 * S) == 0


def test_never_read_is_stale_not_fresh():
    table = table_with_tag()
    beat(table, heard_us=100 * S, read_ago_us=None)
    assert code(table, 100 * S) == 1


def test_offline_said_by_its_own_connection_counts_at_once_an_old_ones_does_not():
    table = table_with_tag()
    beat(table, heard_us=100 * S, conn_id="new")
    table.state("factory", "line_1", online=False, conn_id="old", now_us=100 * S)
    assert code(table, 100 * S) == 0
    table.state("factory", "line_1", online=False, conn_id="new", now_us=100 * S)
    assert code(table, 100 * S) == 2


def test_a_retained_online_message_alone_makes_nothing_fresh():
    table = table_with_tag()
    table.state("factory", "line_1", online=True, conn_id="x", now_us=100 * S)
    assert code(table, 100 * S) == 2


def test_a_tag_that_changes_its_scan_class_follows_it():
    table = table_with_tag(1000)
    beat(table, heard_us=100 * S, scan_ms=1000)
    table.place(1, "factory", "line_1", "press_1", 5000)
    assert code(table, 100 * S) == 2  # its new class was not reported yet
    beat(table, heard_us=100 * S, scan_ms=5000)
    assert code(table, 111 * S) == 2
    assert code(table, 102 * S) == 0


def test_made_up_scan_classes_do_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr("platform_core.live.freshness.SCANS_MAX", 5)
    table = table_with_tag(1000)
    for scan_ms in range(1, 100):
        beat(table, heard_us=100 * S, scan_ms=scan_ms)
    assert len(table._scans) == 5
    beat(table, heard_us=100 * S, scan_ms=1000)
    assert code(table, 100 * S) == 0
