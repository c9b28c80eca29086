"""Evaluates calculated tags when their inputs are read, and hands their samples on with those inputs.

A value's time is that of its newest input, since from then on it holds; its quality is what the formula says,
the worst of what it uses. A tag whose inputs have not all been read yet has no value. How fresh it is follows
from the scan classes behind it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from connectors.driver import Reading
from edge_agent.calculated.section import (
    CALCULATED,
    Class,
    Source,
    as_tag,
    classes,
    in_order,
    key_of,
    read_tags,
    rule_of,
)
from edge_agent.calculated.totals import Total
from edge_agent.pipeline.scan import ScanClass
from schemas.expr import Compiled, Context, Value, compile_expression
from schemas.models.agent import AgentConfig
from schemas.models.calculated import CalculatedTag
from schemas.models.connection import ConnectionConfig
from schemas.models.tag import TagBase, TagConfig
from schemas.quality import BAD_FROM, Quality
from schemas.wire.columns import VALUE_DTYPE, Columns, Kind, columns
from schemas.wire.heartbeat import ConnectionBeat, ScanBeat

#: Where no sample of a total is sent, what it goes on from is stored this often, µs.
STORE_US: Final = 5_000_000
_CACHED_MAX: Final = 256


@dataclass(slots=True)
class Outcome:
    """What one evaluation yields for a batch: samples (ids are aliases), and what totals go on from."""

    groups: list[Columns] = field(default_factory=list)
    totals: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Tag:
    config: CalculatedTag
    key: str
    uuid: str
    alias: int
    code: Compiled
    total: Total | None
    scan: int
    place: int
    stored_at: int = 0


class Calculator:
    """All calculated tags of an agent; `alias_of` and `uuid_of` by key, `totals` as the spool kept them."""

    #: There is no link that could be gone: a lost source makes values bad.
    up = True

    def __init__(
        self, config: AgentConfig, alias_of: Mapping[str, int], uuid_of: Mapping[str, Any], totals: Mapping[str, str]
    ) -> None:
        self._classes = classes(config)
        known: dict[str, TagBase] = {**read_tags(config.connections), **{key_of(t): t for t in config.calculated}}
        self._units = {key: tag.unit for key, tag in known.items()}
        self._values: dict[str, Value] = {}
        self._last: dict[Source, int | None] = {s: 0 for one in self._classes for s in one.sources}
        self.scans: list[ScanClass] = []
        self.conn = _connection(tag for one in self._classes for tag in (as_tag(t, one.scan_ms) for t in one.tags))
        by_key: dict[str, _Tag] = {}
        for number, one in enumerate(self._classes):
            self.scans.append(_scan(one, alias_of))
            for place, tag in enumerate(one.tags):
                key = key_of(tag)
                uuid = str(uuid_of[key])
                rule = rule_of(tag, known, one.scan_ms)
                total = None if rule is None else Total(rule, totals.get(uuid))
                code = compile_expression(tag.expression)
                by_key[key] = _Tag(tag, key, uuid, alias_of[key], code, total, number, place)
        self._tags = [by_key[key_of(tag)] for tag in in_order(config.calculated)]
        self._affected: dict[tuple[str, ...], list[_Tag]] = {}
        self._ids: dict[tuple[int, ...], NDArray[np.uint32]] = {}
        self._since = time.time_ns() // 1000
        for conn in config.connections:
            if not conn.enabled:
                self._last.update({source: None for source in self._last if source.conn == conn.id})
                for off in conn.tags:
                    self._values[f"{conn.id}/{off.name}"] = Value(None, Quality.OUT_OF_SERVICE, self._since)

    def watched(self) -> dict[str, set[str]]:
        """Names of the tags that are looked at, by connection."""
        out: dict[str, set[str]] = {}
        for tag in self._tags:
            for key in tag.config.inputs.values():
                conn, _, name = key.partition("/")
                out.setdefault(conn, set()).add(name)
        return out

    def read(self, source: Source, seen: Mapping[str, Value]) -> Outcome:
        """A scan class was read whole; `seen`: the values of its watched tags by name."""
        if source in self._last:
            self._last[source] = time.time_ns() // 1000
        return self._take(source.conn, seen)

    def lost(self, source: Source, seen: Mapping[str, Value]) -> Outcome:
        """The link is gone: `seen` are bad."""
        if source in self._last:
            self._last[source] = None
        return self._take(source.conn, seen)

    def _take(self, conn: str, seen: Mapping[str, Value]) -> Outcome:
        if not seen:
            return Outcome()
        for name, value in seen.items():
            self._put(f"{conn}/{name}", value)
        context = Context(time.time_ns() // 1000)
        outcome = Outcome()
        results: dict[tuple[int, Kind], list[tuple[_Tag, Value]]] = {}
        for tag in self._affected_by(conn, seen):
            made = self._evaluate(tag, context, outcome)
            if made is not None:
                self._put(tag.key, made)
                results.setdefault((tag.scan, tag.config.kind), []).append((tag, made))
        readings: dict[int, list[Reading]] = {}
        for (scan, kind), rows in results.items():
            readings.setdefault(scan, []).append(Reading(self._columns(kind, rows)))
        for scan, read in readings.items():
            outcome.groups += self.scans[scan].process(read).groups
        self._store_totals(outcome, [tag for rows in results.values() for tag, _ in rows], context.now)
        return outcome

    def _put(self, key: str, value: Value) -> None:
        before = self._values.get(key)
        value.unit = self._units[key]
        if value.q >= BAD_FROM and before is not None:
            value.good = (before.v, before.ts or 0) if before.q < BAD_FROM else before.good
        self._values[key] = value

    def _affected_by(self, conn: str, seen: Iterable[str]) -> list[_Tag]:
        names = (conn, *seen)
        known = self._affected.get(names)
        if known is None:
            keys = {f"{conn}/{name}" for name in seen}
            known = []
            for tag in self._tags:
                if not keys.isdisjoint(tag.config.inputs.values()):
                    known.append(tag)
                    keys.add(tag.key)
            if len(self._affected) >= _CACHED_MAX:
                self._affected.clear()
            self._affected[names] = known
        return known

    def _evaluate(self, tag: _Tag, context: Context, outcome: Outcome) -> Value | None:
        inputs: dict[str, Value] = {}
        ts = 0
        for name, key in tag.config.inputs.items():
            value = self._values.get(key)
            if value is None:
                return None
            inputs[name] = value
            ts = max(ts, value.ts or 0)
        result = tag.code(inputs, context)
        v, q = result.v, result.q
        if tag.total is not None:
            step = tag.total.step(v, q, ts)
            v, q = step.v, step.q
            if step.gap is not None:
                # A hole of this tag alone, from its last value on: a gap record would be one of all calculated tags.
                outcome.groups.append(columns(tag.config.kind, [tag.alias], [step.gap[0] + 1], [Quality.BAD], [0]))
        return _typed(tag.config, v, q, ts)

    def _columns(self, kind: Kind, rows: list[tuple[_Tag, Value]]) -> Columns:
        places = tuple(tag.place for tag, _ in rows)
        ids = self._ids.get(places)
        if ids is None:
            ids = np.array(places, dtype=np.uint32)
            ids.flags.writeable = False
            if len(self._ids) >= _CACHED_MAX:
                self._ids.clear()
            self._ids[places] = ids
        empty: Any = "" if kind == "s" else 0
        v = np.array([empty if one.v is None else one.v for _, one in rows], dtype=VALUE_DTYPE[kind])
        ts = np.array([one.ts for _, one in rows], dtype=np.int64)
        return Columns(kind, ids, ts, np.array([one.q for _, one in rows], dtype=np.uint8), v)

    def _store_totals(self, outcome: Outcome, tags: Iterable[_Tag], now: int) -> None:
        sent = {alias for group in outcome.groups for alias in group.id.tolist()}
        for tag in tags:
            if tag.total is None or tag.total.rule.method == "rate":
                continue
            if tag.alias in sent or abs(now - tag.stored_at) >= STORE_US:
                tag.stored_at = now
                outcome.totals[tag.uuid] = tag.total.dump()

    def hand_over(self) -> Outcome:
        """At the end: what doors hold back, and what every total goes on from."""
        outcome = Outcome([group for scan in self.scans for group in scan.held()])
        for tag in self._tags:
            if tag.total is not None and tag.total.rule.method != "rate":
                outcome.totals[tag.uuid] = tag.total.dump()
        return outcome

    def current(self) -> list[Columns]:
        """Last reported samples of all tags."""
        return [group for scan in self.scans for group in scan.current()]

    def beat(self) -> ConnectionBeat:
        """The section in the heartbeat; a class was read when the last of its sources was. A lost source has made its
        tags bad and says nothing of the age of the others."""
        scans = []
        for one in self._classes:
            reads = [last for source in one.sources if (last := self._last[source]) is not None]
            scans.append(ScanBeat(one.scan_ms, min(reads, default=0)))
        return ConnectionBeat(
            id=CALCULATED, driver=CALCULATED, up=True, since=self._since, tags=len(self._tags),
            bad_tags=sum(scan.reporter.bad_count() for scan in self.scans), scans=scans,
        )  # fmt: skip


def _connection(tags: Iterable[TagConfig]) -> ConnectionConfig:
    return ConnectionConfig(id=CALCULATED, driver=CALCULATED, tags=tuple(tags))


def _scan(one: Class, alias_of: Mapping[str, int]) -> ScanClass:
    tags = [as_tag(tag, one.scan_ms) for tag in one.tags]
    aliases = np.array([alias_of[key_of(tag)] for tag in one.tags], dtype=np.uint32)
    return ScanClass(_connection(tags), tags, one.scan_ms, aliases, {}, 0)


_FITS: Mapping[str, Callable[[Any], bool]] = {
    "f": lambda v: isinstance(v, int | float) and not isinstance(v, bool),
    "i": lambda v: isinstance(v, int | float) and not isinstance(v, bool),
    "b": lambda v: isinstance(v, bool),
    "s": lambda v: isinstance(v, str),
}


def _typed(tag: CalculatedTag, v: Any, q: int, ts: int) -> Value:
    """The result as the tag's type has it; whole numbers are rounded half away from zero, as the language rounds."""
    if q >= BAD_FROM:
        return Value(None, q, ts)
    if v is None:
        return Value(None, Quality.BAD, ts)
    if not _FITS[tag.kind](v):
        return Value(None, Quality.TYPE_MISMATCH, ts)
    if tag.kind == "i":
        if abs(v) > 2**53:
            return Value(None, Quality.OVERFLOW, ts)
        return Value(int(math.copysign(math.floor(abs(v) + 0.5), v)), q, ts)
    return Value(v, q, ts)
