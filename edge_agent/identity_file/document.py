"""What an exported identity says, its checksum, and how it compares with a data folder.

With the UUIDs of its tags a replaced machine goes on with their histories. The stream does not move: a new machine
begins its own, and its aliases with it; both are in the file to be looked at, not to be taken over.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import msgpack

from edge_agent.buffer.identity import VERSION as IDENTITY_VERSION
from edge_agent.buffer.identity import Identity, replace_file
from schemas.errors import ConfigError
from schemas.wire.dictionary import TagEntry

VERSION = 1


@dataclass(slots=True, frozen=True)
class SpoolFacts:
    """What the spool of a data folder says: its stream, the machine it was last used on, tag key → (UUID, alias) of
    the tags in use. All empty where there is no spool; `in_use` where a running agent holds it."""

    stream: str = ""
    machine: str = ""
    tags: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    in_use: bool = False


def spool_facts(data_dir: Path) -> SpoolFacts:
    """Looks into the spool without changing it. Raises ConfigError where it cannot be read."""
    path = data_dir / "spool.db"
    if not path.exists():
        return SpoolFacts()
    try:
        with closing(sqlite3.connect(path, timeout=0.2)) as db:
            meta = dict(db.execute("SELECT key, value FROM meta WHERE key IN ('stream', 'machine')").fetchall())
            rows = db.execute("SELECT alias, record FROM alias ORDER BY alias").fetchall()
    except sqlite3.DatabaseError as error:
        if "locked" in str(error):
            return SpoolFacts(in_use=True)
        raise ConfigError(
            "spool_unreadable", f"{path} cannot be read ({error})",
            hint="start the agent once: it puts a damaged spool aside and carries over what is readable",
        ) from error  # fmt: skip
    tags: dict[str, tuple[str, int]] = {}
    for alias, packed in rows:
        entry = TagEntry.from_record(msgpack.unpackb(packed))
        if not entry.retired:
            tags[entry.key] = (str(entry.uuid), int(alias))
    return SpoolFacts(str(meta.get("stream", "")), str(meta.get("machine", "")), tags)


def known_tags(data_dir: Path) -> dict[str, dict[str, str]]:
    """Tag key → uuid, kind, dimension, as identity.json says. Raises ConfigError for a damaged or newer file."""
    path = data_dir / "identity.json"
    Identity(path)
    if not path.exists():
        return {}
    tags: dict[str, dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))["tags"]
    return tags


def make(tenant: str, edge: str, facts: SpoolFacts, tags: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """The document, with its checksum."""
    content: dict[str, Any] = {
        "interlock_identity": VERSION,
        "tenant": tenant,
        "edge": edge,
        "stream": facts.stream,
        "machine": facts.machine,
        "tags": {
            key: {**tag, **({"alias": facts.tags[key][1]} if key in facts.tags else {})}
            for key, tag in sorted(tags.items())
        },
    }
    return {**content, "sha256": _sha256(content)}


def read(path: Path) -> dict[str, Any]:
    """An exported identity. Raises ConfigError where it is none, is newer, or is not as it was written."""
    hint = "export it again on the old machine, or take another copy"
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        version, told = content["interlock_identity"], content.pop("sha256")
        tags = {key: str(UUID(tag["uuid"])) for key, tag in content["tags"].items()}
        whole = all({"kind", "dimension"} <= set(tag) for tag in content["tags"].values())
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigError("identity_file", f"{path} is no exported identity ({error})", hint=hint) from error
    if not whole:
        raise ConfigError("identity_file", f"{path} has tags without kind or dimension", hint=hint)
    if version > VERSION:
        raise ConfigError("identity_newer", f"{path} was written by a newer program", hint="update this agent first")
    if told != _sha256(content):
        raise ConfigError("identity_changed", f"{path} is not as it was written: its checksum differs", hint=hint)
    if len(set(tags.values())) != len(tags):
        raise ConfigError("identity_changed", f"{path} gives two tags the same UUID", hint=hint)
    return content


def differing(ours: Mapping[str, Mapping[str, str]], theirs: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Tags that both know, under different UUIDs."""
    return sorted(key for key, tag in ours.items() if key in theirs and theirs[key]["uuid"] != tag["uuid"])


def take_over(data_dir: Path, tags: Mapping[str, Mapping[str, str]]) -> None:
    """Writes identity.json anew: these tags, and what else it knew; all or nothing."""
    merged = {**known_tags(data_dir), **{key: _plain(tag) for key, tag in tags.items()}}
    content = {"version": IDENTITY_VERSION, "tags": dict(sorted(merged.items()))}
    replace_file(data_dir / "identity.json", json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def _plain(tag: Mapping[str, str]) -> dict[str, str]:
    return {name: tag[name] for name in ("uuid", "kind", "dimension")}


def _sha256(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
