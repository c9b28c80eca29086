"""The platform's acknowledgement, `…/a`: what it has fsynced of a stream, as ranges."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

import msgpack

from schemas.errors import WireError
from schemas.wire.body import unpack_map

Want = Literal["dict", "snapshot", "birth"]

ACK_VERSION = 1
RANGES_MAX = 4096


@dataclass(frozen=True, slots=True)
class Ack:
    """What the platform has of `stream`.

    `core` names this run of the platform; `have` are ranges of seq, both ends included; `dead`
    are batches kept raw because they could not be read; `credit` is how many batches may be in
    flight (0 = wait); `now` is the platform's clock in µs.
    """

    core: str
    stream: UUID
    have: list[tuple[int, int]]
    max_seq: int
    now: int
    dead: list[tuple[int, str]] = field(default_factory=list)
    want: list[Want] = field(default_factory=list)
    credit: int = 8

    def pack(self) -> bytes:
        """The MQTT payload."""
        packed: bytes = msgpack.packb(
            {
                "v": ACK_VERSION,
                "core": self.core,
                "s": self.stream.bytes,
                "have": self.have,
                "max_seq": self.max_seq,
                "dead": [{"n": n, "code": code} for n, code in self.dead],
                "want": self.want,
                "credit": self.credit,
                "now": self.now,
            }
        )
        return packed

    @classmethod
    def unpack(cls, payload: bytes) -> Ack:
        """The ack in an MQTT payload; raises WireError."""
        content = unpack_map(payload)
        if content.get("v") != ACK_VERSION:
            raise WireError("wire.version", f"Unknown ack version {content.get('v')!r}.")
        try:
            return cls(
                core=str(content["core"]),
                stream=UUID(bytes=content["s"]),
                have=_ranges(content["have"]),
                max_seq=int(content["max_seq"]),
                now=int(content["now"]),
                dead=[(int(item["n"]), str(item["code"])) for item in content.get("dead", [])],
                want=[w for w in content.get("want", []) if w in ("dict", "snapshot", "birth")],
                credit=max(0, int(content.get("credit", 8))),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise WireError("wire.ack", f"The ack is damaged: {error!r}.") from error


def _ranges(raw: Any) -> list[tuple[int, int]]:
    if not isinstance(raw, list) or len(raw) > RANGES_MAX:
        raise ValueError("have")
    out: list[tuple[int, int]] = []
    for low, high in raw:
        if type(low) is not int or type(high) is not int or low > high:
            raise ValueError(f"range {low!r}..{high!r}")
        out.append((low, high))
    return out
