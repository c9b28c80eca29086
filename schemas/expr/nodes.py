"""The tree of a formula. `start` and `end` count code points of its text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as OneOf

BinaryOp = OneOf["+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "in", "&&", "||"]
MacroName = OneOf["map", "filter", "all", "exists"]


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, text, yes/no or null."""

    value: float | str | bool | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ListNode:
    """`[a, b]`."""

    items: tuple[Node, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Name:
    """A variable."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Member:
    """`event.value`."""

    base: Node
    field: str
    field_start: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Index:
    """`list[0]`."""

    base: Node
    index: Node
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Unary:
    """`-x`, `!x`."""

    op: OneOf["-", "!"]
    arg: Node
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Binary:
    """`a + b`."""

    op: BinaryOp
    left: Node
    right: Node
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Conditional:
    """`test ? then : other`."""

    test: Node
    then: Node
    other: Node
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Call:
    """`round(x, 1)`."""

    name: str
    name_start: int
    args: tuple[Node, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Macro:
    """`list.map(x, x * 2)`; `weight` is what one round costs in steps."""

    macro: MacroName
    list: Node
    name: str
    body: Node
    weight: int
    start: int
    end: int


Node = Literal | ListNode | Name | Member | Index | Unary | Binary | Conditional | Call | Macro
