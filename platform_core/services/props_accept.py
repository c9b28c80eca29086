"""Properties that are right are told at once: a schema as plain functions, without the words a refusal needs.

Says yes only where the full validator finds nothing. A no may be too strict: the caller then asks the validator, which
also tells what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from platform_core.component_lint.closed import PATTERN_TEXT_MAX
from schemas.component_schema import TYPES, TYPES_URI

Accepts = Callable[[Any], bool]


class _Made(NamedTuple):
    """``is_exact``: also its no is what the validator says."""

    accepts: Accepts
    is_exact: bool


_SAYS_NOTHING = frozenset({"default", "description", "title", "format", "x-ui", "x-discriminator", "$schema", "$id"})
_OBJECT_WORDS = frozenset({"properties", "required", "additionalProperties", "maxProperties"})
_NEVER = _Made(lambda _: False, False)


def accepts(schema: Mapping[str, Any]) -> Accepts:
    """A function that is true for properties in which the validator of this schema finds nothing."""
    return _compiled(schema).accepts


def _compiled(schema: Any) -> _Made:
    if schema is True:
        return _Made(lambda _: True, True)
    if not isinstance(schema, Mapping):
        return _NEVER
    parts: list[_Made] = []
    for word, value in schema.items():
        if word in _SAYS_NOTHING or word in _OBJECT_WORDS:
            continue
        made = _MAKERS.get(word)
        if made is None:
            return _NEVER
        parts.append(made(value))
    if _OBJECT_WORDS & set(schema):
        parts.append(_object(schema))
    return _all(parts)


def _all(parts: list[_Made]) -> _Made:
    exact = all(part.is_exact for part in parts)
    tests = [part.accepts for part in parts]
    if len(tests) == 1:
        return _Made(tests[0], exact)
    if len(tests) == 2:
        first, second = tests
        return _Made(lambda value: first(value) and second(value), exact)
    return _Made(lambda value: all(test(value) for test in tests), exact)


def _object(schema: Mapping[str, Any]) -> _Made:
    compiled = {name: _compiled(inner) for name, inner in schema.get("properties", {}).items()}
    others = schema.get("additionalProperties", True)
    more = None if others is False else _compiled(others)
    inner = {name: made.accepts for name, made in compiled.items()}
    needed, most = frozenset(schema.get("required", ())), schema.get("maxProperties")
    other = None if more is None else more.accepts

    def test(value: Any) -> bool:
        if not isinstance(value, dict):
            return True
        for name, member in value.items():
            one = inner.get(name, other)
            if one is None or not one(member):
                return False
        return needed <= value.keys() and (most is None or len(value) <= most)

    exact = all(made.is_exact for made in compiled.values()) and (more is None or more.is_exact)
    return _Made(test, exact)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_TYPES: dict[str, Accepts] = {
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "number": _is_number,
    "integer": lambda value: _is_number(value) and (isinstance(value, int) or value.is_integer()),
}


def _type(names: Any) -> _Made:
    wanted = [names] if isinstance(names, str) else list(names)
    if not set(wanted) <= set(_TYPES):
        return _NEVER
    tests = [_TYPES[name] for name in wanted]
    return _Made(tests[0] if len(tests) == 1 else lambda value: any(test(value) for test in tests), True)


def _one_of_values(values: Any) -> _Made:
    if not all(value is None or isinstance(value, str | bool | int | float) for value in values):
        return _NEVER
    known = {(isinstance(value, bool), value) for value in values}

    def test(value: Any) -> bool:
        return (value is None or isinstance(value, str | int | float)) and (isinstance(value, bool), value) in known

    return _Made(test, True)


def _pattern(pattern: str) -> _Made:
    search = re.compile(pattern).search

    def test(value: Any) -> bool:
        return not isinstance(value, str) or (len(value) <= PATTERN_TEXT_MAX and search(value) is not None)

    return _Made(test, True)


def _multiple(of: Any) -> _Made:
    """Only whole numbers are judged here: what a fraction is a multiple of is the validator's to say."""

    def test(value: Any) -> bool:
        return not _is_number(value) or (isinstance(value, int) and isinstance(of, int) and value % of == 0)

    return _Made(test, False)


def _unique(wanted: Any) -> _Made:
    def test(value: Any) -> bool:
        if not wanted or not isinstance(value, list) or len(value) < 2:
            return True
        return all(isinstance(one, str) for one in value) and len(set(value)) == len(value)

    return _Made(test, False)


def _items(schema: Any) -> _Made:
    one = _compiled(schema)

    def test(value: Any) -> bool:
        return not isinstance(value, list) or all(one.accepts(item) for item in value)

    return _Made(test, one.is_exact)


def _reference(name: str) -> _Made:
    start, _, rest = name.partition("#/")
    return _compiled(TYPES[rest]) if start == TYPES_URI and rest in TYPES else _NEVER


def _any_of(schemas: Any) -> _Made:
    made = [_compiled(schema) for schema in schemas]
    tests = [one.accepts for one in made]
    return _Made(lambda value: any(test(value) for test in tests), all(one.is_exact for one in made))


def _one_of(schemas: Any) -> _Made:
    made = [_compiled(schema) for schema in schemas]
    if not all(one.is_exact for one in made):
        return _NEVER  # a branch that is too strict could hide that two fit
    tests = [one.accepts for one in made]
    return _Made(lambda value: sum(test(value) for test in tests) == 1, True)


def _text_length(compare: Callable[[int, int], bool]) -> Callable[[Any], _Made]:
    return lambda limit: _Made(lambda value: not isinstance(value, str) or compare(len(value), limit), True)


def _list_length(compare: Callable[[int, int], bool]) -> Callable[[Any], _Made]:
    return lambda limit: _Made(lambda value: not isinstance(value, list) or compare(len(value), limit), True)


_MAKERS: dict[str, Callable[[Any], _Made]] = {
    "type": _type,
    "enum": _one_of_values,
    "const": lambda value: _one_of_values([value]),
    "pattern": _pattern,
    "minimum": lambda least: _Made(lambda value: not _is_number(value) or value >= least, True),
    "maximum": lambda most: _Made(lambda value: not _is_number(value) or value <= most, True),
    "multipleOf": _multiple,
    "minLength": _text_length(lambda length, limit: length >= limit),
    "maxLength": _text_length(lambda length, limit: length <= limit),
    "minItems": _list_length(lambda length, limit: length >= limit),
    "maxItems": _list_length(lambda length, limit: length <= limit),
    "uniqueItems": _unique,
    "items": _items,
    "$ref": _reference,
    "anyOf": _any_of,
    "oneOf": _one_of,
}
