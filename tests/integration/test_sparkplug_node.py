"""The agent as a Sparkplug edge node: a real agent process, a real broker, a host on the official protobuf library."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.peers.tick_device.pattern import expected, tag_number
from tests.integration.agent_rig import Rig
from tests.support.sparkplug_messages import properties_of, value_of
from tests.support.sparkplug_peers import Heard, HostPeer
from tests.support.waiting import wait_until

DEVICE = "dev_0000"
TAG = "t00001"


class NodeRig(Rig):
    """A rig whose agent is a node `g1/line_1` too."""

    def __init__(self, folder: Path, **given: Any) -> None:
        super().__init__(folder, **given)
        self.write_config(sparkplug={"group": "g1"})
        self.host = HostPeer(self.broker.port, self.broker.core_user, self.broker.core_password)

    def close(self) -> None:
        self.host.close()
        super().close()


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[NodeRig]:
    made = NodeRig(tmp_path)
    try:
        yield made
    finally:
        made.close()


def wait_for(rig: NodeRig, kind: str, n: int = 1, timeout_s: float = 20.0) -> list[Heard]:
    return wait_until(
        lambda: rig.host.of(kind) if len(rig.host.of(kind)) >= n else None,
        timeout_s=timeout_s, what=f"{n} {kind}; heard {[one.kind for one in rig.host.heard][-20:]}",
    )  # fmt: skip


def check_order(messages: list[Heard]) -> None:
    """Births before data, numbers without a hole in each session (seq 0-255 and round again)."""
    expected_seq: int | None = None
    born: set[str] = set()
    for one in messages:
        if one.kind == "NDEATH":
            assert not one.payload.HasField("seq")
            expected_seq = None
            continue
        if one.kind in ("NCMD", "DCMD"):
            continue
        if one.kind == "NBIRTH":
            expected_seq, born = 0, set()
        assert expected_seq is not None, f"{one.kind} outside a session"
        assert one.payload.seq == expected_seq, (one.kind, one.payload.seq, expected_seq)
        expected_seq = (expected_seq + 1) % 256
        if one.kind == "DBIRTH":
            born.add(one.device)
        elif one.kind == "DDEATH":
            born.discard(one.device)
        elif one.kind == "DDATA":
            assert one.device in born


def test_births_come_first_and_carry_everything(rig: NodeRig) -> None:
    rig.agent()
    node, device = wait_for(rig, "NBIRTH")[0], wait_for(rig, "DBIRTH")[0]
    assert (node.group, node.node, node.qos, node.retain, node.payload.seq) == ("g1", "line_1", 0, False, 0)
    assert (device.device, device.qos, device.retain, device.payload.seq) == (DEVICE, 0, False, 1)
    bdseq, rebirth = node.metric("bdSeq"), node.metric("Node Control/Rebirth")
    assert (bdseq.datatype, value_of(bdseq)) == (4, 0)
    assert (rebirth.datatype, value_of(rebirth), rebirth.HasField("alias")) == (11, False, False)
    names = device.names()
    assert len(names) == len(set(names)) >= 10
    for metric in device.payload.metrics:
        assert all((metric.name, metric.alias, metric.datatype, metric.timestamp))
        assert properties_of(metric)["Quality"] in (0, 192, 500)
        assert (value_of(metric) is None) == metric.is_null
    assert len({metric.alias for metric in device.payload.metrics}) == len(names)
    assert all(one.payload.timestamp for one in (node, device))


def test_aliases_are_unique_over_all_devices(tmp_path: Path) -> None:
    rig = NodeRig(tmp_path, devices=3)
    try:
        rig.agent()
        births = wait_for(rig, "DBIRTH", 3)
        aliases = [metric.alias for one in births for metric in one.payload.metrics]
        assert len({one.device for one in births}) == 3
        assert len(aliases) == len(set(aliases)) >= 30
    finally:
        rig.close()


def test_calculated_tags_are_a_device_of_the_node(rig: NodeRig) -> None:
    double = {"name": "double", "expression": "n * 2", "inputs": {"n": f"{DEVICE}/tick"}, "type": "int64"}
    rig.write_config(sparkplug={"group": "g1"}, calculated=[double])
    rig.agent()
    births = {one.device: one for one in wait_for(rig, "DBIRTH", 2)}
    metric = births["calculated"].metric("double")
    assert metric.datatype == 4
    assert metric.alias not in {one.alias for one in births[DEVICE].payload.metrics}

    def both() -> bool:
        ticks = {ts: v for ts, v, _, _ in rig.host.samples("tick") if v is not None}
        doubles = [(ts, v) for ts, v, _, _ in rig.host.samples("double") if v is not None]
        assert all(v == 2 * ticks[ts] for ts, v in doubles if ts in ticks)
        return sum(ts in ticks for ts, _ in doubles) > 5

    wait_until(both, what="the calculated value of each tick, at its time")
    check_order(list(rig.host.heard))
    rig.device.kill()
    wait_until(lambda: any(one.device == DEVICE for one in rig.host.of("DDEATH")), what="the device's death")
    wait_until(lambda: rig.host.samples("double")[-1][1] is None, what="the calculated value is bad")
    assert {one.device for one in rig.host.of("DDEATH")} == {DEVICE}


@pytest.fixture
def fast_rig(tmp_path: Path) -> Iterator[NodeRig]:
    made = NodeRig(tmp_path, period_ms=25)
    try:
        yield made
    finally:
        made.close()


def test_data_is_right_numbered_and_carries_alias_alone(fast_rig: NodeRig) -> None:
    rig = fast_rig
    rig.agent()
    wait_for(rig, "DDATA", 300, 60.0)  # more than 255: the number goes round
    messages = list(rig.host.heard)
    check_order(messages)
    assert not rig.host.broken
    for one in rig.host.of("DDATA"):
        assert one.payload.metrics
        for metric in one.payload.metrics:
            assert all((metric.alias, metric.timestamp))
            assert not any((metric.name, metric.HasField("datatype")))
    checked = 0
    for _, value, _, _ in rig.host.samples(TAG):
        if value is not None:
            assert any(value == expected(tag_number(f"{DEVICE}/{TAG}"), tick) for tick in range(3000)), value
            checked += 1
    assert checked > 100


def test_a_rebirth_is_acted_on_with_the_same_bdseq(rig: NodeRig) -> None:
    rig.agent()
    wait_for(rig, "DDATA", 3)
    rig.host.command("g1", "line_1", "Node Control/Rebirth", value=False)  # false asks for nothing
    rig.host.command("g1", "line_1", "Node Control/Rebirth")
    wait_for(rig, "DBIRTH", 2)
    births = rig.host.of("NBIRTH")
    assert [value_of(one.metric("bdSeq")) for one in births] == [0, 0]
    wait_until(lambda: rig.host.heard[-1].kind == "DDATA", what="data goes on")
    check_order([one for one in rig.host.heard if one.kind != "NCMD"])


def test_a_lost_device_dies_and_is_born_again(rig: NodeRig) -> None:
    rig.agent()
    wait_for(rig, "DDATA", 3)
    rig.device.kill()
    (death,) = wait_for(rig, "DDEATH")
    assert (death.device, len(death.payload.metrics)) == (DEVICE, 0)
    before = rig.host.of("DDATA")[-1]
    assert all(metric.is_null and properties_of(metric)["Quality"] == 0 for metric in before.payload.metrics)
    rig.device.args += ["--port", str(rig.device_ready["ports"][0])]
    rig.device.start()
    birth = wait_for(rig, "DBIRTH", 2, 30.0)[-1]
    assert properties_of(birth.metric(TAG))["Quality"] == 192
    check_order(list(rig.host.heard))


def test_a_clean_end_says_goodbye_and_a_kill_is_told_by_the_will(rig: NodeRig) -> None:
    agent = rig.agent()
    wait_for(rig, "DDATA", 3)
    assert agent.terminate() == 0
    (death,) = wait_for(rig, "NDEATH")
    assert [metric.name for metric in death.payload.metrics] == ["bdSeq"]
    assert value_of(death.payload.metrics[0]) == 0
    assert not death.payload.HasField("seq")
    agent = rig.agent()
    wait_for(rig, "NBIRTH", 2)
    agent.kill()
    deaths = wait_for(rig, "NDEATH", 2)
    assert [value_of(one.payload.metrics[0]) for one in deaths] == [0, 1]
    assert [value_of(one.metric("bdSeq")) for one in rig.host.of("NBIRTH")] == [0, 1]
    assert (deaths[-1].qos, deaths[-1].retain) == (1, False)


def test_without_its_primary_host_nothing_is_sent_and_nothing_is_missing_afterwards(rig: NodeRig) -> None:
    rig.write_config(sparkplug={"group": "g1", "primary_host": "scada"})
    rig.peer.start()
    rig.agent()
    rig.wait_total(60)
    assert not rig.host.heard  # connected, and silent
    assert rig.metrics()["sparkplug_born"] == 0
    assert rig.metrics()["sparkplug_kept_points"] >= 60
    rig.host.say(online=True)
    wait_for(rig, "DDATA", 20)
    rig.host.say(online=False)
    wait_for(rig, "NDEATH")
    silent = len(rig.host.heard)
    stored = rig.peer.total()
    rig.wait_total(stored + 60)
    assert len(rig.host.heard) == silent
    rig.host.say(online=True)
    wait_for(rig, "NBIRTH", 2)
    assert [value_of(one.metric("bdSeq")) for one in rig.host.of("NBIRTH")] == [0, 1]
    everything_arrives(rig, TAG)
    check_order(list(rig.host.heard))
    kept = [historical for _, _, historical, one in rig.host.samples(TAG) if one.kind == "DDATA"]
    assert set(kept) == {True, False}


def test_a_late_will_of_the_host_ends_no_session(rig: NodeRig) -> None:
    rig.write_config(sparkplug={"group": "g1", "primary_host": "scada"})
    rig.host.say(online=True)
    rig.agent()
    wait_for(rig, "DDATA", 3)
    rig.host.say(online=False, ms=1)  # of an older connection
    seen = len(rig.host.of("DDATA"))
    wait_until(lambda: len(rig.host.of("DDATA")) > seen + 10, what="data goes on")
    assert not rig.host.of("NDEATH")


def everything_arrives(rig: NodeRig, tag: str) -> None:
    """Each good value the platform has is one the Sparkplug host has too, at the same ms."""
    native = {ts // 1000: value for ts, value, q in rig.peer.values(f"{DEVICE}/{tag}") if q < 128}
    assert len(native) > 10

    def missing() -> dict[int, Any]:
        there = {ts: value for ts, value, _, _ in rig.host.samples(tag) if value is not None}
        return {ts: value for ts, value in native.items() if there.get(ts) != value}

    wait_until(lambda: not missing(), timeout_s=20.0, what="every value at the host")


def test_a_broken_connection_loses_nothing(rig: NodeRig) -> None:
    rig.peer.start()
    rig.agent()
    wait_for(rig, "DDATA", 10)
    rig.broker.kill()
    rig.broker.start()
    rig.wait_total(rig.peer.total() + 50)
    rig.host.connected_again()
    # What the node said before this host was back is lost to it; a host that misses something asks for a rebirth.
    rig.host.command("g1", "line_1", "Node Control/Rebirth")
    wait_for(rig, "NBIRTH", 2)
    everything_arrives(rig, TAG)
    births = [value_of(one.metric("bdSeq")) for one in rig.host.of("NBIRTH")]
    assert births[-1] > births[0]


def test_garbage_and_foreign_commands_change_nothing(rig: NodeRig) -> None:
    rig.agent()
    wait_for(rig, "DDATA", 3)
    rig.host.command("g1", "line_1", "Node Control/Reboot")
    for payload in (b"", b"\xff" * 300, b"\x12\xff\xff\xff\x7f", bytes(range(256)) * 40):
        rig.host.raw("spBv1.0/g1/NCMD/line_1", payload)
    seen = len(rig.host.of("DDATA"))
    wait_until(lambda: len(rig.host.of("DDATA")) > seen + 5, what="data goes on")
    assert len(rig.host.of("NBIRTH")) == 1
