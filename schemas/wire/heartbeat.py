"""The agent's heartbeat, `…/hb`, once a second: what freshness is derived from."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Any, TypeVar
from uuid import UUID

import msgpack

from schemas.errors import WireError
from schemas.wire.body import unpack_map

T = TypeVar("T")

HEARTBEAT_VERSION = 1
CONNECTIONS_MAX = 10_000
SCANS_MAX = 1000
TEXT_MAX = 1000
_LINE_FIGURES = ("timeouts", "exceptions", "rtt_p95_us", "busy_permille")
PERIOD_MAX_MS = 30 * 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class ScanBeat:
    """One scan class of a connection: period ms, time of the last complete read (µs, 0 = none
    yet), reads skipped because one took too long."""

    ms: int
    last: int
    overruns: int = 0


@dataclass(frozen=True, slots=True)
class ConnectionBeat:
    """One connection: whether its link is up, since when (µs), why not, its scan classes; since the agent's start
    requests without an answer and answers that were exceptions; the round trip's 95th percentile (µs) of the last
    minutes and the share of the last minute (‰) in which an answer was waited for, 0 = none."""

    id: str
    driver: str
    up: bool
    since: int
    error: str = ""
    tags: int = 0
    bad_tags: int = 0
    scans: list[ScanBeat] = field(default_factory=list)
    timeouts: int = 0
    exceptions: int = 0
    rtt_p95_us: int = 0
    busy_permille: int = 0


@dataclass(frozen=True, slots=True)
class SpoolBeat:
    """The spool: points by fate (accepted = acked + pending + dropped + dead), bytes, free disk,
    time of the oldest pending point (µs, 0 = none), seconds until it drops if nothing is acked (-1 =
    not known)."""

    accepted: int = 0
    acked: int = 0
    pending: int = 0
    dropped: int = 0
    dead: int = 0
    bytes: int = 0
    disk_free: int = 0
    oldest: int = 0
    room_s: int = -1


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """`now` and `mono` are the agent's clocks in µs; `conn_id` its MQTT connection."""

    conn_id: str
    stream: UUID
    boot: int
    now: int
    mono: int
    connections: list[ConnectionBeat] = field(default_factory=list)
    spool: SpoolBeat = field(default_factory=SpoolBeat)

    def pack(self) -> bytes:
        """The MQTT payload."""
        content = asdict(self)
        content["stream"] = self.stream.bytes
        if self.spool.room_s < 0:
            del content["spool"]["room_s"]  # what is not known is not said
        for connection in content["connections"]:
            for name in _LINE_FIGURES:
                if not connection[name]:
                    del connection[name]
        packed: bytes = msgpack.packb({"v": HEARTBEAT_VERSION, **content})
        return packed

    @classmethod
    def unpack(cls, payload: bytes) -> Heartbeat:
        """The heartbeat in an MQTT payload; unknown members are ignored; raises WireError."""
        content = unpack_map(payload)
        if content.get("v") != HEARTBEAT_VERSION:
            raise WireError("wire.version", f"Unknown heartbeat version {content.get('v')!r}.")
        try:
            return cls(
                conn_id=_checked("conn_id", content["conn_id"], str),
                stream=UUID(bytes=content["stream"]),
                boot=_checked("boot", content["boot"], int),
                now=_checked("now", content["now"], int),
                mono=_checked("mono", content["mono"], int),
                connections=[_connection(item) for item in _several(content["connections"], CONNECTIONS_MAX)],
                spool=SpoolBeat(**_known(SpoolBeat, content["spool"])),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise WireError("wire.heartbeat", f"The heartbeat is damaged: {error!r}.") from error


def _connection(raw: dict[str, Any]) -> ConnectionBeat:
    scans = [ScanBeat(**_known(ScanBeat, item)) for item in _several(raw.get("scans", []), SCANS_MAX)]
    if any(not 0 < scan.ms <= PERIOD_MAX_MS for scan in scans):
        raise ValueError("the period of a scan class")
    return ConnectionBeat(**_known(ConnectionBeat, {**raw, "scans": []}), scans=scans)


_TYPES: dict[str, type[Any]] = {"str": str, "int": int, "bool": bool}
_MEMBERS: dict[type[Any], dict[str, type[Any]]] = {
    model: {one.name: _TYPES[str(one.type)] for one in fields(model) if str(one.type) in _TYPES}
    for model in (ScanBeat, ConnectionBeat, SpoolBeat)
}


def _known(model: type[Any], raw: dict[str, Any]) -> dict[str, Any]:
    """The members that `model` has and that are no lists, each of its type."""
    types = _MEMBERS[model]
    return {name: _checked(name, value, types[name]) for name, value in raw.items() if name in types}


def _checked(name: str, value: Any, kind: type[T]) -> T:
    if type(value) is not kind:
        raise ValueError(f"{name} is no {kind.__name__}")
    if isinstance(value, str) and len(value) > TEXT_MAX:
        raise ValueError(f"{name} is too long")
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise ValueError(f"{name} is too large")
    return value


def _several(value: Any, most: int) -> list[Any]:
    if not isinstance(value, list) or len(value) > most:
        raise ValueError(f"no list of at most {most}")
    return value
