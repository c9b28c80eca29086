"""An app with a block in three places and a drawing, made through the API: what tests of the designer begin with."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

APP = "cells"
CELLS = [f"el_cell{letter * 4}" for letter in "abc"]
PUMP, VALVE, TANK, BUTTON = "el_pumpaaaa", "el_valveaaa", "el_vesselaa", "el_buttonaa"
PRESSED = "Flushed"
INNER, ADDED = "el_inneraaa", "el_addedaaa"
PUT = """async ([path, body, fresh]) => {
  const token = decodeURIComponent(/interlock[_-]csrf=([^;]*)/i.exec(document.cookie)[1]);
  const headers = { "Content-Type": "application/json", "X-Interlock-CSRF": token };
  if (fresh === true) headers["If-None-Match"] = "*";
  if (fresh === false) headers["If-Match"] = (await fetch("/api/v1" + path)).headers.get("ETag");
  const method = fresh === null ? "POST" : "PUT";
  const answer = await fetch("/api/v1" + path, { method, headers, body: JSON.stringify(body) });
  return [answer.status, await answer.text()];
}"""


def send(page: Page, path: str, body: dict[str, Any], fresh: bool | None) -> None:
    """Write a document as the designer does; `fresh` None: a request that makes something."""
    status, text = page.evaluate(PUT, [path, body, fresh])
    assert status < 300, f"{path}: {status} {text}"


def block(version: int) -> dict[str, Any]:
    """A machine's speed under a title; version 2 shows its temperature as well and has its title no longer set."""
    asset = {"param": "machine"}
    value = {"type": "value", "props_version": 1, "parent": None}
    elements: dict[str, Any] = {
        INNER: {**value, "bind": {"/value": {"source": "tag", "asset": asset, "role": "speed"}}},
    }
    items = {INNER: {"x": 0, "y": 0, "w": 12, "h": 2}}
    params: dict[str, Any] = {"machine": {"type": "asset", "label": {"en": "Machine", "zh-CN": "设备"}}}
    if version == 1:
        elements[INNER]["bind"]["/title"] = {"source": "param", "param": "title"}
        params["title"] = {"type": "text", "label": {"en": "Title", "zh-CN": "标题"}}
    else:
        elements[ADDED] = {**value, "bind": {"/value": {"source": "tag", "asset": asset, "role": "temperature"}}}
        items[ADDED] = {"x": 0, "y": 2, "w": 12, "h": 2}
        params["shift"] = {"type": "text", "label": {"en": "Shift", "zh-CN": "班次"}, "default": "early"}
    return {
        "format": 1,
        "id": "cell",
        "version": version,
        "name": {"en": "Cell", "zh-CN": "单元"},
        "note": "Temperature below the speed" if version > 1 else "",
        "params": params,
        "size": {"grid": {"w": 4, "h": 4}, "compact": {"span": 2, "h": 4}},
        "elements": elements,
        "layout": {"kind": "grid", "items": items},
    }


def overview() -> dict[str, Any]:
    """A page with the block in three places, in version 1."""
    elements = {
        name: {
            "type": "composite.cell",
            "props_version": 1,
            "parent": None,
            "props": {"machine": f"press_{number}", "title": f"Press {number}"},
        }
        for number, name in enumerate(CELLS, start=1)
    }
    items = {name: {"x": 4 * number, "y": 0, "w": 4, "h": 4} for number, name in enumerate(CELLS)}
    return {
        "format": 1,
        "id": "main",
        "title": {"en": "Overview", "zh-CN": "总览"},
        "elements": elements,
        "layout": {"lg": {"kind": "grid", "items": items}},
    }


def drawing() -> dict[str, Any]:
    """A free page with three symbols and a button that says it was pressed."""
    state = {"source": "tag", "asset": "press_1", "role": "state"}
    symbol = {"props_version": 1, "parent": None}
    press = {"action": "message", "text": {"en": PRESSED, "zh-CN": PRESSED}}
    elements = {
        PUMP: {**symbol, "type": "pump", "bind": {"/state": state}},
        VALVE: {**symbol, "type": "valve"},
        TANK: {**symbol, "type": "vessel"},
        BUTTON: {
            **symbol,
            "type": "button",
            "props": {"label": {"en": "Flush", "zh-CN": "冲洗"}},
            "events": {"press": [press]},
        },
    }
    items = {
        PUMP: {"x": 150, "y": 300, "w": 96, "h": 132},
        VALVE: {"x": 520, "y": 300, "w": 96, "h": 132},
        TANK: {"x": 850, "y": 180, "w": 160, "h": 260},
        BUTTON: {"x": 500, "y": 560, "w": 160, "h": 64},
    }
    return {
        "format": 1,
        "id": "drawing",
        "title": {"en": "Drawing", "zh-CN": "流程图"},
        "elements": elements,
        "layout": {"lg": {"kind": "free", "width": 1200, "height": 700, "items": items}},
    }


def make(page: Page) -> None:
    """Make the app as the signed-in builder."""
    send(page, "/apps", {"id": APP, "name": {"en": "Cells", "zh-CN": "单元"}}, None)
    files = f"/apps/{APP}/draft/files"
    send(page, f"{files}/blocks/cell.1.json", block(1), True)
    send(page, f"{files}/pages/main.json", overview(), False)
    send(page, f"{files}/pages/drawing.json", drawing(), True)
    labels = {"main": {"en": "Overview", "zh-CN": "总览"}, "drawing": {"en": "Drawing", "zh-CN": "流程图"}}
    app = {
        "format": 1,
        "id": APP,
        "version": "0.1.0",
        "name": {"en": "Cells", "zh-CN": "单元"},
        "home": "main",
        "nav": [{"page": name, "label": label, "icon": ""} for name, label in labels.items()],
        "requires": {"button": 1, "pipe": 1, "pump": 1, "value": 1, "valve": 1, "vessel": 1},
        "roles": [{"role": role, "kind": kind} for role, kind in ROLES.items()],
    }
    send(page, f"{files}/app.json", app, False)


ROLES = {"speed": "number", "state": "any", "temperature": "number"}
