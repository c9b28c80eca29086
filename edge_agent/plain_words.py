"""pydantic's findings in the words of somebody who edits a file: what is wrong, what to write instead."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from edge_agent.yaml_lines import pointer
from schemas.errors import ConfigError, Problem

_TYPES = {
    "int_type": "a whole number", "int_parsing": "a whole number", "int_from_float": "a whole number",
    "float_type": "a number", "float_parsing": "a number", "string_type": "text",
    "bool_type": "true or false", "bool_parsing": "true or false", "dict_type": "a mapping (key: value)",
    "model_type": "a mapping (key: value)", "list_type": "a list", "tuple_type": "a list",
    "model_attributes_type": "a mapping (key: value)",
}  # fmt: skip
_PATTERNS = {
    "^[a-z0-9][a-z0-9_-]{0,39}$": (
        "is not an id", "Use lower-case letters, digits, _ and -, at most 40, beginning with a letter or digit."
    ),
    "^mqtts?://[^\\s/@]+(:[0-9]{1,5})?/?$": (
        "is not a broker address", "Write mqtt://host:1883, or mqtts://host:8883 with TLS; "
        "user and password have their own keys."
    ),
    r"^[^/+#\x00-\x1f]+$": ("has a character a tag name cannot have", "Leave out / + # and control characters."),
}  # fmt: skip


def counted(count: int, noun: str) -> str:
    """`1 tag`, `2 tags`."""
    return f"{count} {noun}{'' if count == 1 else 'es' if noun.endswith('s') else 's'}"


def suggestion(word: str, known: Iterable[str]) -> str:
    """`Did you mean 'x'?`, or the list of what is known when it is short."""
    choices = sorted(known)
    close = difflib.get_close_matches(word, choices, n=1, cutoff=0.6)
    if close:
        return f"Did you mean '{close[0]}'?"
    return f"Known: {', '.join(choices)}." if 0 < len(choices) <= 24 else ""


def near_word(hint: str) -> str:
    """The word or the list of words in a suggestion."""
    return hint.removeprefix("Did you mean '").removesuffix("'?").removeprefix("Known: ").removesuffix(".")


def problems_of(error: ValidationError, model: type[BaseModel], at: str) -> list[Problem]:
    """All findings of a validation, as problems with pointers below `at`."""
    return [_problem(item, model, at) for item in error.errors(include_url=False)]


def _problem(item: ErrorDetails, model: type[BaseModel], at: str) -> Problem:
    kind, location, given = item["type"], item["loc"], item.get("input")
    path = at
    for part in location:
        path = pointer(path, part)
    name = str(location[-1]) if location else "the document"
    context: dict[str, Any] = item.get("ctx", {})
    if kind == "extra_forbidden":
        owner = _model_at(model, location[:-1])
        known = owner.model_fields if owner else {}
        near = suggestion(name, known)
        return Problem(
            "config.unknown_key", path, f"there is no key '{name}' here", near,
            params={"name": name, "near": near_word(near)},
        )  # fmt: skip
    if kind == "missing":
        return Problem(
            "config.missing", path, f"'{name}' is missing", _describe(model, location), params={"name": name}
        )
    if kind == "literal_error":
        options = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ").split(", ")
        near = suggestion(str(given), options)
        return Problem(
            "config.choice", path, f"{given!r} is not a possible {name}", near,
            params={"given": _shown(given), "name": name, "near": near_word(near)},
        )  # fmt: skip
    if kind in _TYPES:
        return Problem(
            "config.type", path, f"{_shown(given)} is not {_TYPES[kind]}", _type_hint(kind, given),
            params={"given": _shown(given), "kind": _TYPES[kind]},
        )  # fmt: skip
    if kind == "string_pattern_mismatch":
        said, hint = _PATTERNS.get(str(context.get("pattern")), ("has a form that is not understood", ""))
        return Problem("config.form", path, f"{given!r} {said}", hint, params={"given": _shown(given), "name": name})
    if kind == "value_error":
        text = str(context.get("error", item["msg"]))
        return Problem("config.value", path, text, "", params={"why": text})
    message = item["msg"][0].lower() + item["msg"][1:]
    text = f"{_shown(given)}: {message}"
    return Problem("config.value", path, text, _describe(model, location), params={"why": text})


def _shown(given: object) -> str:
    text = repr(given)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _type_hint(kind: str, given: object) -> str:
    if kind == "string_type" and isinstance(given, (bool, int, float)):
        return "YAML takes this as a number or yes/no: put it in quotes."
    if kind in ("list_type", "tuple_type"):
        return "Begin each item with '- ', or write [a, b]."
    return ""


def invalid(problems: Sequence[Problem]) -> ConfigError:
    """The error for a configuration with these problems."""
    count = f"{len(problems)} problem{'s' if len(problems) != 1 else ''}"
    return ConfigError("config.invalid", f"the configuration has {count}", problems=problems)


def _describe(model: type[BaseModel], location: tuple[int | str, ...]) -> str:
    owner = _model_at(model, location[:-1])
    known = owner.model_fields.get(str(location[-1])) if owner and location else None
    return known.description or "" if known else ""


def _model_at(model: type[BaseModel], location: tuple[int | str, ...]) -> type[BaseModel] | None:
    """The model that a location within `model` belongs to."""
    here: type[BaseModel] | None = model
    for part in location:
        if isinstance(part, int) or here is None:
            continue
        field = here.model_fields.get(part)
        here = _model_in(field) if field else None
    return here


def _model_in(field: FieldInfo) -> type[BaseModel] | None:
    waiting: list[Any] = [field.annotation]
    while waiting:
        one = waiting.pop()
        if isinstance(one, type) and issubclass(one, BaseModel):
            return one
        waiting.extend(get_args(one))
    return None
