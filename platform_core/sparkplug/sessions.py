"""What is known of each node: its session, its devices, the order of its messages (Sparkplug 3.0 §5).

A message counts only in order: one that comes early waits for those before it, at most the reorder time. After a hole,
and for a name nobody has declared, the node is asked for a rebirth: aliases may have changed in what was missed, and a
value under a wrong name is worse than a hole that is written down.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from platform_core.sparkplug.names import Path, connection_of, is_control
from platform_core.sparkplug.samples import Collected, KnownMetric, kind_of
from platform_core.sparkplug.tag_book import TagBook
from schemas.sparkplug.datatypes import datatype_of
from schemas.sparkplug.payload import Metric, Payload
from schemas.sparkplug.topics import SparkplugTopic
from schemas.wire.gap import GapRecord
from schemas.wire.heartbeat import ConnectionBeat, ScanBeat

log = logging.getLogger("interlock.sparkplug")

NODES_MAX: Final = 2000
DEVICES_MAX: Final = 2000
EARLY_MAX: Final = 128
BDSEQ: Final = "bdSeq"
ASK_PAUSE_US: Final = 1_000_000
ASK_PAUSE_MAX_US: Final = 300_000_000
CLOCK_OFF_MAX_US: Final = 300_000_000
LOST_REASON: Final = "sparkplug_sequence"


@dataclass(frozen=True, slots=True)
class Heard:
    """A message with the times it came at: wall clock and monotonic, µs."""

    topic: SparkplugTopic
    payload: Payload
    received_us: int
    heard_us: int


@dataclass(slots=True)
class _Device:
    """A device, or the node's own metrics. `by_alias` and `by_name` are as of the last birth."""

    path: Path
    is_up: bool = False
    since_us: int = 0
    by_name: dict[str, KnownMetric] = field(default_factory=dict)
    by_alias: dict[int, KnownMetric] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)
    left_out_aliases: set[int] = field(default_factory=set)


@dataclass(slots=True)
class _Node:
    group: str
    id: str
    own: _Device
    devices: dict[str, _Device] = field(default_factory=dict)
    is_born: bool = False
    bdseq: int | None = None
    next_seq: int = 0
    early: dict[int, Heard] = field(default_factory=dict)
    early_since_us: int = 0
    last_us: int = 0
    hole_from_us: int = 0
    ask_at_us: int = 0
    ask_pause_us: int = 0

    def all(self) -> list[_Device]:
        return [self.own, *self.devices.values()]


