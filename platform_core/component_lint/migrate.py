"""Runs the declarative steps of a migration; the platform does the same when it opens what was saved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from schemas.models.component import MigrationOp

_NOTHING = object()


def migrated(props: dict[str, Any], ops: Sequence[MigrationOp]) -> dict[str, Any]:
    """The props after the steps. Raises ValueError for a step that cannot be done."""
    for op in ops:
        _step(props, op)
    return props


def _step(props: dict[str, Any], op: MigrationOp) -> None:
    holder, key = _holder(props, op.path, create=op.op == "default")
    value = holder.get(key, _NOTHING) if holder is not None else _NOTHING
    if op.op == "default":
        if holder is not None:
            holder.setdefault(key, op.value)
        return
    if value is _NOTHING or holder is None:
        return
    if op.op in ("rename", "move"):
        if op.to is None:
            raise ValueError(f"{op.op} of {op.path} says not where to.")
        del holder[key]
        target, name = _holder(props, op.to, create=True)
        if target is not None:
            target[name] = value
    elif op.op == "remove":
        del holder[key]
    else:
        holder[key] = _changed(value, op)


def _changed(value: Any, op: MigrationOp) -> Any:
    if op.op == "map_value":
        return (op.map or {}).get(str(value), value)
    if op.op == "wrap":
        return {op.key or "value": value}
    if op.op == "unwrap":
        return value.get(op.key or "value") if isinstance(value, dict) else value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return value * (op.factor if op.factor is not None else 1)


def _holder(props: dict[str, Any], pointer: str, *, create: bool) -> tuple[dict[str, Any] | None, str]:
    *way, last = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
    node: Any = props
    for part in way:
        if isinstance(node, dict) and create:
            node = node.setdefault(part, {})
        else:
            node = node.get(part) if isinstance(node, dict) else None
    return (node, last) if isinstance(node, dict) else (None, last)
