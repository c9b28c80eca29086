"""Nodes that speak Sparkplug B: what a tag's metric is called and means only the node's birth tells.

A message counts only in the order of its number; after a hole, and for a name that no birth declared, the node is asked
for a rebirth, for a value under a wrong name is worse than a hole that is written down (Sparkplug 3.0 §5).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Final

from connectors.driver import Loss
from connectors.drivers.mqtt_in.link import Message
from connectors.drivers.mqtt_in.source import Rounds
from connectors.json_values import Row, convert
from schemas.errors import WireError
from schemas.models.tag import TagConfig
from schemas.quality import BAD_FROM, UNCERTAIN_FROM, Quality, worst
from schemas.sparkplug.datatypes import DataType, datatype_of
from schemas.sparkplug.payload import Metric, Payload, decode_payload, encode_metric, encode_payload
from schemas.sparkplug.quality import quality_of
from schemas.sparkplug.topics import ID_MAX, NAMESPACE, SparkplugTopic, parse_topic

__all__ = ["MetricAddress", "SparkplugSource", "parse_metric_address"]

logger = logging.getLogger(__name__)

REBIRTH: Final = "Node Control/Rebirth"
BDSEQ: Final = "bdSeq"
#: A node is asked for its birth again after so long, twice as long each time, s.
ASK_PAUSE_S: Final = 2.0
ASK_PAUSE_MAX_S: Final = 300.0
LOST_REASON: Final = "sparkplug_sequence"
HISTORICAL_REASON: Final = "historical_left_out"
_TIME_MAX_MS: Final = 4_102_444_800_000  # 2100-01-01


@dataclass(frozen=True, slots=True)
class MetricAddress:
    """A metric of a node, or of one of its devices."""

    group: str
    node: str
    device: str
    metric: str


def parse_metric_address(text: str) -> MetricAddress:
    """`group/node#metric` or `group/node/device#metric`. Raises ValueError."""
    path, mark, metric = text.strip().partition("#")
    parts = path.split("/")
    if not mark or not metric:
        raise ValueError(f"'{text}' has no # with the name of a metric after it")
    if len(parts) not in (2, 3):
        raise ValueError(f"'{text}' does not begin with group/node or group/node/device")
    if any(not part or len(part) > ID_MAX or "+" in part or not part.isprintable() for part in parts):
        raise ValueError(f"'{text}' has a group, node or device that cannot be")
    return MetricAddress(parts[0], parts[1], parts[2] if len(parts) == 3 else "", metric)


@dataclass(slots=True)
class _Node:
    """A node as its last birth has it: `devices` that are up ("" is the node itself), names by device and alias."""

    group: str
    id: str
    wanted: dict[str, dict[str, list[tuple[int, TagConfig]]]] = field(default_factory=dict)
    is_born: bool = False
    bdseq: int | None = None
    next_seq: int = 0
    devices: dict[str, dict[str, DataType | None]] = field(default_factory=dict)
    aliases: dict[int, tuple[str, str]] = field(default_factory=dict)
    heard: set[str] = field(default_factory=set)
    last_us: int = 0
    ask_at_s: float = 0.0
    pause_s: float = ASK_PAUSE_S

    def forget(self) -> None:
        """As before anything was heard of it."""
        self.is_born, self.bdseq = False, None
        self.devices, self.aliases, self.heard = {}, {}, set()
        self.last_us, self.ask_at_s, self.pause_s = 0, 0.0, ASK_PAUSE_S


class SparkplugSource:
    """The nodes of a plan's tags; lives as long as the plan."""

    def __init__(self, tags: Sequence[TagConfig], addresses: Mapping[int, MetricAddress]) -> None:
        self._nodes: dict[tuple[str, str], _Node] = {}
        self._lost: list[Loss] = []
        self._last: dict[int, Row] = {}
        for index, at in addresses.items():
            node = self._nodes.setdefault((at.group, at.node), _Node(at.group, at.node))
            node.wanted.setdefault(at.device, {}).setdefault(at.metric, []).append((index, tags[index]))

    # -- what the driver asks ---------------------------------------------------------------

    @property
    def filters(self) -> Sequence[str]:
        """One for each node: all it says, and its devices."""
        return [f"{NAMESPACE}/{node.group}/+/{node.id}/#" for node in self._nodes.values()]

    def indexes(self, filter_: str) -> Iterable[int]:
        """The tags of the node."""
        return [
            index
            for node, text in zip(self._nodes.values(), self.filters, strict=True)
            if text == filter_
            for index, _ in _all(node)
        ]

    def begin(self) -> None:
        """Nobody is born."""
        self._lost, self._last = [], {}
        for node in self._nodes.values():
            node.forget()

    def wants(self, topic: str) -> bool:
        """All of the nodes: numbers count through all their messages."""
        parts = topic.split("/")
        return len(parts) in (4, 5) and parts[0] == NAMESPACE and (parts[1], parts[3]) in self._nodes

    def has_all(self, topics: Set[str], refused: Set[str]) -> bool:
        """The births of nodes and devices."""
        births = {f"{NAMESPACE}/{node.group}/NBIRTH/{node.id}" for node in self._nodes.values()}
        births |= {
            f"{NAMESPACE}/{node.group}/DBIRTH/{node.id}/{device}"
            for node in self._nodes.values()
            for device in node.wanted
            if device
        }
        return topics >= births

    def unheard(self) -> Iterable[int]:
        """Tags of nodes and devices without a birth."""
        return [
            index
            for node in self._nodes.values()
            for device, metrics in node.wanted.items()
            if device not in node.heard
            for items in metrics.values()
            for index, _ in items
        ]

    def requests(self, now_s: float) -> list[tuple[str, bytes]]:
        """Who has not been born is asked for its birth, ever less often."""
        asked: list[tuple[str, bytes]] = []
        for node in self._nodes.values():
            if node.is_born or now_s < node.ask_at_s:
                continue
            node.ask_at_s, node.pause_s = now_s + node.pause_s, min(ASK_PAUSE_MAX_S, 2 * node.pause_s)
            now_ms = time.time_ns() // 1_000_000
            metric = encode_metric(True, DataType.BOOLEAN, ts_ms=now_ms, name=REBIRTH, declare=True)
            topic = SparkplugTopic(node.group, "NCMD", node.id)
            asked.append((str(topic), encode_payload(now_ms, None, [metric])))
        return asked

    def rounds(self, messages: Sequence[Message]) -> Rounds:
        """The rows of the messages that count."""
        rounds: list[dict[int, Row]] = []
        for message in messages:
            for rows in self._hear(message):
                self._last |= rows
                if rounds and rounds[-1].keys().isdisjoint(rows):
                    rounds[-1] |= rows
                elif rows:
                    rounds.append(rows)
        lost, self._lost = self._lost, []
        return rounds, tuple(lost)

    # -- the life of a node -----------------------------------------------------------------

    def _hear(self, message: Message) -> Iterator[dict[int, Row]]:
        try:
            topic, payload = parse_topic(message.topic), decode_payload(message.payload)
        except WireError as error:
            logger.warning("%s: what came is not Sparkplug B: %s", message.topic[:200], error.message)
            return
        node = self._nodes[(topic.group, topic.node)]
        if topic.type == "NBIRTH":
            yield from self._born(node, payload, message)
        elif topic.type == "NDEATH":
            if node.is_born and node.bdseq in (None, _bdseq(payload)):
                node.is_born = False
                yield self._gone(node, list(node.wanted), message.ts)
        elif topic.type not in ("NCMD", "DCMD"):
            yield from self._in_order(node, topic, payload, message)

    def _born(self, node: _Node, payload: Payload, message: Message) -> Iterator[dict[int, Row]]:
        node.is_born, node.bdseq, node.next_seq = True, _bdseq(payload), 1
        node.ask_at_s, node.pause_s = 0.0, ASK_PAUSE_S
        node.last_us = message.ts
        node.devices, node.aliases = {}, {}  # devices are up with their own births
        yield from self._declared(node, "", payload, message)

    def _in_order(
        self, node: _Node, topic: SparkplugTopic, payload: Payload, message: Message
    ) -> Iterator[dict[int, Row]]:
        if not node.is_born:
            return  # it has been asked
        if payload.seq != node.next_seq:
            yield self._hole(node, message)
            return
        node.next_seq, node.last_us = (node.next_seq + 1) % 256, message.ts
        if topic.type == "DBIRTH":
            yield from self._declared(node, topic.device, payload, message)
        elif topic.type == "DDEATH":
            if node.devices.pop(topic.device, None) is not None:
                yield self._gone(node, [topic.device], message.ts)
        elif topic.device not in node.devices:
            yield self._hole(node, message)
        else:
            yield from self._values(node, topic.device, payload, message)

    def _hole(self, node: _Node, message: Message) -> dict[int, Row]:
        """What was missed nobody knows, aliases neither: until the next birth nothing counts, and the last values are
        uncertain."""
        node.is_born = False
        self._lost.append(Loss(LOST_REASON, node.last_us or message.ts, message.ts))
        last = {index: self._last[index] for index, _ in _all(node) if index in self._last}
        return {
            index: (row[0], Quality.UNCERTAIN, message.ts, 0) for index, row in last.items() if row[1] < UNCERTAIN_FROM
        }

    def _gone(self, node: _Node, devices: Sequence[str], now_us: int) -> dict[int, Row]:
        return {
            index: (0, Quality.NO_COMMUNICATION, now_us, 0)
            for device in devices
            for items in node.wanted.get(device, {}).values()
            for index, _ in items
        }

    # -- metrics ----------------------------------------------------------------------------

    def _declared(self, node: _Node, device: str, payload: Payload, message: Message) -> Iterator[dict[int, Row]]:
        types = node.devices[device] = {}
        node.heard.add(device)
        for metric in payload.metrics:
            if metric.name:
                types[metric.name] = datatype_of(metric.datatype)
                if metric.alias is not None:
                    node.aliases[metric.alias] = (device, metric.name)
        absent: dict[int, Row] = {
            index: (0, Quality.BAD_ADDRESS, message.ts, 0)
            for name, items in node.wanted.get(device, {}).items()
            if name not in types
            for index, _ in items
        }
        yield absent
        yield from self._values(node, device, payload, message)

    def _values(self, node: _Node, device: str, payload: Payload, message: Message) -> Iterator[dict[int, Row]]:
        wanted = node.wanted.get(device, {})
        rows: dict[int, Row] = {}
        for metric in payload.metrics:
            found = (device, metric.name) if metric.name else _by_alias(node, metric)
            if found is None or found[0] != device or found[1] not in node.devices[device]:
                yield rows
                yield self._hole(node, message)
                return
            items = wanted.get(found[1])
            if not items:
                continue
            at_us = _time_us(metric, payload)
            if metric.is_historical:
                begin = at_us or message.ts
                self._lost.append(Loss(HISTORICAL_REASON, begin, begin + 1, rows=1))
                continue
            if items[0][0] in rows:  # several values of one metric in one message
                yield rows
                rows = {}
            datatype = node.devices[device][found[1]]
            for index, tag in items:
                value, quality = _value(tag, metric, datatype)
                rows[index] = (value, quality, message.ts, at_us)
        yield rows


