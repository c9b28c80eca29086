"""Rules for `props`: the closed subset of JSON Schema, the closed vocabulary `x-ui`, defaults that are valid."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from platform_core.component_lint.closed import DEPTH_MAX, REFERENCES, BoundedValidator
from platform_core.component_lint.places import escaped, wrong
from platform_core.component_lint.texts import text_problems
from schemas.component_schema import (
    CONDITION_TESTS,
    KEYWORDS,
    TYPES,
    TYPES_URI,
    UI_GROUPS,
    UI_KEYS,
    UI_LEVELS,
    UI_WIDGETS,
)
from schemas.errors import Problem

KINDS = {"object", "array", "string", "number", "integer", "boolean"}
REGISTRY: Registry[Any] = Registry().with_resource(TYPES_URI, DRAFT202012.create_resource(TYPES))


def validator(schema: dict[str, Any]) -> Draft202012Validator:
    """Checks values against a schema of the subset."""
    made: Draft202012Validator = BoundedValidator(schema, registry=REGISTRY)
    return made


def props_problems(manifest: dict[str, Any]) -> Iterator[Problem]:
    """Everything wrong with the schema of the properties."""
    schema = manifest.get("props")
    if not isinstance(schema, dict):
        return
    if schema.get("type") != "object" or schema.get("additionalProperties") is not False:
        yield wrong("props", "/props", "Props are an object that takes no other members.", _CLOSED)
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        path = "/props" + "".join(f"/{escaped(part)}" for part in error.absolute_path)
        yield wrong("schema", path, error.message[:200])
        return
    yield from _schema(schema, "/props", manifest, 0, schema)


_CLOSED = 'Give it "type": "object" and "additionalProperties": false.'


def _schema(
    schema: dict[str, Any], path: str, manifest: dict[str, Any], depth: int, holder: dict[str, Any]
) -> Iterator[Problem]:
    """A schema and what is in it; `holder` is the object it belongs to, whose members its conditions name."""
    if depth > DEPTH_MAX:
        yield wrong("schema_depth", path, f"Nested deeper than {DEPTH_MAX}.")
        return
    for key in sorted(set(schema) - KEYWORDS):
        yield wrong(
            "keyword", f"{path}/{escaped(key)}", f"{key} is not part of the schema subset.", "See the reference."
        )
    kind, reference = schema.get("type"), schema.get("$ref")
    if reference is not None and reference not in REFERENCES:
        names = ", ".join(sorted(name.rsplit("/", 1)[-1] for name in REFERENCES))
        yield wrong("reference", f"{path}/$ref", f"There is no type {reference}.", f"One of {names}.")
    if kind is not None and (not isinstance(kind, str) or kind not in KINDS):
        yield wrong("type", f"{path}/type", "A property has one type.", f"One of {', '.join(sorted(KINDS))}.")
    if not {"type", "$ref", "enum", "const", "oneOf"} & set(schema):
        yield wrong("type", path, "No type is given.", "Give it type, $ref, enum, const or oneOf.")
    yield from _default(schema, path)
    yield from _ui(schema, path, manifest, holder)
    yield from _parts(schema, path, manifest, depth, holder)


def _parts(
    schema: dict[str, Any], path: str, manifest: dict[str, Any], depth: int, holder: dict[str, Any]
) -> Iterator[Problem]:
    for name, part in schema.get("properties", {}).items():
        place = f"{path}/properties/{escaped(name)}"
        if not isinstance(part, dict):
            continue
        if not (isinstance(part.get("x-ui"), dict) and "label" in part["x-ui"]) and "const" not in part:
            yield wrong("label", f"{place}/x-ui/label", f"{name} has no label.", "The inspector shows nothing else.")
        if depth == 0 and not part.get("description"):
            yield wrong("description", f"{place}/description", f"{name} has no description.")
        yield from _schema(part, place, manifest, depth + 1, schema)
    items = schema.get("items")
    if isinstance(items, dict):
        yield from _schema(items, f"{path}/items", manifest, depth + 1, holder)
    if schema.get("type") == "array" and "maxItems" not in schema:
        yield wrong("list_limit", path, "A list needs maxItems.")
    choices = schema.get("oneOf")
    if isinstance(choices, list):
        key = schema.get("x-discriminator")
        for index, choice in enumerate(choices):
            const = choice.get("properties", {}).get(key, {}) if isinstance(choice, dict) else {}
            if "const" not in const:
                hint = "Name a property in x-discriminator that is a const in every choice."
                yield wrong("discriminator", f"{path}/oneOf/{index}", "The choices cannot be told apart.", hint)
            yield from _schema(choice, f"{path}/oneOf/{index}", manifest, depth + 1, holder)


def _default(schema: dict[str, Any], path: str) -> Iterator[Problem]:
    if "default" not in schema:
        return
    for error in validator(schema).iter_errors(schema["default"]):
        yield wrong("default", f"{path}/default", error.message[:200])


def _ui(schema: dict[str, Any], path: str, manifest: dict[str, Any], holder: dict[str, Any]) -> Iterator[Problem]:
    ui, where = schema.get("x-ui"), f"{path}/x-ui"
    if ui is None:
        if "enum" in schema and "/items" not in path.rsplit("/properties/", 1)[-1]:
            yield wrong("options", f"{where}/options", "The members of enum have no labels.")
        return
    if not isinstance(ui, dict):
        yield wrong("ui", where, "x-ui is an object.")
        return
    for key in sorted(set(ui) - UI_KEYS):
        yield wrong(
            "ui", f"{where}/{escaped(key)}", f"{key} is not part of x-ui.", f"One of {', '.join(sorted(UI_KEYS))}."
        )
    for key, allowed in (("level", UI_LEVELS), ("group", UI_GROUPS), ("widget", sorted(UI_WIDGETS))):
        if key in ui and ui[key] not in allowed:
            yield wrong("ui", f"{where}/{key}", f"{ui[key]!r} is not a {key}.", f"One of {', '.join(allowed)}.")
    for key in ("label", "help", "placeholder"):
        if key in ui:
            yield from text_problems(ui[key], f"{where}/{key}")
    if "unit_of" in ui and ui["unit_of"] not in manifest.get("inputs", {}):
        yield wrong("ui", f"{where}/unit_of", f"There is no input {ui['unit_of']}.")
    yield from _options(schema, ui, where)
    for key in ("visible_when", "enabled_when"):
        if key in ui:
            yield from _condition(ui[key], f"{where}/{key}", holder)


def _options(schema: dict[str, Any], ui: dict[str, Any], where: str) -> Iterator[Problem]:
    members = schema.get("enum")
    if members is None and isinstance(schema.get("items"), dict):
        members = schema["items"].get("enum")
    options = ui.get("options", {})
    for member in members or ():
        if str(member) not in options:
            yield wrong("options", f"{where}/options/{escaped(member)}", f"{member!r} has no label.")
    for member, text in options.items():
        if members is None or member not in {str(known) for known in members}:
            yield wrong("options", f"{where}/options/{escaped(member)}", f"{member!r} is not in enum.")
        yield from text_problems(text, f"{where}/options/{escaped(member)}")


def _condition(condition: Any, where: str, props: dict[str, Any]) -> Iterator[Problem]:
    if not isinstance(condition, dict) or "prop" not in condition:
        yield wrong("condition", where, "A condition names a property in prop.")
        return
    tests = set(condition) - {"prop"}
    if len(tests) != 1 or not tests <= CONDITION_TESTS:
        yield wrong("condition", where, "A condition has one test.", f"One of {', '.join(sorted(CONDITION_TESTS))}.")
    node: Any = props
    for part in str(condition["prop"]).split("/")[1:]:
        node = node.get("properties", {}).get(part) if isinstance(node, dict) else None
    if not str(condition["prop"]).startswith("/") or node is None:
        yield wrong("condition", f"{where}/prop", f"There is no property {condition['prop']}.")
