"""The machine's own file and what the platform pushed, put together; and what a push may not touch.

From a push come `connections` and `templates` alone. Who the agent is, where it sends, its data folder and its bounds
stay the machine's. Not from afar either, whatever the push says: which tags may be written and where they lie, and
files of the machine that its own configuration does not name already (a driver would read them and send them along).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from connectors.secret import SCHEME
from edge_agent.config import LoadedConfig, parse_config
from edge_agent.plain_words import invalid
from edge_agent.yaml_lines import pointer, read_yaml
from schemas.errors import Problem
from schemas.models.connection import ConnectionConfig
from schemas.plain_secrets import plain_secrets
from schemas.wire.config_push import hash_of

PUSHED = ("connections", "templates")


def composed(
    own: Path, pushed: str, *, own_text: str | None = None, sheets: Mapping[str, str] | None = None
) -> LoadedConfig:
    """The configuration of the file `own` with the pushed connections. Raises ConfigError with every problem; lines are
    those of the pushed text. `own_text` and `sheets` stand for that file and its files of tags where they are given."""
    located = read_yaml(pushed)
    if not isinstance(located.data, dict):
        problem = Problem("config.empty", "", "the text is not a mapping", "Begin with 'connections:'.", 1)
        raise invalid([problem])
    foreign = [
        Problem(
            "remote.scope", pointer("", key), f"'{key}' is set at the machine, not from afar",
            "Only connections and templates are.", located.line(pointer("", key)), {"name": str(key)},
        )
        for key in located.data
        if key not in PUSHED
    ]  # fmt: skip
    document = read_yaml(own.read_text("utf-8") if own_text is None else own_text).data
    # Judged before anything is read: what is wrong in a file would be told with its content.
    foreign += [
        Problem(
            "remote.file", path, f"the machine's own configuration does not name the file {name}",
            "Write the tags into the text, or name the file in agent.yaml first.", located.line(path),
            {"name": str(name)},
        )
        for path, name in _tag_files(located.data)
        if name not in {known for _, known in _tag_files(document)}
    ]  # fmt: skip
    if foreign:
        raise invalid(foreign)
    rest = {key: value for key, value in document.items() if key not in PUSHED}
    # Behind the pushed text, so that its lines count from 1; both are mappings of one key per line or of flow style.
    text = f"{pushed.rstrip()}\n{yaml.safe_dump(rest, sort_keys=False, allow_unicode=True)}"
    if pushed.lstrip().startswith("{"):
        text = yaml.safe_dump({**located.data, **rest}, sort_keys=False, allow_unicode=True)
    loaded = parse_config(text, base=own.resolve().parent, sheets=sheets)
    return replace(loaded, path=own, pushed=hash_of(pushed))


def own_connections(text: str) -> str:
    """The connections and templates of a configuration as a text of their own, as a push has them."""
    document = read_yaml(text).data
    own = {key: document[key] for key in PUSHED if key in document} if isinstance(document, dict) else {}
    return yaml.safe_dump(own, sort_keys=False, allow_unicode=True)


def check_scope(own: LoadedConfig, new: LoadedConfig, pushed: str) -> list[Problem]:
    """What the new configuration changes though only the machine may, compared with the machine's own."""
    located = read_yaml(pushed)
    before = {conn.id: conn for conn in own.config.connections}
    files = {value for conn in own.config.connections for _, value in _files(conn.config, "")}
    problems = [
        Problem(
            "remote.secret", path, "a password stands in the text",
            "Write secret:NAME, and set the secret at the machine.",
        )
        for path in plain_secrets(located.data)
    ]  # fmt: skip
    for at, conn in enumerate(new.config.connections):
        path = pointer("/connections", at)
        problems += [
            Problem(
                "remote.file", f"{path}/config{where}",
                f"the machine's own configuration does not name the file {value}",
                "Use secret:NAME, or name the file in agent.yaml first.", params={"name": value},
            )
            for where, value in _files(conn.config, "")
            if value not in files
        ]  # fmt: skip
        problems += _write_problems(path, conn, before.get(conn.id))
    return [replace(one, line=located.line(one.path)) for one in problems]


def _write_problems(path: str, conn: ConnectionConfig, before: ConnectionConfig | None) -> Iterator[Problem]:
    tags = {} if before is None else {tag.name: tag for tag in before.tags}
    same_link = before is not None and (before.driver, before.config) == (conn.driver, conn.config)
    for at, tag in enumerate(conn.tags):
        if tag.write is not None and not (same_link and tags.get(tag.name) == tag):
            yield Problem(
                "remote.write", pointer(f"{path}/tags", at),
                f"{conn.id}/{tag.name} may be written: it is changed at the machine only",
                "Leave this tag and its connection as agent.yaml has them, or change them there.",
                params={"name": f"{conn.id}/{tag.name}"},
            )  # fmt: skip


def _tag_files(document: Any) -> Iterator[tuple[str, Any]]:
    for part in PUSHED:
        rows = document.get(part) if isinstance(document, dict) else None
        for at, row in enumerate(rows if isinstance(rows, list) else []):
            if isinstance(row, dict) and "tags_file" in row:
                yield pointer(pointer(pointer("", part), at), "tags_file"), row["tags_file"]


def _files(config: Any, path: str) -> Iterator[tuple[str, str]]:
    """Settings that name files or folders of the machine, by the drivers' convention for their keys."""
    if not isinstance(config, dict):
        return
    for key, value in config.items():
        here = pointer(path, key)
        if isinstance(value, dict):
            yield from ((at, text) for at, text in _files({f"{k}_file": v for k, v in value.items()}, here))
        elif isinstance(value, str) and not value.startswith(SCHEME) and _names_file(key, value):
            yield here, value


def _names_file(key: str, value: str) -> bool:
    named = key.endswith(("_file", "_folder", "_path", "_dir")) or key in ("file", "folder", "path", "port")
    return named and (key != "port" or value.startswith("/"))
