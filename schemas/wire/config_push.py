"""A configuration on its way: `…/cfg` from the platform to an agent, in parts; how it ended: `…/re` back. msgpack maps.

Like a command, a push is good for one connection of the agent (`conn_id`) and is never queued. `text` is YAML with
`connections` and `templates` alone; `hash` is the SHA-256 of its UTF-8 bytes, in hex. Parts are cuts of the text,
compressed with zstd as a whole. `read` carries no text: the agent answers `told`, with the text it runs.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal, get_args

import msgpack
import zstandard

from schemas.errors import WireError
from schemas.wire.body import unpack_map

PUSH_VERSION: Final = 1
PART_BYTES: Final = 64 * 1024
TEXT_BYTES_MAX: Final = 4 * 1024 * 1024
PARTS_MAX: Final = 64
PACKED_MAX: Final = PART_BYTES + 4096
REPORT_BYTES_MAX: Final = 128 * 1024
PROBLEMS_MAX: Final = 100
CHANGES_MAX: Final = 200
#: Of a text that is told, compressed: with its problems and changes a report stays below its bound.
TOLD_BYTES_MAX: Final = 96 * 1024
WATCH_S_MAX: Final = 3600
NOTE_MAX: Final = 500
#: Of the words that a reason or a problem is put together from.
PARAMS_MAX: Final = 8
PARAM_CHARS_MAX: Final = 300
#: Marks a report among the other answers on `re`.
REPORT_KIND: Final = "config"

Action = Literal["check", "apply", "read"]
State = Literal["checked", "told", "refused", "unchanged", "watching", "kept", "rolled_back"]


@dataclass(frozen=True, slots=True)
class ConfigPart:
    """One part of a push. `watch_s`: how long the agent looks at the new configuration before it keeps it.

    `basis`: what the agent ran, as it told, when the push was made; where it runs another by now it refuses. Empty: it
    is not asked. `no` and `note`: the version's number and why it was made, for the agent's own history; 0: not told.
    """

    id: str
    conn_id: str
    action: Action
    hash: str
    part: int
    parts: int
    data: bytes = field(repr=False)
    watch_s: float = 60.0
    by: str = ""
    basis: str = ""
    no: int = 0
    note: str = ""

    def pack(self) -> bytes:
        """The MQTT payload."""
        packed: bytes = msgpack.packb({"v": PUSH_VERSION, **asdict(self)})
        return packed

    @classmethod
    def unpack(cls, payload: bytes) -> ConfigPart:
        """The part in an MQTT payload; unknown members are ignored; raises WireError."""
        content = _open(payload, PACKED_MAX)
        try:
            part = cls(
                id=_text(content, "id", 64), conn_id=_text(content, "conn_id", 64), action=content["action"],
                hash=_text(content, "hash", 64), part=_whole(content, "part"), parts=_whole(content, "parts"),
                data=content["data"], watch_s=float(content["watch_s"]), by=_text(content, "by", 120),
                basis=_text({"basis": "", **content}, "basis", 64),
                no=_whole({"no": 0, **content}, "no"), note=_text({"note": "", **content}, "note", NOTE_MAX),
            )  # fmt: skip
        except (KeyError, TypeError, ValueError) as error:
            raise WireError("wire.config", f"The part of a configuration is damaged: {error!r}.") from error
        sound = (
            part.action in get_args(Action)
            and isinstance(content["data"], bytes)
            and 0 <= part.part < part.parts <= PARTS_MAX
            and 0 < part.watch_s <= WATCH_S_MAX
            and part.id != ""
        )
        if not sound:
            raise WireError("wire.config", "The part of a configuration is damaged.")
        return part


@dataclass(frozen=True, slots=True)
class ConfigReport:
    """How a push stands. `hash` is what was pushed, `active` what the agent runs now ("" = its own file's).

    `problems` are maps of code, path, line, message, hint and params; `reason` says in words why it was refused or
    rolled back.
    `changes` says what a checked configuration changes, connection by connection; `basis` names what runs now, together
    with the machine's own file; `data` is the text that runs, compressed with zstd, where it was asked for.
    `code` and `params` say the reason once more, for a reader of another language; "" where there is no code for it.
    """

    id: str
    hash: str
    state: State
    active: str = ""
    reason: str = ""
    problems: list[dict[str, Any]] = field(default_factory=list)
    ts: int = 0
    changes: list[dict[str, Any]] = field(default_factory=list)
    basis: str = ""
    data: bytes = field(default=b"", repr=False)
    code: str = ""
    params: dict[str, str] = field(default_factory=dict)

    def pack(self) -> bytes:
        """The MQTT payload."""
        content = {**asdict(self), "problems": self.problems[:PROBLEMS_MAX], "reason": self.reason[:500]}
        content["changes"] = self.changes[:CHANGES_MAX]
        packed: bytes = msgpack.packb({"v": PUSH_VERSION, "kind": REPORT_KIND, **content})
        return packed

    @classmethod
    def unpack(cls, payload: bytes) -> ConfigReport:
        """The report in an MQTT payload; raises WireError."""
        content = _open(payload, REPORT_BYTES_MAX)
        try:
            if content["state"] not in get_args(State):
                raise ValueError("state")
            return cls(
                id=_text(content, "id", 64), hash=_text(content, "hash", 64), state=content["state"],
                active=_text(content, "active", 64), reason=_text(content, "reason", 500),
                problems=[_problem(one) for one in content["problems"][:PROBLEMS_MAX]], ts=int(content["ts"]),
                changes=[_change(one) for one in content.get("changes", [])[:CHANGES_MAX]],
                basis=_text({"basis": "", **content}, "basis", 64), data=_bytes(content.get("data", b"")),
                code=_text({"code": "", **content}, "code", 60), params=_params(content.get("params", {})),
            )  # fmt: skip
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise WireError("wire.config", f"The report on a configuration is damaged: {error!r}.") from error


def told(text: str) -> bytes:
    """A text for the `data` of a report. Raises WireError where it is too large."""
    packed = zstandard.ZstdCompressor(level=6).compress(text.encode())
    if len(packed) > TOLD_BYTES_MAX:
        raise WireError("wire.too_large", "The configuration is too large to be told.")
    return packed


def read_told(report: ConfigReport) -> str:
    """The text in a report. Raises WireError where it is damaged."""
    return _opened(report.data)


def is_report(payload: bytes) -> bool:
    """Whether an answer on `re` is a report on a configuration. Raises WireError where it is no map."""
    return len(payload) <= REPORT_BYTES_MAX and unpack_map(payload).get("kind") == REPORT_KIND


def hash_of(text: str) -> str:
    """What identifies a configuration's text."""
    return hashlib.sha256(text.encode()).hexdigest()


def cut(text: str, push: ConfigPart) -> list[ConfigPart]:
    """The parts of a push like `push` with this text. Raises WireError where it is too large."""
    raw = text.encode()
    packed = zstandard.ZstdCompressor(level=6).compress(raw)
    count = max(1, -(-len(packed) // PART_BYTES))
    if len(raw) > TEXT_BYTES_MAX or count > PARTS_MAX:
        raise WireError("wire.too_large", f"A configuration has at most {TEXT_BYTES_MAX >> 20} MiB.")
    return [
        ConfigPart(
            push.id, push.conn_id, push.action, hash_of(text), at, count,
            packed[at * PART_BYTES : (at + 1) * PART_BYTES], push.watch_s, push.by, push.basis, push.no, push.note,
        )
        for at in range(count)
    ]  # fmt: skip


def join(parts: list[ConfigPart]) -> str:
    """The text of all parts, in order. Raises WireError where it is damaged, too large or not what its hash says."""
    text = _opened(b"".join(part.data for part in parts))
    if hash_of(text) != parts[0].hash:
        raise WireError("wire.config", "The configuration is not what its hash says.")
    return text


def _opened(packed: bytes) -> str:
    try:
        raw = zstandard.ZstdDecompressor().stream_reader(packed).read(TEXT_BYTES_MAX + 1)
        if len(raw) > TEXT_BYTES_MAX:
            raise WireError("wire.too_large", f"A configuration has at most {TEXT_BYTES_MAX >> 20} MiB.")
        return raw.decode()
    except (zstandard.ZstdError, UnicodeDecodeError) as error:
        raise WireError("wire.config", "The configuration is damaged.") from error


def _open(payload: bytes, most: int) -> dict[str, Any]:
    if len(payload) > most:
        raise WireError("wire.too_large", f"This message has at most {most} bytes.")
    content = unpack_map(payload)
    if content.get("v") != PUSH_VERSION:
        raise WireError("wire.version", f"Unknown version of a configuration message: {content.get('v')!r}.")
    return content


def _text(content: dict[str, Any], name: str, most: int) -> str:
    value = content[name]
    if not isinstance(value, str) or len(value) > most:
        raise ValueError(f"{name} is no text of at most {most} characters")
    return value


def _whole(content: dict[str, Any], name: str) -> int:
    value = content[name]
    if type(value) is not int:
        raise ValueError(f"{name} is no whole number")
    return value


def _params(raw: dict[str, Any]) -> dict[str, str]:
    return {str(name)[:40]: str(value)[:PARAM_CHARS_MAX] for name, value in list(raw.items())[:PARAMS_MAX]}


def _bytes(value: Any) -> bytes:
    if not isinstance(value, bytes):
        raise ValueError("data are no bytes")
    return value


def _change(raw: dict[str, Any]) -> dict[str, Any]:
    counts = {name: int(raw.get(name, 0)) for name in ("tags_added", "tags_removed", "tags_changed")}
    fields = [str(one)[:80] for one in raw.get("fields", [])[:20]]
    return {"what": str(raw.get("what", ""))[:20], "connection": str(raw.get("connection", ""))[:40],
            "fields": fields, **counts}  # fmt: skip


def _problem(raw: dict[str, Any]) -> dict[str, Any]:
    line = raw.get("line")
    params = raw.get("params")
    return {
        "code": str(raw.get("code", ""))[:60], "path": str(raw.get("path", ""))[:300],
        "line": line if type(line) is int else None, "message": str(raw.get("message", ""))[:500],
        "hint": str(raw.get("hint", ""))[:500], "params": _params(params if isinstance(params, dict) else {}),
    }  # fmt: skip
