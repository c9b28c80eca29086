"""Lifting saved properties to the version of the installed component, by the declared steps of its manifest.

Pure and total: whatever the properties are, an answer comes out and nothing else is touched. A step whose path is not
there does nothing. A binding on a property follows it: a rename moves the binding, a scale is added to its steps.
"""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

from schemas.models.component import ComponentManifest, MigrationOp

Props = dict[str, Any]
_MISSING: Any = object()
_ELEMENT_FILES = ("pages/", "blocks/")


def can_lift(version: int, manifest: ComponentManifest) -> bool:
    """Whether the manifest's migrations lead from this version to its own."""
    steps = {migration.from_: migration.to for migration in manifest.migrations if migration.to > migration.from_}
    while version < manifest.props_version and version in steps:
        version = steps[version]
    return version == manifest.props_version


def lift_props(props: Mapping[str, Any], version: int, manifest: ComponentManifest) -> Props:
    """The properties in the manifest's version; as they are when no way leads there."""
    return _lift(props, {}, version, manifest)[0]


def lift_element(element: Mapping[str, Any], manifest: ComponentManifest) -> dict[str, Any]:
    """The element with its properties and bindings in the manifest's version; the same one when it has it already."""
    version = element.get("props_version")
    props, bind = element.get("props", {}), element.get("bind", {})
    if not isinstance(version, int) or not isinstance(props, dict) or not isinstance(bind, dict):
        return dict(element)
    if version >= manifest.props_version or not can_lift(version, manifest):
        return dict(element)
    new_props, new_bind = _lift(props, bind, version, manifest)
    lifted = {**element, "props": new_props, "props_version": manifest.props_version}
    if bind:
        lifted["bind"] = new_bind
    return lifted


def lift_files(files: Mapping[str, Any], manifests: Mapping[str, ComponentManifest]) -> dict[str, Any]:
    """All files of an app, their elements in the versions of the installed components."""
    lifted = {path: lift_file(path, document, manifests) for path, document in files.items()}
    app = lifted.get("app.json")
    if isinstance(app, dict) and isinstance(app.get("requires"), dict) and lifted != dict(files):
        lifted["app.json"] = {**app, "requires": _requires(app["requires"], manifests)}
    return lifted


def lift_file(path: str, document: Any, manifests: Mapping[str, ComponentManifest]) -> Any:
    """One file; the same object when nothing in it is older."""
    if not path.startswith(_ELEMENT_FILES) or not isinstance(document, dict):
        return document
    elements = document.get("elements")
    if not isinstance(elements, dict) or not any(_is_older(element, manifests) for element in elements.values()):
        return document
    lifted = {
        name: lift_element(element, manifests[element["type"]]) if _is_older(element, manifests) else element
        for name, element in elements.items()
    }
    return {**document, "elements": lifted}


def _is_older(element: Any, manifests: Mapping[str, ComponentManifest]) -> bool:
    if not isinstance(element, dict) or not isinstance(element.get("type"), str):
        return False
    manifest = manifests.get(element["type"])
    version = element.get("props_version")
    if manifest is None or not isinstance(version, int) or isinstance(version, bool):
        return False
    return version < manifest.props_version and can_lift(version, manifest)


def _requires(requires: Mapping[str, Any], manifests: Mapping[str, ComponentManifest]) -> dict[str, Any]:
    return {
        name: max(version, manifests[name].props_version)
        if name in manifests and isinstance(version, int) and can_lift(version, manifests[name])
        else version
        for name, version in requires.items()
    }


def _lift(
    props: Mapping[str, Any], bind: Mapping[str, Any], version: int, manifest: ComponentManifest
) -> tuple[Props, dict[str, Any]]:
    lifted, bound = copy.deepcopy(dict(props)), copy.deepcopy(dict(bind))
    if not can_lift(version, manifest):
        return lifted, bound
    steps = {migration.from_: migration for migration in manifest.migrations if migration.to > migration.from_}
    while version < manifest.props_version:
        for op in steps[version].ops:
            lifted = apply_op(lifted, op)
            bound = _apply_to_bindings(bound, op)
        version = steps[version].to
    return lifted, bound


