"""The controller's own list of its tags as a tree: programs, tags, members of structures, elements of arrays."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from typing import Any, Final

from connectors.driver import BrowseItem
from connectors.drivers.ethernet_ip.cip import TYPES

__all__ = ["children"]

#: Elements of an array that are listed.
ELEMENTS_MAX: Final = 1000
_PROGRAM: Final = re.compile(r"Program:[^.\[]+")
_STEP: Final = re.compile(r"([^.\[\]]+)|\[([0-9,]+)\]")
_TYPES: Final = {kind.name: kind.tags[0] for kind in TYPES.values()}
#: What the library tells of a tag or member.
Definition = Mapping[str, Any]


def children(tags: Mapping[str, Definition], parent: str) -> list[BrowseItem]:
    """What is below a name, "" for the controller; nothing where there is no such name."""
    scope = _PROGRAM.match(parent)
    if parent == (scope.group() if scope else ""):
        return _of_scope(tags, parent)
    start = f"{scope.group()}." if scope else ""
    definition: Definition | None = None
    indexed = False
    for name, numbers in _STEP.findall(parent[len(start) :]):
        if numbers:
            indexed = True
            continue
        found = tags.get(start + name) if definition is None else _members(definition).get(name)
        if found is None:
            return []
        definition, indexed = found, False
    if definition is None:
        return []
    dims = [] if indexed else _dims(definition)
    if dims:
        return _elements(parent, definition, dims)
    shown = definition["data_type"]["attributes"] if _members(definition) and not _is_text(definition) else []
    return [_item(f"{parent}.{name}", name, _members(definition)[name]) for name in shown]


def _of_scope(tags: Mapping[str, Definition], scope: str) -> list[BrowseItem]:
    out: list[BrowseItem] = []
    if not scope:
        programs = {found.group(): None for found in map(_PROGRAM.match, tags) if found}
        out += [BrowseItem(name, name, "", True) for name in programs]
    start = f"{scope}." if scope else ""
    for name, one in tags.items():
        inside = name.startswith(start) if scope else not _PROGRAM.match(name)
        if inside and one.get("external_access") != "None":
            out.append(_item(name, name[len(start) :], one))
    return out


def _elements(parent: str, definition: Definition, dims: list[int]) -> list[BrowseItem]:
    if definition["data_type_name"] == "DWORD":  # an array of BOOL
        dims = [32 * dims[0]]
    numbers = itertools.product(*(range(dim) for dim in dims))
    last = parent.rpartition(".")[2]
    marks = [f"[{','.join(map(str, one))}]" for one in itertools.islice(numbers, ELEMENTS_MAX)]
    return [_item(parent + mark, last + mark, definition, element=True) for mark in marks]


def _item(address: str, name: str, definition: Definition, *, element: bool = False) -> BrowseItem:
    dims = [] if element else _dims(definition)
    kind = str(definition["data_type_name"])
    of = "string" if _is_text(definition) else str(_TYPES.get(kind, ""))
    if element and kind == "DWORD":
        of = "bool"
    below = bool(dims) or (bool(_members(definition)) and not _is_text(definition))
    return BrowseItem(address, name, "" if below else of, below, {"type": kind})


def _dims(definition: Definition) -> list[int]:
    if "dimensions" in definition:
        return [int(one) for one in definition["dimensions"][: definition["dim"]]]
    return [int(definition["array"])] if definition.get("array") else []


def _members(definition: Definition) -> Mapping[str, Definition]:
    of = definition["data_type"]
    return of["internal_tags"] if isinstance(of, dict) else {}


def _is_text(definition: Definition) -> bool:
    of = definition["data_type"]
    return isinstance(of, dict) and "string" in of
