"""Addresses: a resource and, after `#`, a JSON pointer into its answer (RFC 6901)."""

from __future__ import annotations

import re

from connectors.json_values import Steps, parse_pointer

__all__ = ["parse_address"]

_RESOURCE = re.compile(r"/[\x21\x22\x24-\x7e]*\Z")  # printable ASCII without blank and #


def parse_address(text: str) -> tuple[str, Steps]:
    """Resource and pointer of `/api/status#/line/speed`. Raises ValueError."""
    resource, mark, pointer = text.strip().partition("#")
    if not mark or _RESOURCE.match(resource) is None:
        raise ValueError(f"'{text}' is no address of the form /resource#/path")
    return resource, parse_pointer(pointer)
