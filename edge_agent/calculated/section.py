"""The section `calculated` of the configuration as the rest of the agent sees it: a connection without a device."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Final, NamedTuple

from edge_agent.calculated.totals import Rule
from schemas.expr import VarType, check
from schemas.models.agent import AgentConfig
from schemas.models.calculated import CalculatedTag
from schemas.models.connection import ConnectionConfig
from schemas.models.tag import TagBase, TagConfig
from schemas.units import conversion, parse_unit, times

#: Connection and driver of calculated tags, in keys, the dictionary and the heartbeat.
CALCULATED: Final = "calculated"
SECONDS: Final[Mapping[str, float]] = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86_400.0}
TYPES: Final = {"f": "number", "i": "number", "u": "number", "b": "boolean", "s": "string"}
TEXT_LENGTH: Final = 240
ADDRESS_MAX: Final = 400
GAP_PERIODS: Final = 5
GAP_MIN_US: Final = 5_000_000


class Source(NamedTuple):
    """A scan class of a connection."""

    conn: str
    scan_ms: int


@dataclass(slots=True, frozen=True)
class Class:
    """Calculated tags whose values come from the same scan classes: they are fresh or stale together."""

    scan_ms: int
    sources: frozenset[Source]
    tags: tuple[CalculatedTag, ...]


def key_of(tag: CalculatedTag) -> str:
    """The tag's key."""
    return f"{CALCULATED}/{tag.name}"


def read_tags(connections: Iterable[ConnectionConfig]) -> dict[str, TagConfig]:
    """The tags that devices give, by key."""
    return {f"{conn.id}/{tag.name}": tag for conn in connections for tag in conn.tags}


def in_order(tags: Sequence[CalculatedTag]) -> list[CalculatedTag]:
    """Every tag after those it is made of. Raises graphlib.CycleError."""
    by_key = {key_of(tag): tag for tag in tags}
    graph = {key: [one for one in tag.inputs.values() if one in by_key] for key, tag in by_key.items()}
    return [by_key[key] for key in TopologicalSorter(graph).static_order()]


def classes(config: AgentConfig) -> list[Class]:
    """The calculated tags by the scan classes they come from. No two classes have the same period: the platform knows
    them by it, so the later of two equal ones is a millisecond longer."""
    source_of = {
        f"{conn.id}/{tag.name}": Source(conn.id, tag.scan_ms or conn.scan_ms)
        for conn in config.connections
        for tag in conn.tags
    }
    sources: dict[str, frozenset[Source]] = {}
    members: dict[frozenset[Source], list[CalculatedTag]] = {}
    for tag in in_order(config.calculated):
        found: frozenset[Source] = frozenset()
        for key in tag.inputs.values():
            found |= sources[key] if key in sources else frozenset([source_of[key]])
        sources[key_of(tag)] = found
        members.setdefault(found, []).append(tag)
    out: list[Class] = []
    taken: set[int] = set()
    for found, tags in sorted(members.items(), key=lambda item: sorted(item[0])):
        period = max(one.scan_ms for one in found)
        while period in taken:
            period += 1
        taken.add(period)
        out.append(Class(period, found, tuple(tags)))
    return out


def as_connection(config: AgentConfig) -> ConnectionConfig | None:
    """The section as a connection with its tags; None where there is none."""
    if not config.calculated:
        return None
    tags = tuple(as_tag(tag, one.scan_ms) for one in classes(config) for tag in one.tags)
    return ConnectionConfig(id=CALCULATED, driver=CALCULATED, tags=tags)


def as_tag(tag: CalculatedTag, scan_ms: int) -> TagConfig:
    """A calculated tag for the pipeline; its address says how it is made."""
    made = tag.expression if tag.method == "value" else f"{tag.method} of {tag.expression}"
    named = ", ".join(f"{name} = {key}" for name, key in tag.inputs.items())
    return TagConfig(
        **{name: getattr(tag, name) for name in TagBase.model_fields},
        address=f"{made} ({named})"[:ADDRESS_MAX], type=tag.type, scan_ms=scan_ms,
        length=TEXT_LENGTH if tag.type == "string" else None,
    )  # fmt: skip


def variables(tag: CalculatedTag, known: Mapping[str, TagBase]) -> dict[str, VarType]:
    """What the formula's names are."""
    return {
        name: VarType(TYPES[known[key].kind], known[key].unit)  # type: ignore[arg-type]
        for name, key in tag.inputs.items()
        if key in known
    }


def factor_of(tag: CalculatedTag, unit: str) -> float | None:
    """The factor of a total whose formula is in `unit`, for seconds; None where the units do not tell it.

    Integral: result = ∫ formula dt, so [formula]·s → [result]; rate: [formula]/s → [result]; run time: s → [result].
    """
    if tag.method in ("value", "counter"):
        return tag.factor
    if tag.method in ("integral", "rate") and tag.per is not None:
        return tag.factor * (1 / SECONDS[tag.per] if tag.method == "integral" else SECONDS[tag.per])
    second = parse_unit("s")
    source = second if tag.method == "run_time" else None
    if tag.method != "run_time" and parse_unit(unit) is not None:
        source = times(parse_unit(unit), second, 1 if tag.method == "integral" else -1)
    target = parse_unit(tag.unit)
    found = conversion(source, target) if source is not None and target is not None else None
    return None if found is None else tag.factor * found.apply(1.0)


def rule_of(tag: CalculatedTag, known: Mapping[str, TagBase], scan_ms: int) -> Rule | None:
    """How the total of a tag is made; None for a plain value."""
    if tag.method == "value":
        return None
    factor = factor_of(tag, check(tag.expression, variables(tag, known)).unit)
    gap_us = max(GAP_MIN_US, GAP_PERIODS * scan_ms * 1000) if tag.gap_max_s is None else int(tag.gap_max_s * 1e6)
    return Rule(tag.method, factor or tag.factor, tag.bits, gap_us, int(tag.window_s * 1e6), tag.start)
