"""Addresses: a resource and, after `#`, a JSON pointer into its answer (RFC 6901)."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["Missing", "find", "parse_address", "parse_pointer"]

_RESOURCE = re.compile(r"/[\x21\x22\x24-\x7e]*\Z")  # printable ASCII without blank and #
_INDEX = re.compile(r"(0|[1-9][0-9]{0,8})\Z")


class Missing(LookupError):
    """The answer has nothing at this place."""


def parse_address(text: str) -> tuple[str, tuple[str, ...]]:
    """Resource and pointer of `/api/status#/line/speed`. Raises ValueError."""
    resource, mark, pointer = text.strip().partition("#")
    if not mark or _RESOURCE.match(resource) is None:
        raise ValueError(f"'{text}' is no address of the form /resource#/path")
    return resource, parse_pointer(pointer)


def parse_pointer(text: str) -> tuple[str, ...]:
    """Steps of a JSON pointer; "" is the whole answer. Raises ValueError."""
    if text and not text.startswith("/"):
        raise ValueError(f"the path '{text}' must start with /")
    if re.search(r"~(?![01])", text):
        raise ValueError(f"in '{text}' a ~ must be written ~0")
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in text.split("/")[1:])


def find(document: Any, steps: tuple[str, ...]) -> Any:
    """What lies at a pointer. Raises Missing."""
    node = document
    for step in steps:
        if isinstance(node, dict) and step in node:
            node = node[step]
        elif isinstance(node, list) and _INDEX.match(step) and int(step) < len(node):
            node = node[int(step)]
        else:
            raise Missing(step)
    return node
