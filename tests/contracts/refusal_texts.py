"""What keeps the refusals of the screens in every language, as functions that can each be shown what breaks them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from string import Formatter
from typing import Any

from pydantic import BaseModel

from schemas.component_schema import KEYWORDS

ROOT = Path(__file__).resolve().parents[2]
Catalogue = Mapping[str, Mapping[str, list[str]]]
ERRORS = {"InterlockError", "ConfigError", "AuthError", "ConnectError", "PartialError", "WriteRejected", "Problem"}
MAKERS = {"refusal", "problem", "say"}
HAN = re.compile(r"[\u4e00-\u9fff]")
#: Modules whose errors no screen of apps, drafts, packages, publishers, blocks or the plant shows: folders of this
#: machine, and parts with screens, and sentences, of their own.
ELSEWHERE = re.compile(
    r"platform_core/(services/(install|app_presence|role_suggestions|tags|sites|manual_values|values|history|moments"
    r"|series|current_values|device_writes|health|gaps|preferences|enrolment|broker_users|remote_config|audit_log"
    r"|write|writability|visibility)[a-z_]*\.py"
    r"|api/(guard|errors|request_limit|web_files|sandbox_frame|openapi)\.py"
    r"|api/routes/(audit|auth|enrolment|health|live|moments|preferences|remote_config|sandbox|tags|values|web"
    r"|writes)[a-z_]*\.py)"
)
#: Sentences that are a command to type.
SAME = {"interlock app keygen"}
#: Kind of a model's part → how JSON may not fit it. Parts that only lead to others have nothing of their own.
MISFITS: dict[str, tuple[str, ...]] = {
    "bool": ("bool_type", "bool_parsing"),
    "int": ("int_type", "int_parsing", "int_from_float", "int_parsing_size"),
    "float": ("float_type", "float_parsing"),
    "str": ("string_type",),
    "dict": ("dict_type",),
    "tuple": ("tuple_type",),
    "model": ("model_type", "missing", "extra_forbidden"),
    "literal": ("literal_error",),
    "tagged-union": ("union_tag_invalid", "union_tag_not_found", "model_attributes_type"),
    "function-after": ("value_error",),
    **dict.fromkeys(("any", "default", "definition-ref", "definitions", "model-field", "model-fields", "no-info"), ()),
    **dict.fromkeys(("nullable", "union"), ()),
}
LIMITS = {
    "ge": "greater_than_equal",
    "gt": "greater_than",
    "le": "less_than_equal",
    "lt": "less_than",
    "multiple_of": "multiple_of",
    "pattern": "string_pattern_mismatch",
    "max_length": "too_long",
    "min_length": "too_short",
}


def catalogue_problems(catalogue: Catalogue) -> Iterator[str]:
    """Entries without both languages, or with other values in one of them."""
    for key, entry in catalogue.items():
        if set(entry) != {"en", "zh-CN"} or any(len(texts) != 2 for texts in entry.values()):
            yield f"{key}: needs message and hint in en and zh-CN"
            continue
        for english, chinese in zip(entry["en"], entry["zh-CN"], strict=True):
            if bool(english.strip()) != bool(chinese.strip()):
                yield f"{key}: said in one language alone: {english or chinese}"
            elif holes(english) != holes(chinese):
                yield f"{key}: {sorted(holes(english))} in English, {sorted(holes(chinese))} in Chinese"
            elif english and english not in SAME and not HAN.search(chinese) and english.strip("{}: ") == english:
                yield f"{key}: not Chinese: {chinese}"
        if not entry["en"][0]:
            yield f"{key}: no message"


def holes(text: str) -> set[str]:
    """Names of the values a text has places for."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def reachable() -> Iterator[tuple[str, ast.Module]]:
    """The modules whose errors reach those screens; a new one is one of them."""
    for folder in ("platform_core/services", "platform_core/api"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            name = file.relative_to(ROOT).as_posix()
            if not ELSEWHERE.fullmatch(name) and name != "platform_core/services/refusals.py":
                yield name, ast.parse(file.read_text("utf-8"))


def source_problems(name: str, tree: ast.Module, catalogue: Catalogue) -> Iterator[str]:
    """Errors made without the catalogue, with a key it does not have, or with other values than its texts show."""
    for node in ast.walk(tree):
        maker = _maker(node)
        if not isinstance(node, ast.Call) or not node.args or not maker:
            continue
        place = f"{name}:{node.lineno}"
        if maker in ERRORS:
            if _texts(node.args[0], tree):
                yield f"{place}: {maker} has words in English alone; put them into refusals.json, and call refusal()"
            continue
        given = {one.arg for one in node.keywords if one.arg} - {"problems", "line"}
        keys = _texts(node.args[0], tree)
        if not keys:
            yield f"{place}: the key of {maker}() is not written out"
        for key in keys:
            if key not in catalogue:
                yield f"{place}: refusals.json has no {key}"
            elif given != holes("".join(catalogue[key]["en"])):
                yield f"{place}: {key} shows {sorted(holes(''.join(catalogue[key]['en'])))}, given {sorted(given)}"


def keys_used(trees: Iterable[ast.Module]) -> set[str]:
    """Keys that some code says."""
    calls = [(tree, node) for tree in trees for node in ast.walk(tree) if _maker(node) in MAKERS]
    return {key for tree, node in calls if isinstance(node, ast.Call) for key in _texts(node.args[0], tree)}


def untold_structure(models: Iterable[type[BaseModel]], texts: Mapping[str, str]) -> set[str]:
    """Ways in which JSON may not fit these models that have no Chinese."""
    found: set[str] = set()
    for model in models:
        for part in _parts(model.__pydantic_core_schema__):
            found.update(_misfits(part))
    return found - set(texts)


def _parts(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if isinstance(node.get("type"), str):
            yield node
        for child in node.values():
            yield from _parts(child)
    elif isinstance(node, list | tuple):
        for child in node:
            yield from _parts(child)


def _misfits(part: dict[str, Any]) -> Iterator[str]:
    kind = part["type"]
    yield from MISFITS.get(kind, (f"unknown part {kind}",))
    for name, error in LIMITS.items():
        if name in part:
            yield f"string_{error}" if kind == "str" and name.endswith("_length") else error


def untold_keywords(texts: Mapping[str, str]) -> set[str]:
    """Keywords of a component's schema that may not hold, and have no Chinese."""
    silent = {"properties", "default", "description", "items", "$ref", "x-discriminator", "x-ui"}
    return set(KEYWORDS) - silent - set(texts)


def _maker(node: ast.AST) -> str:
    name = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
    return name if name in ERRORS | MAKERS else ""


def _texts(node: ast.expr, tree: ast.Module) -> list[str]:
    """The texts an argument may be: written there, one of two, or in a local name."""
    if isinstance(node, ast.Constant):
        return [str(node.value)]
    if isinstance(node, ast.JoinedStr):
        return ["".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)]
    if isinstance(node, ast.IfExp):
        return _texts(node.body, tree) + _texts(node.orelse, tree)
    if isinstance(node, ast.Name):
        given = [one.value for one in ast.walk(tree) if isinstance(one, ast.Assign) and _is(one.targets[0], node.id)]
        return [text for one in given if not isinstance(one, ast.Name) for text in _texts(one, tree)]
    return []


def _is(target: ast.expr, name: str) -> bool:
    return isinstance(target, ast.Name) and target.id == name
