"""What of a schema may run at all: the closed subset, position by position, and patterns that cannot take long.

A schema of another maker is checked by this before anything looks into it: no reference but to the known types, no
sub-schema where none belongs, no pattern whose cost grows faster than the square of a short text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from platform_core.component_lint.places import escaped, wrong
from schemas.component_schema import KEYWORDS, TYPES, TYPES_URI
from schemas.errors import Problem

REFERENCES = {f"{TYPES_URI}#/{name}" for name in TYPES if not name.startswith("$")}
DEPTH_MAX = 8
NODES_MAX = 1000
CHOICES_MAX = 20
ENUM_MAX = 200
PATTERN_LENGTH_MAX = 200
#: Texts longer than this never fit a pattern; it is not run on them.
PATTERN_TEXT_MAX = 1000
#: Lists longer than this are never unique; they are not compared.
UNIQUE_ITEMS_MAX = 1000
_REPEATS_MAX = 2
_GROUPS_MAX = 2
_FIXED_REPEAT_MAX = 1000
_SIMPLE = re.compile(
    r"""\^(?:
        (?P<atom>\[(?:\\.|[^\]\\\[])+\]|\\[dDwWsS.\-+*?^$|(){}\[\]/\\]|[^\\^$*+?{}()\[\]|.]|\.)
        (?P<repeat>[*+?]|\{\d{1,4}(?:,\d{0,4})?\})?
        |\((?:\?:)?[^()*+?{}\\\[\]]*\)\??
    )*\$""",
    re.X,
)
_REPEAT = re.compile(r"(?<!\\)(?:[*+?]|\{(\d{1,4})(,)?(\d{0,4})?\})")


def closed_problems(schema: Any, path: str) -> Iterator[Problem]:
    """Everything in a schema that is outside of the closed subset; nothing of it is run."""
    left = [NODES_MAX]
    yield from _closed(schema, path, 0, left)


def _closed(schema: Any, path: str, depth: int, left: list[int]) -> Iterator[Problem]:
    left[0] -= 1
    if depth > DEPTH_MAX or left[0] < 0:
        message = f"Nested deeper than {DEPTH_MAX}." if depth > DEPTH_MAX else f"More than {NODES_MAX} parts."
        yield wrong("schema_depth", path, message)
        return
    if not isinstance(schema, dict):
        yield wrong("schema", path, "A schema is an object.")
        return
    for key in sorted(set(schema) - KEYWORDS):
        yield wrong("keyword", f"{path}/{escaped(key)}", f"{key} is not part of the schema subset.")
    reference = schema.get("$ref")
    if "$ref" in schema and (not isinstance(reference, str) or reference not in REFERENCES):
        yield wrong("reference", f"{path}/$ref", f"There is no type {str(reference)[:80]}.")
    if "additionalProperties" in schema and not isinstance(schema["additionalProperties"], bool):
        yield wrong("schema", f"{path}/additionalProperties", "additionalProperties is true or false.")
    if "pattern" in schema and not is_quick(schema["pattern"]):
        yield wrong("pattern", f"{path}/pattern", "This pattern could take long.", _PATTERN_HINT)
    if len(schema.get("enum") or ()) > ENUM_MAX:
        yield wrong("schema", f"{path}/enum", f"At most {ENUM_MAX} members.")
    for where, part in _parts(schema, path):
        yield from _closed(part, where, depth + 1, left)


_PATTERN_HINT = "^…$ of characters and classes, at most two of them with * + ? or {m,n}; alternatives without any."


def _parts(schema: Mapping[str, Any], path: str) -> Iterator[tuple[str, Any]]:
    properties = schema.get("properties", {})
    if not isinstance(properties, dict):
        yield f"{path}/properties", None
    else:
        yield from ((f"{path}/properties/{escaped(name)}", part) for name, part in properties.items())
    if "items" in schema:
        yield f"{path}/items", schema["items"]
    choices = schema.get("oneOf", [])
    if not isinstance(choices, list) or len(choices) > CHOICES_MAX:
        yield f"{path}/oneOf", None
    else:
        yield from ((f"{path}/oneOf/{number}", choice) for number, choice in enumerate(choices))


def is_quick(pattern: Any) -> bool:
    """Whether a pattern is simple enough that a short text is matched at once, whatever the text."""
    if not isinstance(pattern, str) or len(pattern) > PATTERN_LENGTH_MAX or _SIMPLE.fullmatch(pattern) is None:
        return False
    variable = 0
    bare = re.sub(r"\\.|\[(?:\\.|[^\]\\\[])+\]", "x", pattern)
    for found in _REPEAT.finditer(bare):
        least, comma, most = found.groups()
        if least is None or comma:
            variable += 1
        if int(most or least or 0) > _FIXED_REPEAT_MAX:
            return False
    try:
        re.compile(pattern)
    except (re.error, OverflowError):
        return False
    return variable <= _REPEATS_MAX and bare.count("(") <= _GROUPS_MAX


def _pattern(_validator: Any, pattern: str, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    if isinstance(instance, str) and (len(instance) > PATTERN_TEXT_MAX or not re.search(pattern, instance)):
        yield ValidationError(f"{instance[:80]!r} does not match {pattern!r}")


def _unique(validator: Any, wanted: bool, instance: Any, schema: Any) -> Iterator[ValidationError]:
    if wanted and isinstance(instance, list) and len(instance) > UNIQUE_ITEMS_MAX:
        yield ValidationError(f"more than {UNIQUE_ITEMS_MAX} members are not compared")
        return
    yield from Draft202012Validator.VALIDATORS["uniqueItems"](validator, wanted, instance, schema) or ()


#: JSON Schema as far as manifests use it; what costs more than its text is worth is bounded.
BoundedValidator = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator, {"pattern": _pattern, "uniqueItems": _unique}
)
