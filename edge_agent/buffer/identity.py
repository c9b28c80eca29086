"""identity.json: tag key → UUID. A tag keeps its UUID, and so its history, through a rename that
says `was:`, a new address, scale, label or unit text; a new kind or physical dimension makes a new
tag. The file is replaced atomically; a newer version is refused."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from edge_agent.buffer.dimension import dimension_of
from edge_agent.buffer.layout import sync_folder
from schemas.errors import ConfigError
from schemas.wire.kinds import Kind

VERSION = 1


@dataclass(slots=True, frozen=True)
class Wanted:
    """A tag of the configuration that needs its identity; `was` is its former key, if renamed."""

    key: str
    kind: Kind
    unit: str
    was: str | None = None


@dataclass(slots=True, frozen=True)
class _Known:
    uuid: str
    kind: str
    dimension: str


class Identity:
    """The file and what it says; `resolve` gives every tag its UUID and writes what changed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known = _read(path)
        self._is_changed = False

    def resolve(self, tags: Iterable[Wanted]) -> dict[str, UUID]:
        """Key → UUID for all tags. Entries of tags that are gone stay: they may come back."""
        found: dict[str, UUID] = {}
        for tag in tags:
            known = self._known.get(tag.key)
            if known is None and tag.was is not None:
                known = self._known.pop(tag.was, None)
            dimension = dimension_of(tag.unit)
            if known is None or not _same_quantity(known, tag.kind, dimension):
                known = _Known(str(uuid4()), tag.kind, dimension)
            elif dimension and not known.dimension:
                known = _Known(known.uuid, known.kind, dimension)
            if self._known.get(tag.key) is not known:
                self._known[tag.key] = known
                self._is_changed = True
            found[tag.key] = UUID(known.uuid)
        if self._is_changed:
            self._write()
            self._is_changed = False
        return found

    def adopt(self, key: str, uuid: UUID, kind: str, unit: str) -> None:
        """Takes over what the spool remembers, where the file was lost; written by `resolve`."""
        self._known.setdefault(key, _Known(str(uuid), kind, dimension_of(unit)))
        self._is_changed = True

    @property
    def empty(self) -> bool:
        """Whether nothing is known yet."""
        return not self._known

    def _write(self) -> None:
        """Piece by piece: the JSON of a hundred thousand tags as a whole would take as much memory as all else."""
        lines = (_line(key, known) for key, known in sorted(self._known.items()))
        replace_file(self._path, chain([f'{{\n "version": {VERSION},\n "tags": {{\n'], _joined(lines), ["\n }\n}\n"]))


def _line(key: str, known: _Known) -> str:
    told = {"uuid": known.uuid, "kind": known.kind, "dimension": known.dimension}
    return f"  {json.dumps(key, ensure_ascii=False)}: {json.dumps(told, ensure_ascii=False)}"


def _joined(lines: Iterable[str]) -> Iterator[str]:
    for at, line in enumerate(lines):
        yield f",\n{line}" if at else line


def _same_quantity(known: _Known, kind: str, dimension: str) -> bool:
    """An unknown unit text ("" as dimension) never makes a new tag: labels may change freely."""
    if known.kind != kind:
        return False
    return not (known.dimension and dimension) or known.dimension == dimension


def _read(path: Path) -> dict[str, _Known]:
    if not path.exists():
        return {}
    try:
        content: Any = json.loads(path.read_text(encoding="utf-8"), object_hook=_compact)
        if content["version"] > VERSION:
            raise ConfigError(
                "identity_newer",
                f"{path} was written by a newer program (format {content['version']})",
                hint="start the newer edge-agent again",
            )
        return {key: tag if isinstance(tag, _Known) else _known(tag) for key, tag in content["tags"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigError(
            "identity_damaged",
            f"{path} cannot be read ({error})",
            hint="restore it from a backup; without it every tag would lose its history. "
            "Delete it to rebuild it from the spool.",
        ) from error


def _known(tag: Mapping[str, Any]) -> _Known:
    return _Known(str(UUID(tag["uuid"])), sys.intern(str(tag["kind"])), sys.intern(str(tag["dimension"])))


def _compact(found: dict[str, Any]) -> Any:
    """What describes a tag, at once as what is kept of it."""
    return _known(found) if found.keys() == {"uuid", "kind", "dimension"} else found


def replace_file(path: Path, text: str | Iterable[str]) -> None:
    """Writes a text file so that a crash leaves the old or the new one, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".new")
    with part.open("w", encoding="utf-8", newline="\n") as stream:
        stream.writelines([text] if isinstance(text, str) else text)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(part, path)
    sync_folder(path.parent)
