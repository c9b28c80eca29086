"""A write and how it ended: `…/cmd` from the platform to an agent, `…/re` back. msgpack maps at QoS 0.

A command is good for one connection of the agent (`conn_id`) and for `ttl_ms` on the agent's own clock, counted from
its receipt. It is never queued and never repeated; where no answer comes, its outcome is unknown.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final, Literal, get_args
from uuid import UUID

import msgpack

from schemas.errors import WireError
from schemas.wire.body import unpack_map

COMMAND_VERSION: Final = 1
COMMAND_SIZE_MAX: Final = 4096
TTL_MAX_MS: Final = 5000
TEXT_MAX: Final = 300

Outcome = Literal["done", "refused", "unknown"]
Scalar = bool | int | float | str


@dataclass(frozen=True, slots=True)
class Command:
    """`tag` is the tag's UUID, `value` in its unit; `by` and `role` say who confirmed it, for the audit at the edge;
    `approved_by` who vouched for it by a password, "" for nobody."""

    id: str
    conn_id: str
    tag: UUID
    value: Scalar
    ttl_ms: int
    by: str
    role: str
    approved_by: str = ""

    def pack(self) -> bytes:
        """The MQTT payload."""
        packed: bytes = msgpack.packb({"v": COMMAND_VERSION, **asdict(self), "tag": self.tag.bytes})
        return packed

    @classmethod
    def unpack(cls, payload: bytes) -> Command:
        """The command in an MQTT payload; unknown members are ignored; raises WireError."""
        content = _open(payload)
        try:
            command = cls(
                id=_text(content, "id", 64),
                conn_id=_text(content, "conn_id", 64),
                tag=UUID(bytes=content["tag"]),
                value=_scalar(content["value"]),
                ttl_ms=_whole(content, "ttl_ms", TTL_MAX_MS),
                by=_text(content, "by", 120),
                role=_text(content, "role", 40),
                approved_by=_text(content, "approved_by", 120) if "approved_by" in content else "",
            )
        except (KeyError, TypeError, ValueError) as error:
            raise WireError("wire.command", f"The command is damaged: {error!r}.") from error
        if not command.id or command.ttl_ms <= 0:
            raise WireError("wire.command", "The command has no id or no time to live.")
        return command


@dataclass(frozen=True, slots=True)
class CommandResult:
    """How a command ended. `before` and `after` are what the device had and has; None where that is not known."""

    id: str
    outcome: Outcome
    code: str = ""
    reason: str = ""
    before: Scalar | None = None
    after: Scalar | None = None
    took_ms: int = 0

    def pack(self) -> bytes:
        """The MQTT payload."""
        packed: bytes = msgpack.packb({"v": COMMAND_VERSION, **asdict(self), "reason": self.reason[:TEXT_MAX]})
        return packed

    @classmethod
    def unpack(cls, payload: bytes) -> CommandResult:
        """The result in an MQTT payload; raises WireError."""
        content = _open(payload)
        try:
            outcome = content["outcome"]
            if outcome not in get_args(Outcome):
                raise ValueError("outcome")
            return cls(
                id=_text(content, "id", 64),
                outcome=outcome,
                code=_text(content, "code", 60),
                reason=_text(content, "reason", TEXT_MAX),
                before=None if content.get("before") is None else _scalar(content["before"]),
                after=None if content.get("after") is None else _scalar(content["after"]),
                took_ms=_whole(content, "took_ms", 2**31),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise WireError("wire.command", f"The answer to a command is damaged: {error!r}.") from error


def _open(payload: bytes) -> dict[str, Any]:
    if len(payload) > COMMAND_SIZE_MAX:
        raise WireError("wire.too_large", f"A command has at most {COMMAND_SIZE_MAX} bytes.")
    content = unpack_map(payload)
    if content.get("v") != COMMAND_VERSION:
        raise WireError("wire.version", f"Unknown version of a command: {content.get('v')!r}.")
    return content


def _text(content: dict[str, Any], name: str, most: int) -> str:
    value = content[name]
    if not isinstance(value, str) or len(value) > most:
        raise ValueError(f"{name} is no text of at most {most} characters")
    return value


def _whole(content: dict[str, Any], name: str, most: int) -> int:
    value = content[name]
    if type(value) is not int or not 0 <= value <= most:
        raise ValueError(f"{name} is no whole number up to {most}")
    return value


def _scalar(value: object) -> Scalar:
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, str) and len(value) <= 480:
        return value
    raise ValueError("a value is a number, true, false or text of at most 480 characters")
