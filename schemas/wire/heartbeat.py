"""The agent's heartbeat, `…/hb`, once a second: what freshness is derived from."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

import msgpack

from schemas.errors import WireError
from schemas.wire.body import unpack_map

HEARTBEAT_VERSION = 1


@dataclass(frozen=True, slots=True)
class ScanBeat:
    """One scan class of a connection: period ms, time of the last complete read (µs, 0 = none
    yet), reads skipped because one took too long."""

    ms: int
    last: int
    overruns: int = 0


@dataclass(frozen=True, slots=True)
class ConnectionBeat:
    """One connection: whether its link is up, since when (µs), why not, its scan classes."""

    id: str
    driver: str
    up: bool
    since: int
    error: str = ""
    tags: int = 0
    bad_tags: int = 0
    scans: list[ScanBeat] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SpoolBeat:
    """The spool: points by fate (accepted = acked + pending + dropped + dead), bytes, free disk,
    time of the oldest pending point (µs, 0 = none)."""

    accepted: int = 0
    acked: int = 0
    pending: int = 0
    dropped: int = 0
    dead: int = 0
    bytes: int = 0
    disk_free: int = 0
    oldest: int = 0


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
                conn_id=str(content["conn_id"]),
                stream=UUID(bytes=content["stream"]),
                boot=int(content["boot"]),
                now=int(content["now"]),
                mono=int(content["mono"]),
                connections=[_connection(item) for item in content["connections"]],
                spool=SpoolBeat(**_known(SpoolBeat, content["spool"])),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise WireError("wire.heartbeat", f"The heartbeat is damaged: {error!r}.") from error


def _connection(raw: dict[str, Any]) -> ConnectionBeat:
    fields = _known(ConnectionBeat, raw)
    fields["scans"] = [ScanBeat(**_known(ScanBeat, item)) for item in raw.get("scans", [])]
    return ConnectionBeat(**fields)


def _known(model: type[Any], raw: dict[str, Any]) -> dict[str, Any]:
    names = model.__dataclass_fields__
    return {name: value for name, value in raw.items() if name in names}
