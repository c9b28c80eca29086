"""Requests and answers as they are kept for a look at the line: without the values of headers and queries."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from connectors.diagnostics.frames import Frame

HIDDEN = "***"
#: A shorter value cannot be told from ordinary data.
ECHO_MIN = 4
_QUERY_VALUE = re.compile(r"=[^&#]*")


def without_query(resource: str) -> str:
    """The resource with the values of its query hidden: keys of an interface often stand there."""
    path, mark, query = resource.partition("?")
    return path + mark + _QUERY_VALUE.sub(f"={HIDDEN}", query)


def asked(resource: str, headers: Mapping[str, str]) -> bytes:
    """A request: headers by name only, since any of them may hold a token."""
    lines = [f"GET {without_query(resource)}", *(f"{name}: {HIDDEN}" for name in headers)]
    return "\n".join(lines).encode()


def got(status: int, body: bytes, resource: str, headers: Mapping[str, str]) -> bytes:
    """An answer: its status and body, without what we sent in headers and query, which some servers echo."""
    sent = [part for value in headers.values() for part in (value, *value.split()[1:])]  # "Basic x" and "x"
    sent += [value.removeprefix("=") for value in _QUERY_VALUE.findall(resource.partition("?")[2])]
    for value in sorted(sent, key=len, reverse=True):
        if len(value) >= ECHO_MIN:
            body = body.replace(value.encode(), HIDDEN.encode())
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