class Sessions:
    """Works in the host's thread alone; `ask_rebirth(group, node)` decides itself how often it really asks."""

    def __init__(self, book: TagBook, reorder_us: int, ask_rebirth: Callable[[str, str], None]) -> None:
        self._book = book
        self._reorder_us = reorder_us
        self._ask_rebirth = ask_rebirth
        self._nodes: dict[tuple[str, str], _Node] = {}
        self.holes = 0
        self.ignored = 0

    def hear(self, heard: Heard, into: Collected) -> None:
        """Take a message of a node in."""
        topic = heard.topic
        node = self._node(topic)
        if node is None or topic.type in ("NCMD", "DCMD"):
            self.ignored += 1
        elif topic.type == "NBIRTH":
            self._node_birth(node, heard, into)
        elif topic.type == "NDEATH":
            self._node_death(node, heard, into)
        elif not node.is_born or heard.payload.seq is None:
            self.ignored += 1
            self._ask(node, heard.heard_us)
        else:
            self._in_order(node, heard, into)

    def tick(self, heard_us: int) -> None:
        """Give up on messages that have been waited for too long; ask again who has not answered."""
        for node in self._nodes.values():
            if node.early and heard_us - node.early_since_us > self._reorder_us:
                self._hole(node, heard_us)
            elif node.ask_at_us and heard_us >= node.ask_at_us:
                self._ask(node, heard_us)

    def forget_sessions(self, heard_us: int) -> None:
        """The broker was away: nobody knows what was missed."""
        for node in self._nodes.values():
            if node.is_born:
                self._hole(node, heard_us)

    def beats(self, now_us: int, *, is_heard: bool) -> list[ConnectionBeat]:
        """Every device as a connection of a heartbeat; `is_heard` is whether the broker is there."""
        return [
            ConnectionBeat(
                id=connection_of(*device.path), driver="sparkplug", up=is_heard and node.is_born and device.is_up,
                since=device.since_us, error="" if device.is_up else "the node has said that it is gone",
                tags=len(device.by_name), scans=[ScanBeat(1000, now_us)],
            )
            for node in self._nodes.values()
            for device in node.all()
            if device.since_us
        ]  # fmt: skip

    # -- the life of a node -----------------------------------------------------------------

    def _node(self, topic: SparkplugTopic) -> _Node | None:
        key = (topic.group, topic.node)
        node = self._nodes.get(key)
        if node is None and len(self._nodes) < NODES_MAX:
            node = self._nodes[key] = _Node(topic.group, topic.node, _Device((topic.group, topic.node, "")))
        return node

    def _node_birth(self, node: _Node, heard: Heard, into: Collected) -> None:
        if heard.payload.seq != 0:
            log.warning("%s: an NBIRTH has the number %s instead of 0", heard.topic, heard.payload.seq)
        if node.hole_from_us:
            into.gaps.append(
                GapRecord(
                    "not_sampled", LOST_REASON, connection_of(node.group, node.id)[:80], node.hole_from_us,
                    max(heard.received_us, node.hole_from_us), None, "cycles",
                )
            )  # fmt: skip
        node.hole_from_us = node.ask_at_us = node.ask_pause_us = 0
        node.early.clear()
        bdseq = next((one for one in heard.payload.metrics if one.name == BDSEQ), None)
        node.bdseq = _number(bdseq)
        node.is_born, node.next_seq, node.last_us = True, 1, heard.received_us
        for device in node.devices.values():
            device.is_up = False  # until its own birth (§4.2.1)
        self._birth(node.own, heard, into)

    def _node_death(self, node: _Node, heard: Heard, into: Collected) -> None:
        bdseq = _number(next((one for one in heard.payload.metrics if one.name == BDSEQ), None))
        if not any(one.is_up for one in node.all()) or (node.bdseq is not None and bdseq != node.bdseq):
            self.ignored += 1  # the will of an earlier connection, late
            return
        node.is_born = False
        node.ask_at_us = node.ask_pause_us = 0
        node.early.clear()
        for device in node.all():
            self._death(device, heard.received_us, into)

    def _ask(self, node: _Node, heard_us: int) -> None:
        """Ask for a rebirth, and again while there is no answer: the node may not have heard it."""
        node.ask_pause_us = min(ASK_PAUSE_MAX_US, 2 * node.ask_pause_us or ASK_PAUSE_US)
        node.ask_at_us = heard_us + node.ask_pause_us
        self._ask_rebirth(node.group, node.id)

    def _hole(self, node: _Node, heard_us: int) -> None:
        self.holes += 1
        node.is_born = False
        node.hole_from_us = node.hole_from_us or node.last_us
        node.early.clear()
        self._ask(node, heard_us)

    # -- the order of messages --------------------------------------------------------------

    def _in_order(self, node: _Node, heard: Heard, into: Collected) -> None:
        seq = heard.payload.seq or 0
        if seq != node.next_seq:
            if (seq - node.next_seq) % 256 > EARLY_MAX or seq in node.early:
                self.ignored += 1  # it has been here already
                return
            if not node.early:
                node.early_since_us = heard.heard_us
            node.early[seq] = heard
            return
        self._take(node, heard, into)
        while node.is_born and (following := node.early.pop(node.next_seq, None)) is not None:
            self._take(node, following, into)
            node.early_since_us = heard.heard_us

    def _take(self, node: _Node, heard: Heard, into: Collected) -> None:
        node.next_seq = (node.next_seq + 1) % 256
        node.last_us = heard.received_us
        kind, name = heard.topic.type, heard.topic.device
        if kind == "NDATA":
            self._data(node, node.own, heard, into)
            return
        device = node.devices.get(name)
        if kind == "DBIRTH":
            if device is None:
                if len(node.devices) >= DEVICES_MAX:
                    self.ignored += 1
                    return
                device = node.devices[name] = _Device((node.group, node.id, name))
            self._birth(device, heard, into)
        elif kind == "DDEATH":
            if device is not None and device.is_up:
                self._death(device, _said_us(heard), into)
        elif device is None or not device.is_up:
            self._hole(node, heard.heard_us)
        else:
            self._data(node, device, heard, into)

    # -- metrics ----------------------------------------------------------------------------

    def _birth(self, device: _Device, heard: Heard, into: Collected) -> None:
        device.is_up, device.since_us = True, heard.received_us
        device.by_name, device.by_alias = {}, {}
        device.left_out, device.left_out_aliases = set(), set()
        for metric in heard.payload.metrics:
            if not metric.name:
                continue
            known = self._declared(device, metric, into)
            if known is None:
                device.left_out.add(metric.name)
                if metric.alias is not None:
                    device.left_out_aliases.add(metric.alias)
                continue
            device.by_name[metric.name] = known
            if metric.alias is not None:
                device.by_alias[metric.alias] = known
            into.add(known, metric, heard.payload.ts_ms, heard.received_us)

    def _declared(self, device: _Device, metric: Metric, into: Collected) -> KnownMetric | None:
        datatype = datatype_of(metric.datatype)
        kind = kind_of(datatype)
        if datatype is None or kind is None or is_control(metric.name) or metric.is_transient:
            return None
        found = self._book.number(device.path, metric, datatype, kind)
        if found is None:
            return None
        known, entry = found
        if entry is not None:
            into.entries.append(entry)
        return known

    def _data(self, node: _Node, device: _Device, heard: Heard, into: Collected) -> None:
        is_unknown = False
        for metric in heard.payload.metrics:
            known = device.by_alias.get(metric.alias) if metric.alias is not None else None
            if known is None:
                known = device.by_name.get(metric.name)
            if known is not None:
                if not into.add(known, metric, heard.payload.ts_ms, heard.received_us):
                    log.debug("%s: a value is not of its type", heard.topic)
            elif metric.name not in device.left_out and metric.alias not in device.left_out_aliases:
                is_unknown = True
        if is_unknown:
            self._hole(node, heard.heard_us)

    def _death(self, device: _Device, now_us: int, into: Collected) -> None:
        if device.is_up:
            device.is_up, device.since_us = False, now_us
            for known in device.by_name.values():
                into.lose(known, now_us)


def _said_us(heard: Heard) -> int:
    """When a device died by its node's clock (§5.7); by ours where that clock cannot be right."""
    said_us = (heard.payload.ts_ms or 0) * 1000
    return said_us if abs(said_us - heard.received_us) < CLOCK_OFF_MAX_US else heard.received_us


def _number(metric: Metric | None) -> int | None:
    """bdSeq, whichever of the integer types it is given as."""
    return metric.raw & 0xFF if metric is not None and isinstance(metric.raw, int) else None
