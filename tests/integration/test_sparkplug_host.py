"""The platform as a Sparkplug host: a real ingest, database and broker, nodes on the official protobuf library."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from platform_core.db.edges import GapRow
from platform_core.db.tags import TagRow
from tests.integration.ingest_platform import disk_full
from tests.integration.sparkplug_rig import HostRig
from tests.support.broker import Broker
from tests.support.sparkplug_peers import NodePeer
from tests.support.waiting import wait_until

FRESH, OFFLINE = 0, 2
TEMP = {"name": "Temp", "alias": 5, "datatype": 10, "double_value": 20.5, "properties": {"engUnit": "°C"}}
COUNT = {"name": "Count", "alias": 6, "datatype": 3, "int_value": 2**32 - 7}
MODE = {"name": "State/Mode", "alias": 7, "datatype": 12, "string_value": "auto"}


@pytest.fixture
def rig(tmp_path: Path, spark_broker: Broker) -> Iterator[HostRig]:
    made = HostRig(tmp_path / "platform", spark_broker)
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def spark_broker(broker: Broker) -> Broker:
    """The default broker; its core user may say here what a node says."""
    import json

    conf = broker.secret_folder.parent / "broker" / "nats.conf"
    document = json.loads(conf.read_text())
    for user in document["authorization"]["users"]:
        if user["user"] == "core":
            user["permissions"]["publish"]["allow"].append("spBv1//0.>")
    broker.stop()
    conf.write_text(json.dumps(document))
    broker.start()
    return broker


def born(rig: HostRig, *device: dict[str, Any]) -> NodePeer:
    node = rig.node()
    node.nbirth()
    node.send("DBIRTH", *(device or (TEMP, COUNT, MODE)), device="oven")
    wait_until(lambda: rig.now("g2:press:oven/Temp")["fresh"] == FRESH, what="born and fresh")
    return node


def test_births_make_tags_with_unit_and_value(rig: HostRig) -> None:
    node = rig.node()
    node.nbirth({"name": "Properties/OS", "alias": 1, "datatype": 12, "string_value": "Linux"})
    node.send("DBIRTH", TEMP, COUNT, MODE, device="oven")
    rig.wait_value("g2:press:oven/Temp", 20.5)
    rig.wait_value("g2:press:oven/Count", -7)
    rig.wait_value("g2:press:oven/State/Mode", "auto")
    rig.wait_value("g2:press/Properties/OS", "Linux")
    row = rig.tag("g2:press:oven/Temp")
    assert '"unit": "°C"' in row.meta
    assert (row.kind, row.edge, row.connection) == ("f", "sparkplug", "g2:press:oven")
    assert row.address == "g2/press/oven:Temp"
    assert rig.tag("g2:press/bdSeq") is None  # a handle of the protocol is no value
    assert rig.tag("g2:press/Node Control/Rebirth") is None
    wait_until(lambda: rig.now("g2:press:oven/Temp")["fresh"] == FRESH, what="fresh")


def test_data_by_alias_is_shown_stored_once_and_durable(rig: HostRig) -> None:
    node = born(rig)
    for value in range(600):  # the number goes round twice
        node.send("DDATA", {"alias": 5, "double_value": float(value)}, device="oven")
    rig.wait_value("g2:press:oven/Temp", 599.0)
    node.send("DDATA", {"name": "Temp", "double_value": 7.0}, device="oven")  # by name, as others do it
    rig.wait_value("g2:press:oven/Temp", 7.0)
    assert node.rebirths() <= 1
    journalled = rig.platform.service.journal.last_no
    rig.stop()
    rig.start()
    assert rig.platform.service.journal.last_no >= journalled
    row = rig.tag("g2:press:oven/Temp")
    node.send("DDATA", {"alias": 5, "double_value": 8.0}, device="oven")  # a host that knows nothing of it
    wait_until(lambda: node.rebirths() >= 1, what="rebirth asked after a restart")
    node.nbirth()
    node.send("DBIRTH", {**TEMP, "double_value": 9.0}, COUNT, MODE, device="oven")
    rig.wait_value("g2:press:oven/Temp", 9.0)
    assert rig.tag("g2:press:oven/Temp").tag_id == row.tag_id
    stored = wait_until(
        lambda: (found := rig.samples("g2:press:oven/Temp")) and found[-1][2] == 9.0 and found, what="in the store"
    )
    assert [v for *_, v, _ in stored if v != 20.5] == [*map(float, range(600)), 7.0, 9.0]
    assert len({ts for ts, *_ in stored}) == len(stored)  # also those of one ms


def test_quality_and_null(rig: HostRig) -> None:
    node = born(rig)
    cases = [
        ({"alias": 5, "is_null": True, "properties": {"Quality": 0}}, 128),
        ({"alias": 5, "double_value": 1.0, "properties": {"Quality": 192}}, 0),
        ({"alias": 5, "double_value": 2.0, "properties": {"Quality": 500}}, 64),
        ({"alias": 5, "is_null": True}, 128),
        ({"alias": 5, "double_value": 3.0, "properties": {"Quality": 64}}, 64),
        ({"alias": 5, "double_value": 3.5, "properties": {"Quality": 0}}, 128),
        ({"alias": 5, "string_value": "x"}, 139),
        ({"alias": 5, "double_value": float("nan")}, 136),
        ({"alias": 5, "double_value": 4.0}, 0),
    ]
    for metric, quality in cases:
        node.send("DDATA", metric, device="oven")
        wait_until(lambda quality=quality: rig.now("g2:press:oven/Temp")["q"] == quality, what=f"{metric} → {quality}")
        time.sleep(0.002)
    assert rig.now("g2:press:oven/Temp")["v"] == 4.0


def test_data_before_birth_asks_for_a_rebirth_and_shows_nothing(rig: HostRig) -> None:
    node = rig.node()
    for seq in range(30):
        node.send("DDATA", {"alias": 5, "double_value": 1.0}, device="oven", seq=seq)
    wait_until(lambda: node.rebirths() >= 1, what="rebirth")
    time.sleep(0.5)
    assert node.rebirths() <= 3  # one in 0.3 s, not one for each message
    assert rig.tag("g2:press:oven/Temp") is None
    command = node.commands[0]
    assert not command.HasField("seq")
    assert command.timestamp
    assert [(m.name, m.boolean_value, bool(m.timestamp)) for m in command.metrics] == [
        ("Node Control/Rebirth", True, True)
    ]


def test_messages_that_change_places_are_put_in_order(tmp_path: Path, spark_broker: Broker) -> None:
    rig = HostRig(tmp_path / "platform", spark_broker, reorder_ms=5000)
    try:
        _change_places(rig)
    finally:
        rig.close()


def _change_places(rig: HostRig) -> None:
    node = born(rig)
    asked = node.rebirths()
    at = int(time.time() * 1000)
    for seq, offset in ((4, 2), (2, 0), (3, 1), (2, 0)):  # 2 comes twice
        node.send("DDATA", {"alias": 5, "double_value": float(seq), "timestamp": at + offset}, device="oven", seq=seq)
    rig.wait_value("g2:press:oven/Temp", 4.0)
    assert node.rebirths() == asked
    wait_until(lambda: [v for *_, v, _ in rig.samples("g2:press:oven/Temp")][-3:] == [2.0, 3.0, 4.0], what="all three")
    # Data that comes before the birth it belongs to: by the old aliases it would be the value of another metric.
    node.send("DDATA", {"alias": 6, "double_value": 77.5, "timestamp": at + 20}, device="oven", seq=6)
    node.send("DBIRTH", {**TEMP, "alias": 6, "timestamp": at + 10}, {**COUNT, "alias": 5}, MODE, device="oven", seq=5)
    rig.wait_value("g2:press:oven/Temp", 77.5)
    assert rig.now("g2:press:oven/Count")["v"] == -7
    assert node.rebirths() == asked


def test_a_hole_asks_for_a_rebirth_and_is_written_down(rig: HostRig) -> None:
    node = born(rig)
    asked = node.rebirths()
    node.send("DDATA", {"alias": 5, "double_value": 99.0}, device="oven", seq=7)  # 2 to 6 never come
    wait_until(lambda: node.rebirths() > asked, what="rebirth after the reorder time")
    wait_until(lambda: rig.now("g2:press:oven/Temp")["fresh"] == OFFLINE, what="not shown as fresh")
    assert rig.now("g2:press:oven/Temp")["v"] == 20.5
    node.nbirth()
    node.send("DBIRTH", {**TEMP, "double_value": 30.0}, COUNT, MODE, device="oven")
    rig.wait_value("g2:press:oven/Temp", 30.0)
    gaps = wait_until(lambda: rig.platform.rows(GapRow), what="gap")
    assert [(gap.kind, gap.reason, gap.connection, gap.edge) for gap in gaps] == [
        ("not_sampled", "sparkplug_sequence", "g2:press", "sparkplug")
    ]
    assert 0 < gaps[0].from_ts <= gaps[0].to_ts


def test_an_unknown_alias_asks_for_a_rebirth(rig: HostRig) -> None:
    node = born(rig)
    asked = node.rebirths()
    node.send("DDATA", {"alias": 77, "double_value": 1.0}, {"alias": 5, "double_value": 2.0}, device="oven")
    wait_until(lambda: node.rebirths() > asked, what="rebirth")


def test_a_rebirth_may_give_other_aliases(rig: HostRig) -> None:
    node = born(rig)
    node.nbirth()
    node.send("DBIRTH", {**TEMP, "alias": 6}, {**COUNT, "alias": 5}, MODE, device="oven")
    node.send("DDATA", {"alias": 6, "double_value": 41.5}, {"alias": 5, "int_value": 12}, device="oven")
    rig.wait_value("g2:press:oven/Temp", 41.5)
    rig.wait_value("g2:press:oven/Count", 12)


def test_deaths_make_stale_and_only_with_the_right_bdseq(rig: HostRig) -> None:
    node = born(rig)
    node.publish("NDEATH", node.death(bdseq=(node.bdseq + 200) % 256))  # an old will
    node.send("DDATA", {"alias": 5, "double_value": 21.0}, device="oven")
    rig.wait_value("g2:press:oven/Temp", 21.0)
    assert rig.now("g2:press:oven/Temp")["fresh"] == FRESH
    node.send("DDEATH", device="oven")
    wait_until(lambda: rig.now("g2:press:oven/Temp")["fresh"] == OFFLINE, what="stale by DDEATH")
    wait_until(lambda: rig.now("g2:press:oven/Temp")["q"] == 129, what="a bad sample")
    node.send("DBIRTH", TEMP, COUNT, MODE, device="oven")
    wait_until(lambda: rig.now("g2:press:oven/Temp")["q"] == 0, what="back")
    node.close(cleanly=False)
    wait_until(lambda: rig.now("g2:press:oven/Temp")["fresh"] == OFFLINE, timeout_s=10, what="stale by the will")
    wait_until(lambda: [q for _, q, *_ in rig.samples("g2:press:oven/Temp")].count(129) == 2, what="one each time")

    def up() -> dict[str, bool]:
        edge = next(one for one in rig.platform.service.edges() if one.id == "sparkplug")
        return {one.id: one.up for one in edge.connections}

    wait_until(lambda: up() == {"g2:press": False, "g2:press:oven": False}, what="both connections down")


def test_historical_values_are_history_and_never_current(rig: HostRig) -> None:
    node = born(rig)
    at = int(time.time() * 1000) - 3_600_000
    old = [
        {"alias": 5, "double_value": float(n), "timestamp": at + n, "is_historical": True} for n in range(10)
    ]  # fmt: skip
    node.send("DDATA", *old, device="oven")
    late = {"alias": 5, "double_value": 666.0, "timestamp": int(time.time() * 1000) + 1000, "is_historical": True}
    node.send("DDATA", late, device="oven")
    wait_until(lambda: len(rig.samples("g2:press:oven/Temp")) >= 12, what="stored")
    assert rig.now("g2:press:oven/Temp")["v"] == 20.5
    assert [v for *_, v, _ in rig.samples("g2:press:oven/Temp")][:10] == [float(n) for n in range(10)]


def test_what_is_not_a_single_value_is_left_out_without_asking_again(rig: HostRig) -> None:
    template = {"name": "Motor", "alias": 9, "datatype": 19}
    array = {"name": "Curve", "alias": 10, "datatype": 31, "bytes_value": b"12345678"}
    passing = {"name": "Once", "alias": 11, "datatype": 3, "int_value": 1, "is_transient": True}
    node = born(rig, TEMP, template, array, passing)
    asked = node.rebirths()
    node.send("DDATA", {"alias": 10, "bytes_value": b"1"}, {"alias": 5, "double_value": 3.0}, device="oven")
    rig.wait_value("g2:press:oven/Temp", 3.0)
    assert node.rebirths() == asked
    assert all(rig.tag(f"g2:press:oven/{name}") is None for name in ("Motor", "Curve", "Once"))


def test_another_type_is_another_tag(rig: HostRig) -> None:
    node = born(rig)
    before = rig.tag("g2:press:oven/Temp").tag_id
    node.send("DBIRTH", {"name": "Temp", "alias": 5, "datatype": 3, "int_value": 21}, COUNT, MODE, device="oven")
    rig.wait_value("g2:press:oven/Temp", 21)
    assert rig.tag("g2:press:oven/Temp").tag_id != before
    node.send("DBIRTH", TEMP, COUNT, MODE, device="oven")  # and back: the first tag goes on
    wait_until(lambda: rig.platform.now(before)["v"] == 20.5, what="the first tag")

    def retired() -> bool:
        return next(row for row in rig.platform.rows(TagRow) if row.tag_id == before).retired_ts is not None

    wait_until(lambda: not retired(), what="no longer retired")


def test_devices_of_the_same_name_on_two_nodes_are_two(rig: HostRig) -> None:
    born(rig)
    other = rig.node(node="saw")
    other.nbirth()
    other.send("DBIRTH", {**TEMP, "double_value": 1.5}, device="oven")
    rig.wait_value("g2:saw:oven/Temp", 1.5)
    assert rig.now("g2:press:oven/Temp")["v"] == 20.5


GARBAGE: list[Callable[[NodePeer], None]] = [
    lambda node: node.publish("NBIRTH", b"\xff\xff\xff"),
    lambda node: node.publish("DDATA", bytes(range(256)), "oven"),
    lambda node: node.publish("NDATA", b""),
    lambda node: node.publish("NOISE", b"x"),
    lambda node: node.publish("NDEATH", b""),
    lambda node: node.publish("DDATA", node.payload({"alias": 5, "double_value": 1.0}, seq=4000), "oven"),
    lambda node: node.publish("DBIRTH", node.payload({"name": "x" * 5000, "datatype": 3}, seq=None), "other"),
    lambda node: node.publish("DDATA", node.payload({"alias": 2**60}, seq=None), "oven"),
    lambda node: node.publish("STATE", b"x"),
]


def test_garbage_never_ends_the_host_or_its_neighbours(rig: HostRig) -> None:
    node = born(rig)
    other = rig.node(group="g3", node="noise")
    for act in GARBAGE:
        act(other)
    strange = {"name": "a+b#c\x01", "alias": 1, "datatype": 10, "double_value": 5.0, "timestamp": 2**63}
    other.nbirth({"name": "n" * 900, "alias": 2, "datatype": 10, "double_value": 6.0}, strange)
    node.send("DDATA", {"alias": 5, "double_value": 55.0}, device="oven")
    rig.wait_value("g2:press:oven/Temp", 55.0)

    def keys() -> list[str]:
        return [row.key for row in rig.platform.rows(TagRow) if row.key.startswith("g3:noise/")]

    wait_until(lambda: len(keys()) == 2, what="both odd names")
    for key in keys():
        assert len(key) <= 161
        assert not set(key) & set("+#\x01")
    odd = next(key for key in keys() if "a_b_c" in key)
    wait_until(lambda: rig.now(odd)["q"] == 65, what="a time that cannot be is marked")
    assert rig.host.is_alive
    assert rig.host.garbage >= 4


def test_state_is_told_retained_and_corrected(rig: HostRig) -> None:
    first = rig.node(node="first")
    wait_until(lambda: first.states, what="STATE")
    node = rig.node()
    wait_until(lambda: node.states, what="retained STATE")
    assert (node.states[0]["host"], node.states[0]["online"], node.states[0]["retain"]) == ("interlock", True, True)
    began = node.states[0]["timestamp"]
    assert abs(began - time.time() * 1000) < 60_000
    time.sleep(0.6)
    assert node._client is not None
    node._client.publish("spBv1.0/STATE/interlock", b'{"online": false, "timestamp": 1}', qos=1, retain=True)
    wait_until(lambda: node.states[-1] == {"host": "interlock", "online": True, "timestamp": began, "retain": False},
               what="said again")  # fmt: skip
    rig.stop()
    wait_until(lambda: node.states[-1]["online"] is False, what="goodbye")
    assert node.states[-1]["timestamp"] == began


def test_after_a_cut_everybody_is_asked_and_nothing_looks_fresh(rig: HostRig) -> None:
    node = born(rig)
    began = wait_until(lambda: node.states, what="STATE")[-1]["timestamp"]
    rig.broker.kill()
    wait_until(lambda: rig.now("g2:press:oven/Temp")["fresh"] == OFFLINE, what="not fresh without a broker")
    rig.broker.start()
    wait_until(lambda: node.rebirths() >= 2, timeout_s=20, what="asked again")
    wait_until(lambda: node.states[-1]["timestamp"] > began, what="a new time for a new connection")
    node.nbirth()
    node.send("DBIRTH", {**TEMP, "double_value": 60.0}, COUNT, MODE, device="oven")
    rig.wait_value("g2:press:oven/Temp", 60.0)
    wait_until(lambda: rig.now("g2:press:oven/Temp")["fresh"] == FRESH, what="fresh again")


def test_who_missed_the_first_state_hears_it_again(rig: HostRig) -> None:
    """A message on its way while a node subscribes may reach it neither live nor as a kept one."""
    node = rig.node()
    wait_until(lambda: [one for one in node.states if not one["retain"]], what="STATE said again")
    assert {one["online"] for one in node.states} == {True}
    assert len({one["timestamp"] for one in node.states}) == 1


def test_only_the_groups_asked_for(tmp_path: Path, spark_broker: Broker) -> None:
    rig = HostRig(tmp_path / "platform", spark_broker, groups=("g2",))
    try:
        other = rig.node(group="g9", node="n")
        other.nbirth({"name": "x", "alias": 1, "datatype": 10, "double_value": 1.0})
        born(rig)
        assert rig.tag("g9:n/x") is None
    finally:
        rig.close()


def test_a_store_that_is_full_delays_and_loses_nothing(rig: HostRig) -> None:
    node = born(rig)
    rig.store.failure = disk_full()
    at = int(time.time() * 1000)
    for n in range(50):
        node.send("DDATA", {"alias": 5, "double_value": float(n), "timestamp": at + n}, device="oven")
    rig.wait_value("g2:press:oven/Temp", 49.0)
    rig.store.failure = None
    wait_until(lambda: [v for ts, _, v, _ in rig.samples("g2:press:oven/Temp") if ts >= at * 1000]
               == [float(n) for n in range(50)], timeout_s=20, what="all in the store")  # fmt: skip
