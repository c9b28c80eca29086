"""A small app that is right in every way, and the components it is made of: tests break one thing at a time."""

import copy

from platform_core.services.component_catalog import ComponentCatalog
from platform_core.services.documents.check import Surroundings, check_files
from schemas.models.component import ComponentManifest

TEXT = {"en": "Text", "zh-CN": "文字"}
GAUGE, BUTTON, CARD, INSIDE, BLOCK = "el_aaaaaaaa", "el_bbbbbbbb", "el_cccccccc", "el_dddddddd", "el_eeeeeeee"
PICTURE = "ab" * 32 + ".png"


def manifest(name, **changes):
    made = {
        "format": 1,
        "id": name,
        "version": "1.0.0",
        "props_version": 1,
        "kind": "visual",
        "status": {"stage": "stable"},
        "meta": {"name": {"en": name.title(), "zh-CN": name}, "summary": TEXT, "category": "display/value"},
        "props": {
            "type": "object",
            "additionalProperties": False,
            "required": ["max"],
            "properties": {
                "max": {"type": "number", "minimum": 0},
                "title": {"$ref": "interlock:types#/text"},
                "tone": {"$ref": "interlock:types#/tone"},
                "picture": {"$ref": "interlock:types#/media"},
                "place": {"$ref": "interlock:types#/asset"},
                "scale": {"type": "object", "properties": {"low": {"type": "number"}}},
            },
        },
        "inputs": {
            "value": {
                "label": TEXT,
                "type": "number",
                "shape": "scalar",
                "required": True,
                "from": ["tag", "static", "param", "state", "expression", "history", "user"],
                "description": "v",
            },
            "more": {
                "label": TEXT,
                "type": "number",
                "shape": "scalar",
                "many": True,
                "items_max": 2,
                "from": ["tag", "output", "record"],
                "description": "v",
            },
        },
        "writes": {"target": {"label": TEXT, "type": "number", "description": "w"}},
        "outputs": {"picked": {"label": TEXT, "type": "number", "description": "o"}},
        "events": {"press": {"label": TEXT, "payload": {"value": "number"}, "description": "e"}},
        "methods": {"clear": {"label": TEXT, "description": "m"}},
        "layout": {"grid": {"w": 3, "h": 3}, "compact": {"span": 1, "h": 3}},
        "a11y": {"role": "group", "name": "title", "text": "{value}"},
        "examples": [{"name": {"en": "One"}}],
    }
    return ComponentManifest.model_validate({**made, **changes})


def catalog(**gauge):
    slots = {
        "content": {"label": TEXT, "items_max": 1, "allow": ["display/value"], "description": "s"},
        "tab": {"label": TEXT, "repeats": "tabs", "provides": {"row": "string"}, "description": "s"},
    }
    return ComponentCatalog([manifest("gauge", **gauge), manifest("card", inputs={}, slots=slots, kind="container")])


def tag(asset="press_1", role="temperature", **more):
    return {"source": "tag", "asset": asset, "role": role, **more}


def element(kind="gauge", **changes):
    bind = {"/value": tag()} if kind == "gauge" else {}
    return {"type": kind, "props_version": 1, "props": {"max": 10}, "bind": bind, **changes}


def _main():
    steps = [
        {"action": "set_state", "name": "mode", "value": {"source": "static", "value": "run"}},
        {"action": "navigate", "page": "detail", "params": {"machine": "press_1"}},
    ]
    return {
        "format": 1,
        "id": "main",
        "title": TEXT,
        "state": {"mode": {"type": "text", "default": "idle"}},
        "elements": {
            GAUGE: element(),
            BUTTON: element(events={"press": steps}),
            CARD: element("card"),
            INSIDE: element(parent={"id": CARD, "slot": "content"}),
            BLOCK: {"type": "composite.machine", "props_version": 1, "props": {"machine": "press_1"}},
        },
        "layout": {
            "lg": {
                "kind": "grid",
                "items": {
                    GAUGE: {"x": 0, "y": 0, "w": 3, "h": 3},
                    BUTTON: {"x": 3, "y": 0, "w": 3, "h": 3},
                    CARD: {"x": 6, "y": 0, "w": 3, "h": 3},
                    BLOCK: {"x": 9, "y": 0, "w": 3, "h": 3},
                },
                "slots": {
                    f"{CARD}/content": {"kind": "grid", "items": {INSIDE: {"x": 0, "y": 0, "w": 12, "h": 3}}},
                },
            }
        },
    }


def _detail():
    return {
        "format": 1,
        "id": "detail",
        "title": TEXT,
        "params": {"machine": {"type": "asset", "default": "press_1"}},
        "elements": {GAUGE: element(bind={"/value": tag({"param": "machine"})})},
        "layout": {"lg": {"kind": "grid", "items": {GAUGE: {"x": 0, "y": 0, "w": 3, "h": 3}}}},
    }


def _block():
    return {
        "format": 1,
        "id": "machine",
        "version": 1,
        "name": TEXT,
        "params": {"machine": {"type": "asset", "label": TEXT}, "limit": {"type": "number", "label": TEXT}},
        "size": {"grid": {"w": 3, "h": 3}, "compact": {"span": 1, "h": 3}},
        "elements": {GAUGE: element(bind={"/value": tag({"param": "machine"})})},
        "layout": {"kind": "grid", "items": {GAUGE: {"x": 0, "y": 0, "w": 12, "h": 3}}},
    }


def _test():
    return {
        "format": 1,
        "id": "shows",
        "name": "The gauge shows the temperature",
        "page": "main",
        "given": [{"asset": "press_1", "role": "temperature", "v": 21.5}],
        "expect": [{"kind": "input", "element": GAUGE, "name": "value", "v": 21.5, "q": "good"}],
    }


def app():
    """The files of an app without any finding, but for the plant."""
    made = {
        "app.json": {
            "format": 1,
            "id": "line",
            "version": "1.0.0",
            "name": TEXT,
            "home": "main",
            "roles": [{"role": "temperature", "kind": "f"}],
            "nav": [{"page": "main", "label": TEXT}],
        },
        "pages/main.json": _main(),
        "pages/detail.json": _detail(),
        "blocks/machine.1.json": _block(),
        "tests/shows.json": _test(),
    }
    return copy.deepcopy(made)  # nothing is shared, so that a test may change anything


def changed(path, value, files=None):
    """The app with one member set (or removed: ...); ``path`` is a list of keys, the first the file."""
    files = copy.deepcopy(files or app())
    node = files
    for key in path[:-1]:
        node = node[key]
    if value is ...:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    return files


def codes(files, components=None, **around):
    found = check_files(files, Surroundings(components or catalog(), **around), "line")
    return {one.code for one in found}
