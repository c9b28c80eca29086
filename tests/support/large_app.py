"""A large app as a customer might build it over years: pages of many elements, each with its own texts and signals."""

from __future__ import annotations

from typing import Any

ROLES = ("speed", "temperature", "force", "state", "energy")
MACHINES = 40
#: Kinds in the order in which a page repeats them; every 20 elements the same mix.
KINDS = (
    "value", "gauge", "bar", "tank", "value", "state_tile", "text", "button", "value", "trend",
    "value", "gauge", "bar", "formula", "value", "state_tile", "number_field", "button", "card", "inside",
)  # fmt: skip


def large_app(pages: int = 200, elements: int = 500) -> dict[str, Any]:
    """Files by path: right in every way, as the designer saves them."""
    names = [f"page_{number:03}" for number in range(pages)]
    machine = {"type": "asset", "label": _text("Machine"), "default": "press_1"}
    app = {
        "format": 1,
        "id": "large",
        "version": "1.0.0",
        "name": _text("Large"),
        "home": names[0],
        "nav": [{"page": name, "label": _text(name), "icon": ""} for name in names[:100]],
        "roles": [{"role": role, "kind": "any"} for role in ROLES],
        "params": {"machine": machine},
        "state": {"mode": {"type": "text", "default": "run"}},
    }
    files: dict[str, Any] = {"app.json": app}
    for number, name in enumerate(names):
        files[f"pages/{name}.json"] = _page(number, name, elements, names)
    return files


def _text(english: str) -> dict[str, str]:
    return {"en": english, "zh-CN": f"{english} 文字"}


def _id(page: int, index: int) -> str:
    """Letters that an element's id may have, in order."""
    letters = "abcdefghijklmnopqrstuvwxyz234567"
    number, made = page * 10_000 + index, ""
    while len(made) < 8:
        number, rest = divmod(number, len(letters))
        made = letters[rest] + made
    return f"el_{made}"


def _page(number: int, name: str, count: int, names: list[str]) -> dict[str, Any]:
    elements: dict[str, Any] = {}
    items: dict[str, Any] = {}
    slots: dict[str, Any] = {}
    for index in range(count):
        element_id = _id(number, index)
        kind = KINDS[index % len(KINDS)]
        elements[element_id] = _element(kind, number, index, names)
        place = {"x": index % 6 * 2, "y": index // 6 * 3, "w": 2, "h": 3}
        if kind == "inside":
            holder = _id(number, index - 1)
            elements[element_id]["parent"] = {"id": holder, "slot": "body"}
            slots[f"{holder}/body"] = {"kind": "grid", "items": {element_id: {**place, "x": 0, "y": 0}}}
        else:
            items[element_id] = place
    layout = {"lg": {"kind": "grid", "items": items, "slots": slots}}
    page = {"format": 1, "id": name, "title": _text(name), "elements": elements, "layout": layout}
    if number >= 100:
        page["parent"] = names[number - 100]
    return page


def _element(kind: str, page: int, index: int, names: list[str]) -> dict[str, Any]:
    title = _text(f"Element {page}/{index}")
    made: dict[str, Any] = {"access": {}, "bind": {}, "events": {}, "inputs": {}, "parent": None, "props_version": 1}
    signal = _signal(page, index)
    made["type"] = {"formula": "value", "inside": "value"}.get(kind, kind)
    made["props"] = {"title": title}
    if kind == "button":
        step = {
            "action": "navigate",
            "page": names[(page * 7 + index) % len(names)],
            "params": {"machine": f"press_{index % 9}"},
        }
        made["props"] = {"label": title}
        made["events"] = {"press": [step]}
    elif kind == "number_field":
        made["props"] = {"label": title, "min": 0, "max": 100 + index}
    elif kind == "text":
        made["props"] = {"text": title}
    elif kind == "trend":
        made["bind"] = {f"/series/{n}": {**_signal(page, index + n), "source": "history"} for n in range(3)}
    elif kind == "formula":
        formula = {"source": "expression", "text": f"a * {index} + b", "vars": {"a": signal, "b": _signal(page, 3)}}
        made["bind"] = {"/value": formula, "/@visible": {"source": "static", "value": True}}
    elif kind != "card":
        made["bind"] = {"/value": signal}
        if kind in ("gauge", "bar", "tank"):
            made["props"] |= {"min": 0, "max": 100 + index, "decimals": 1}
    return made


def _signal(page: int, index: int) -> dict[str, Any]:
    asset: Any = {"param": "machine"} if index % 7 == 0 else f"press_{(page * 31 + index) % MACHINES}"
    return {"source": "tag", "asset": asset, "role": ROLES[index % len(ROLES)], "transforms": []}
