"""Where a problem is: file of the folder and JSON pointer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemas.errors import Problem

MANIFEST = "component.json"


def escaped(part: Any) -> str:
    """One member of a JSON pointer."""
    return str(part).replace("~", "~0").replace("/", "~1")


def at(pointer: str) -> str:
    """A place in the manifest, as ``component.json#/props/…``."""
    return f"{MANIFEST}#{pointer}"


def wrong(code: str, pointer: str, message: str, hint: str = "") -> Problem:
    """A problem of the manifest."""
    return Problem(f"component.{code}", at(pointer), message, hint)


def walk(node: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    """Every node of a document with its JSON pointer, the outermost first."""
    yield pointer, node
    if isinstance(node, dict):
        for key, value in node.items():
            yield from walk(value, f"{pointer}/{escaped(key)}")
    elif isinstance(node, list | tuple):
        for index, value in enumerate(node):
            yield from walk(value, f"{pointer}/{index}")
