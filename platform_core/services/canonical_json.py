"""Canonical JSON of documents: the same document is the same bytes, whoever sent it.

UTF-8, sorted keys, one member per line, two spaces of indent, a final newline. Written by the server alone,
because programming languages print some numbers differently. Reading is strict: no NaN, no double names,
limited depth and size.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping
from typing import Any, NoReturn

from platform_core.services.refusals import Refusal, refusal

DEPTH_MAX = 64
SIZE_MAX_BYTES = 1 << 20
INTEGER_DIGITS_MAX = 30
EXACT_MAX = 2**53
#: Where a member of the outermost object begins: nothing else stands two blanks from the edge with a quotation mark.
_MEMBER = re.compile(r'^  "', re.MULTILINE)
_DECODER = json.JSONDecoder()


def dumps(document: Any) -> str:
    """The canonical text."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False, sort_keys=True, indent=2) + "\n"


def joined(members: Mapping[str, str]) -> str:
    """The canonical text of an object whose members are canonical texts: the same as writing it anew, but quick.

    A text has no line break inside a string, so every line of it moves in by one level.
    """
    if not members:
        return dumps({})
    parts = []
    for name, text in sorted(members.items()):
        inner = text[:-1].replace("\n", "\n  ")
        parts.append(f"  {json.dumps(name, ensure_ascii=False)}: {inner}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def members(text: str) -> dict[str, str]:
    """The members of a canonical object as canonical texts: what ``joined`` has put together."""
    if text == dumps({}):
        return {}
    found = {}
    starts = [match.start() for match in _MEMBER.finditer(text)]
    for start, end in zip(starts, [*starts[1:], len(text) - len("\n}\n") + 1], strict=True):
        name, at = _DECODER.raw_decode(text, start + 2)
        inner = text[at + len(": ") : end].rstrip("\n").removesuffix(",")
        found[name] = inner.replace("\n  ", "\n") + "\n"
    return found


def loads(content: bytes, *, size_max: int = SIZE_MAX_BYTES) -> Any:
    """Parse JSON from outside. Raises ``ConfigError`` (``document.json``)."""
    if len(content) > size_max:
        raise refusal("document.size", max=size_max)
    try:
        document = json.loads(
            content.decode("utf-8"),
            parse_constant=_constant,
            object_pairs_hook=_unique,
            parse_int=_integer,
            parse_float=_float,
        )
    except (ValueError, RecursionError) as error:
        raise _not_json(error) from error
    if depth(document) > DEPTH_MAX:
        raise refusal("document.depth", max=DEPTH_MAX)
    if b"\\u" in content:
        _check_text(document)
    return document


def _not_json(error: ValueError | RecursionError) -> Refusal:
    """Where it stops to be JSON, or why it cannot be read."""
    if isinstance(error, json.JSONDecodeError):
        place = {"en": str(error), "zh-CN": f"第 {error.lineno} 行第 {error.colno} 列有误。"}
        return refusal("document.json/place", detail=place)
    key = "document.json/encoding" if isinstance(error, UnicodeDecodeError) else "document.json/nested"
    return refusal(key)


def digest(text: str) -> str:
    """SHA-256 of a canonical text, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def depth(document: Any) -> int:
    """Levels of nesting; found without recursion."""
    deepest = 0
    stack = [(document, 1)]
    while stack:
        node, level = stack.pop()
        deepest = max(deepest, level)
        if level > DEPTH_MAX:
            break
        if isinstance(node, dict):
            stack.extend((child, level + 1) for child in node.values())
        elif isinstance(node, list):
            stack.extend((child, level + 1) for child in node)
    return deepest


def _check_text(document: Any) -> None:
    """Half a surrogate pair can be written as an escape, but is no text: it could never be stored."""
    try:
        dumps(document).encode()
    except UnicodeEncodeError as error:
        raise refusal("document.json/surrogate") from error


def _constant(name: str) -> NoReturn:
    raise refusal("document.json/constant", name=name)


def _integer(text: str) -> int:
    if len(text) > INTEGER_DIGITS_MAX:
        raise refusal("document.json/digits")
    return int(text)


def _float(text: str) -> float:
    """A number; a whole one has no point, as browsers write it, so that saving unchanged is byte-identical."""
    number = float(text)
    if not math.isfinite(number):
        raise refusal("document.json/number")
    return int(number) if number.is_integer() and abs(number) < EXACT_MAX else number


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise refusal("document.json/twice")
    return members