def apply_op(props: Props, op: MigrationOp) -> Props:
    """One step; the properties given are not changed."""
    result = copy.deepcopy(props)
    path = _parts(op.path)
    value = _get(result, path)
    if op.op == "default":
        if value is _MISSING:
            _set(result, path, copy.deepcopy(op.value))
        return result
    if value is _MISSING:
        return result
    if op.op in ("rename", "move"):
        return _moved(props, result, path, _parts(op.to or ""))
    if op.op == "remove":
        _remove(result, path)
    elif op.op == "map_value":
        key = _map_key(value)
        if op.map and key in op.map:
            _set(result, path, copy.deepcopy(op.map[key]))
    elif op.op == "wrap" and op.key:
        _set(result, path, {op.key: value})
    elif op.op == "unwrap" and op.key and isinstance(value, dict) and op.key in value:
        _set(result, path, value[op.key])
    elif op.op == "scale" and op.factor is not None and _is_number(value):
        _set(result, path, _scaled(value, op.factor))
    return result


def _moved(props: Props, result: Props, path: list[str], target: list[str]) -> Props:
    """``rename`` and ``move``: what is at the target already stays, as does what has no place to go."""
    if not target or target == path or target[: len(path)] == path or _get(result, target) is not _MISSING:
        return result
    value = _get(result, path)
    _remove(result, path)
    if not _set(result, target, value):
        return copy.deepcopy(props)
    return result


def _scaled(value: float, factor: float) -> float:
    """The product, as JSON would write it; what is no number (any more) stays as it was."""
    try:
        number = float(value) * factor
    except OverflowError:
        return value
    if not math.isfinite(number):
        return value
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _apply_to_bindings(bind: dict[str, Any], op: MigrationOp) -> dict[str, Any]:
    if not bind or op.op in ("default", "map_value"):
        return bind
    result: dict[str, Any] = {}
    for target, binding in bind.items():
        rest = _below(target, op.path)
        if rest is None:
            result.setdefault(target, binding)
        elif op.op in ("rename", "move") and op.to:
            result[op.to + rest] = binding
        elif op.op == "wrap" and op.key:
            result[f"{op.path}/{_escaped(op.key)}{rest}"] = binding
        elif op.op == "unwrap" and op.key and (inner := _below(target, f"{op.path}/{_escaped(op.key)}")) is not None:
            result[op.path + inner] = binding
        elif op.op == "scale" and rest == "" and isinstance(binding, dict) and op.factor is not None:
            steps = [*binding.get("transforms", ()), {"op": "scale", "factor": op.factor}]
            result[target] = {**binding, "transforms": steps}
        elif op.op != "remove":
            result[target] = binding
    return result


def _below(pointer: str, start: str) -> str | None:
    if pointer == start:
        return ""
    return pointer[len(start) :] if pointer.startswith(start + "/") else None


def _parts(pointer: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def _escaped(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")


def _index(part: str, length: int) -> int | None:
    return int(part) if part.isascii() and part.isdigit() and len(part) < 6 and int(part) < length else None


def _get(node: Any, path: Iterable[str]) -> Any:
    for part in path:
        if isinstance(node, dict):
            node = node.get(part, _MISSING)
        elif isinstance(node, list) and (index := _index(part, len(node))) is not None:
            node = node[index]
        else:
            return _MISSING
        if node is _MISSING:
            return _MISSING
    return node


def _set(node: Any, path: list[str], value: Any) -> bool:
    """Set a member, making objects on the way; False where something else is in the way."""
    for part in path[:-1]:
        if isinstance(node, dict):
            node = node.setdefault(part, {})
        elif isinstance(node, list) and (index := _index(part, len(node))) is not None:
            node = node[index]
        else:
            return False
    if isinstance(node, dict):
        node[path[-1]] = value
        return True
    if isinstance(node, list) and (index := _index(path[-1], len(node))) is not None:
        node[index] = value
        return True
    return False


def _remove(node: Any, path: list[str]) -> None:
    holder = _get(node, path[:-1])
    if isinstance(holder, dict):
        holder.pop(path[-1], None)
    elif isinstance(holder, list) and (index := _index(path[-1], len(holder))) is not None:
        del holder[index]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _map_key(value: Any) -> str:
    """How a value is written as a key of ``map``: a text as it is, everything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)
