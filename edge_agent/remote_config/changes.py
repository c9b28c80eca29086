"""What a configuration changes about the one that runs: names and counts, never values, so never a secret."""

from __future__ import annotations

from typing import Any

from schemas.models.agent import AgentConfig
from schemas.models.connection import ConnectionConfig

NAMES_MAX = 20


def changes(old: AgentConfig, new: AgentConfig) -> list[dict[str, Any]]:
    """One map for each connection that comes, goes or changes; equal ones are left out, as the agent leaves them alone.

    `what` is added, removed or changed; `tags_*` are counts; `fields` names the settings that differ.
    """
    before = {conn.id: conn for conn in old.connections}
    after = {conn.id: conn for conn in new.connections}
    rows = [_row("removed", conn, tags_removed=len(conn.tags)) for id_, conn in before.items() if id_ not in after]
    for id_, conn in after.items():
        if id_ not in before:
            rows.append(_row("added", conn, tags_added=len(conn.tags)))
        elif before[id_] != conn:
            rows.append(_changed(before[id_], conn))
    return rows


def _changed(old: ConnectionConfig, new: ConnectionConfig) -> dict[str, Any]:
    before = {tag.name: tag for tag in old.tags}
    after = {tag.name: tag for tag in new.tags}
    renamed = {tag.was for tag in new.tags if tag.was in before and tag.was not in after}
    known = {name for name in after if name in before or after[name].was in renamed}
    return _row(
        "changed", new,
        fields=_differing(old.model_dump(exclude={"tags"}), new.model_dump(exclude={"tags"}))[:NAMES_MAX],
        tags_added=len(after) - len(known),
        tags_removed=len(before.keys() - after.keys() - renamed),
        tags_changed=sum(after[name] != before.get(name) for name in known),
    )  # fmt: skip


def _differing(old: dict[str, Any], new: dict[str, Any], prefix: str = "") -> list[str]:
    found: list[str] = []
    for key in sorted(old.keys() | new.keys()):
        was, now = old.get(key), new.get(key)
        if isinstance(was, dict) and isinstance(now, dict):
            found += _differing(was, now, f"{prefix}{key}.")
        elif was != now:
            found.append(prefix + key)
    return found


def _row(what: str, conn: ConnectionConfig, **more: Any) -> dict[str, Any]:
    counts = {"tags_added": 0, "tags_removed": 0, "tags_changed": 0}
    return {"what": what, "connection": conn.id, "fields": [], **counts, **more}
