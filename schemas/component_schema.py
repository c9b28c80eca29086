"""The closed subset of JSON Schema for `props`, the closed vocabulary `x-ui`, and the types manifests refer to.

Closed, so that one generated inspector, one validator in Python and one in the browser understand all of it: no free
`anyOf`, no `if`; conditions are data (`{"prop": "/mode", "equals": "auto"}`), never code.
"""

from __future__ import annotations

from typing import Any, Literal

TYPES_URI = "interlock:types"

#: JSON Schema keywords a manifest's `props` may use, beside `x-ui`.
KEYWORDS = frozenset(
    {
        "type", "properties", "required", "additionalProperties", "enum", "const", "default", "description", "minimum",
        "maximum", "multipleOf", "pattern", "format", "minLength", "maxLength", "items", "minItems", "maxItems",
        "uniqueItems", "$ref", "oneOf", "x-discriminator", "x-ui",
    }
)  # fmt: skip

#: Members of `x-ui`. `label` and `help` are texts by language; `options` gives the enum's members labels by language.
UI_KEYS = frozenset(
    {
        "label", "help", "group", "order", "level", "widget", "visible_when", "enabled_when", "unit_of", "bindable",
        "placeholder", "options",
    }
)  # fmt: skip
UI_LEVELS: tuple[Literal["basic", "advanced"], ...] = ("basic", "advanced")
UI_GROUPS = ("content", "scale", "look", "behaviour", "data")
UI_WIDGETS = frozenset(
    {"text", "multiline", "number", "slider", "switch", "select", "segmented", "color", "icon", "list", "bands",
     "options", "columns", "fields", "page", "asset", "asset_type", "role", "media", "markdown", "anchor"}
)  # fmt: skip
#: A condition: `prop` is a JSON pointer into the props; exactly one of the tests.
CONDITION_TESTS = frozenset({"equals", "in", "not_empty"})

_TEXT: dict[str, Any] = {"type": "string", "maxLength": 2000}
_LOCAL: dict[str, Any] = {"anyOf": [_TEXT, {"type": "object", "maxProperties": 16, "additionalProperties": _TEXT}]}
_ID: dict[str, Any] = {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]{0,39}$"}
TONES = ("neutral", "running", "idle", "setup", "off", "stopped", "attention", "fault")
_TONE: dict[str, Any] = {"enum": list(TONES)}
_SCALAR: dict[str, Any] = {"type": ["string", "number", "boolean", "null"]}

#: Types that manifests refer to as `interlock:types#/<name>`; the inspector has a widget for each.
TYPES: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": TYPES_URI,
    "text": _LOCAL,
    "color": {"type": "string", "pattern": "^[a-z][a-z0-9_-]{0,39}$"},
    "tone": _TONE,
    "icon": {"type": "string", "maxLength": 60},
    "page": _ID,
    "asset": _ID,
    "asset_type": _ID,
    "role": _ID,
    "media": {"type": "string", "pattern": "^[0-9a-f]{64}\\.(svg|png|jpg|webp)$"},
    "scalar": _SCALAR,
    "band": {
        "type": "object",
        "additionalProperties": False,
        "required": ["to", "tone"],
        "properties": {"to": {"type": "number"}, "tone": _TONE, "label": _LOCAL},
    },
    "option": {
        "type": "object",
        "additionalProperties": False,
        "required": ["value", "label"],
        "properties": {
            "value": _SCALAR,
            "label": _LOCAL,
            "icon": {"type": "string", "maxLength": 60},
            "tone": _TONE,
            "parent": _SCALAR,
        },
    },
    "column": {
        "type": "object",
        "additionalProperties": False,
        "required": ["field"],
        "properties": {
            "field": {"type": "string", "maxLength": 80},
            "label": _LOCAL,
            "width": {"type": "integer", "minimum": 1, "maximum": 12},
            "align": {"enum": ["start", "end"]},
        },
    },
}
