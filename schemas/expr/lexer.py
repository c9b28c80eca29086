"""Cuts a formula into tokens. Positions count code points here; `checker` turns them into UTF-16 units."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from schemas.expr.value import SOURCE_MAX


class SyntaxProblem(Exception):
    """A formula that is no formula: one problem, with its place."""

    def __init__(self, code: str, start: int, end: int, values: Mapping[str, str] | None = None) -> None:
        super().__init__(code)
        self.code, self.start, self.end, self.values = code, start, end, dict(values or {})


class Token(NamedTuple):
    """Kind is number, string, name, op or end; `text` of a string is its content."""

    kind: str
    text: str
    number: float
    start: int
    end: int


#: What a Chinese keyboard types, and the signs of arithmetic: read as their plain forms outside of texts.
_SAME_AS: Final = dict(zip("（）［］，？：！＝＜＞＋－＊／％．×÷", "()[],?:!=<>+-*/%.*/", strict=True)) | {
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
}
_DOUBLE: Final = frozenset(("==", "!=", "<=", ">=", "&&", "||"))
_SINGLE: Final = frozenset("+-*/%<>!?:()[],.")
_BLANK: Final = frozenset(" \t\n\r\u3000\u00a0")
_NUMBER: Final = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WORD: Final = re.compile(r"[A-Za-z0-9_]")
_LONG_ESCAPE: Final = re.compile(r"u(?:([0-9a-fA-F]{4})|\{([0-9a-fA-F]{1,6})\})")
_DIGITS: Final = frozenset("0123456789")
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", '"': '"', "'": "'"}


def tokenize(text: str) -> list[Token]:
    """The tokens of a formula; the last is `end`. Raises SyntaxProblem."""
    if len(text) > SOURCE_MAX:
        raise SyntaxProblem("too_long", 0, len(text), {"max": str(SOURCE_MAX)})
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        if text[at] in _BLANK:
            at += 1
            continue
        token = _next(text, at)
        tokens.append(token)
        at = token.end
    tokens.append(Token("end", "", 0.0, len(text), len(text)))
    return tokens


def _next(text: str, at: int) -> Token:
    char = text[at]
    if char in _DIGITS or (char == "." and text[at + 1 : at + 2] in _DIGITS):
        return _number(text, at)
    if char in "\"'":
        return _string(text, at, char)
    name = _NAME.match(text, at)
    if name:
        return Token("name", name.group(), 0.0, at, name.end())
    return _operator(text, at, char)


def _number(text: str, at: int) -> Token:
    found = _NUMBER.match(text, at)
    assert found is not None
    end = found.end()
    if _WORD.match(text, end):
        rest = _NAME.match(text, end)
        more = rest.group() if rest else text[end]
        raise SyntaxProblem("bad_number", at, end + len(more), {"text": found.group() + more})
    value = float(found.group())
    if not math.isfinite(value):
        raise SyntaxProblem("number_too_large", at, end)
    return Token("number", found.group(), value, at, end)


def _string(text: str, start: int, quote: str) -> Token:
    out: list[str] = []
    at = start + 1
    while True:
        char = text[at : at + 1]
        if char in ("", "\n"):
            raise SyntaxProblem("unterminated_string", start, at)
        if char == quote:
            return Token("string", "".join(out), 0.0, start, at + 1)
        if char != "\\":
            out.append(char)
            at += 1
            continue
        piece, length = _escaped(text, at)
        out.append(piece)
        at += length


def _escaped(text: str, at: int) -> tuple[str, int]:
    plain = _ESCAPES.get(text[at + 1 : at + 2])
    if plain is not None:
        return plain, 2
    long = _LONG_ESCAPE.match(text, at + 1)
    if long:
        code = int(long.group(1) or long.group(2), 16)
        if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF:
            return chr(code), 1 + len(long.group())
    end = min(len(text), at + 2)
    raise SyntaxProblem("bad_escape", at, end, {"text": text[at:end]})


def _operator(text: str, at: int, char: str) -> Token:
    first = _SAME_AS.get(char, char)
    second = text[at + 1 : at + 2]
    pair = first + _SAME_AS.get(second, second) if len(first) == 1 else ""
    if pair in _DOUBLE:
        return Token("op", pair, 0.0, at, at + 2)
    if len(first) == 2 or first in _SINGLE:
        return Token("op", first, 0.0, at, at + 1)
    if first == "=":
        raise SyntaxProblem("single_equals", at, at + 1)
    if first in "&|":
        raise SyntaxProblem("single_logic", at, at + 1, {"text": first})
    if char in "“”‘’「」":
        raise SyntaxProblem("curly_quote", at, at + 1, {"text": char})
    raise SyntaxProblem("unexpected_character", at, at + 1, {"text": char})
