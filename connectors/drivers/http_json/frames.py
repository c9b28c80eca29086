"""Requests and answers as they are kept for a look at the line: without the values of headers and queries."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from connectors.diagnostics.frames import Frame

HIDDEN = "***"
_QUERY_VALUE = re.compile(r"=[^&#]*")


def without_query(resource: str) -> str:
    """The resource with the values of its query hidden: keys of an interface often stand there."""
    path, mark, query = resource.partition("?")
    return path + mark + _QUERY_VALUE.sub(f"={HIDDEN}", query)


def asked(resource: str, headers: Mapping[str, str]) -> bytes:
    """A request: headers by name only, since any of them may hold a token."""
    lines = [f"GET {without_query(resource)}", *(f"{name}: {HIDDEN}" for name in headers)]
    return "\n".join(lines).encode()


def got(status: int, body: bytes) -> bytes:
    """An answer: its status and body; headers may hold cookies."""
    return f"{status}\n".encode() + body


def in_words(frames: Sequence[Frame]) -> list[str]:
    """The first line, and of an answer the begin of its body."""
    out = []
    for frame in frames:
        head, _, rest = frame.data.decode("utf-8", "replace").partition("\n")
        body = "".join(char if char.isprintable() else " " for char in rest[:200])
        if frame.way == "note":
            out.append("")
        else:
            out.append(head if frame.way == "sent" else f"status {head} {body}".rstrip())
    return out