def _all(node: _Node) -> Iterator[tuple[int, TagConfig]]:
    for metrics in node.wanted.values():
        for items in metrics.values():
            yield from items


def _by_alias(node: _Node, metric: Metric) -> tuple[str, str] | None:
    return None if metric.alias is None else node.aliases.get(metric.alias)


def _value(tag: TagConfig, metric: Metric, datatype: DataType | None) -> tuple[float | int | bool | str, Quality]:
    if datatype is None:  # a data set, a template, an array
        return 0, Quality.TYPE_MISMATCH
    try:
        raw = metric.value(datatype)
    except WireError:
        return 0, Quality.TYPE_MISMATCH
    said = quality_of(metric, raw is not None)
    if said >= BAD_FROM:
        return 0, said
    value, quality = convert(tag, raw)
    return value, Quality(worst(quality, said))


def _time_us(metric: Metric, payload: Payload) -> int:
    at_ms = metric.ts_ms if metric.ts_ms is not None else payload.ts_ms
    return at_ms * 1000 if at_ms is not None and 0 < at_ms < _TIME_MAX_MS else 0


def _bdseq(payload: Payload) -> int | None:
    raw = next((one.raw for one in payload.metrics if one.name == BDSEQ), None)
    return raw & 0xFF if isinstance(raw, int) else None
