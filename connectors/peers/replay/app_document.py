"""An app made for one recording: a tile per signal, trends of what has one size, and a table of all."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from connectors.peers.process import write_json_atomic
from connectors.peers.replay.agent_config import role_of
from connectors.peers.replay.column_types import ColumnType
from connectors.peers.replay.recording import Column, Recording

__all__ = ["app_documents", "write_app"]

TILES_MAX = 8
SERIES_MAX = 8
TRENDS_MAX = 8
PAGE = "overview"


def app_documents(recording: Recording, app_id: str, asset: str, title: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """``app.json`` and its one page, valid for ``schemas`` AppDocument and PageDocument."""
    columns = recording.columns
    numbers = [column for column in columns if column.type is not ColumnType.STRING]
    elements: dict[str, Any] = {}
    items: dict[str, Any] = {}

    def add(key: str, kind: str, props: dict[str, Any], bind: dict[str, Any], place: tuple[int, int, int, int]) -> None:
        element = _element_id(app_id, key)
        elements[element] = {
            "type": kind, "props_version": 1, "parent": None, "props": props, "bind": bind,
            "inputs": {}, "events": {}, "access": {},
        }  # fmt: skip
        items[element] = dict(zip("xywh", place, strict=True))

    tiles = numbers[:TILES_MAX]
    for index, column in enumerate(tiles):
        props = {"title": _text(column.label), "show_spark": True}
        place = (index % 4 * 3, index // 4 * 3, 3, 3)
        add(f"tile {column.name}", "value", props, {"/value": _binding("tag", asset, role_of(column.name))}, place)
    top = (len(tiles) + 3) // 4 * 3
    groups = _groups(numbers)[:TRENDS_MAX]
    for index, group in enumerate(groups):
        bind = {f"/series/{i}": _binding("history", asset, role_of(column.name)) for i, column in enumerate(group)}
        place = (index % 2 * 6, top + index // 2 * 6, 6, 6)
        names = ", ".join(column.label for column in group)
        add(f"trend {group[0].name}", "trend", {"title": _text(names[:80])}, bind, place)
    top += (len(groups) + 1) // 2 * 6
    add("table", "tag_table", {"title": _text(title)}, {"/tags": _binding("tag", asset, "*")}, (0, top, 12, 10))
    page = {
        "format": 1, "id": PAGE, "title": _text(title), "archetype": "workspace", "range": {"default": "10m"},
        "params": {}, "elements": elements, "layout": {"lg": {"kind": "grid", "items": items}},
    }  # fmt: skip
    return _app(app_id, title, columns, elements), page


def write_app(folder: Path, app: dict[str, Any], page: dict[str, Any]) -> None:
    """Write the documents as ``app.json`` and ``pages/<id>.json``."""
    write_json_atomic(folder / "app.json", app)
    write_json_atomic(folder / "pages" / f"{page['id']}.json", page)


def _app(app_id: str, title: str, columns: Sequence[Column], elements: dict[str, Any]) -> dict[str, Any]:
    kinds = {ColumnType.FLOAT: "f", ColumnType.INT: "i", ColumnType.BOOL: "b", ColumnType.STRING: "s"}
    return {
        "format": 1,
        "id": app_id,
        "version": "1.0.0",
        "name": _text(title),
        "icon": "trend",
        "requires": {element["type"]: 1 for element in elements.values()},
        "roles": [
            {"role": role_of(column.name), "kind": kinds[column.type], "unit": column.unit, "required": False}
            for column in columns[:500]
        ],
        "nav": [{"page": PAGE, "label": {"en": "Overview", "zh-CN": "总览"}, "icon": "gauge"}],
        "home": PAGE,
        "params": {},
    }


def _text(text: str) -> dict[str, str]:
    return {"en": text, "zh-CN": text}


def _binding(source: str, asset: str, role: str) -> dict[str, Any]:
    return {"source": source, "asset": asset, "role": role, "transforms": []}


def _element_id(app_id: str, key: str) -> str:
    """The same for the same file each time, so that a second release is a small difference."""
    digest = hashlib.sha256(f"{app_id}/{key}".encode()).digest()
    return "el_" + base64.b32encode(digest).decode("ascii").lower()[:8]


def _groups(columns: Sequence[Column]) -> list[list[Column]]:
    """Signals that can share an axis: of one unit when they have units, else of one size."""
    groups: list[tuple[str, float, list[Column]]] = []
    for column in columns:
        finite = column.values[np.isfinite(column.values)] if column.type is ColumnType.FLOAT else column.values
        size = float(np.abs(finite).max()) if len(finite) else 0.0
        for unit, other, group in groups:
            alike = other / 3 <= size <= other * 3 if other else size == other
            if unit == column.unit and alike and len(group) < SERIES_MAX:
                group.append(column)
                break
        else:
            groups.append((column.unit, size, [column]))
    return [group for _, _, group in groups]
