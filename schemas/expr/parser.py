"""Reads a formula into its tree. Twin of sdk/expr/parser.ts, to the position of every problem."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar, cast

from schemas.expr.lexer import SyntaxProblem, Token, tokenize
from schemas.expr.nodes import (
    Binary,
    BinaryOp,
    Call,
    Conditional,
    Index,
    ListNode,
    Literal,
    Macro,
    MacroName,
    Member,
    Name,
    Node,
    Unary,
)
from schemas.expr.value import DEPTH_MAX, NODES_MAX

MACROS: Final = ("map", "filter", "all", "exists")
_CONSTANTS: Final[dict[str, bool | None]] = {"true": True, "false": False, "null": None}
KEYWORDS: Final = ("true", "false", "null", "in", "and", "or", "not")
_COMPARISONS: Final = ("==", "!=", "<", "<=", ">", ">=", "in")

N = TypeVar("N", bound=Node)


def parse(text: str) -> Node:
    """The tree of a formula. Raises SyntaxProblem."""
    return _Parser(tokenize(text)).whole()


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._nodes = 0
        self._depth = 0

    def whole(self) -> Node:
        if self._peek().kind == "end":
            raise SyntaxProblem("empty", 0, self._peek().end)
        node = self._expression()
        if self._peek().kind != "end":
            raise self._unexpected()
        return node

    def _peek(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        token = self._tokens[self._at]
        self._at += 1
        return token

    def _is(self, kind: str, text: str) -> bool:
        token = self._tokens[self._at]
        return token.kind == kind and token.text == text

    def _unexpected(self) -> SyntaxProblem:
        token = self._peek()
        if token.kind == "end":
            return SyntaxProblem("unexpected_end", token.start, token.end)
        return SyntaxProblem("unexpected_token", token.start, token.end, {"text": token.text})

    def _add(self, node: N) -> N:
        self._nodes += 1
        if self._nodes > NODES_MAX:
            raise SyntaxProblem("too_many_nodes", node.start, node.end, {"max": str(NODES_MAX)})
        return node

    def _deeper(self, read: Callable[[], Node]) -> Node:
        self._depth += 1
        token = self._peek()
        if self._depth > DEPTH_MAX:
            raise SyntaxProblem("too_deep", token.start, token.end, {"max": str(DEPTH_MAX)})
        out = read()
        self._depth -= 1
        return out

    def _expression(self) -> Node:
        return self._deeper(self._ternary)

    def _ternary(self) -> Node:
        test = self._or()
        if not self._is("op", "?"):
            return test
        self._at += 1
        then = self._expression()
        if not self._is("op", ":"):
            raise self._unexpected()
        self._at += 1
        other = self._expression()
        return self._add(Conditional(test, then, other, test.start, other.end))

    def _chain(self, op: BinaryOp, word: str, side: Callable[[], Node]) -> Node:
        left = side()
        while self._is("op", op) or self._is("name", word):
            self._at += 1
            right = side()
            left = self._add(Binary(op, left, right, left.start, right.end))
        return left

    def _or(self) -> Node:
        return self._chain("||", "or", self._and)

    def _and(self) -> Node:
        return self._chain("&&", "and", self._not)

    def _not(self) -> Node:
        if not self._is("name", "not"):
            return self._comparison()
        start = self._take().start
        arg = self._deeper(self._not)
        return self._add(Unary("!", arg, start, arg.end))

    def _is_comparison(self) -> bool:
        token = self._peek()
        return token.text in _COMPARISONS and token.kind == ("name" if token.text == "in" else "op")

    def _comparison(self) -> Node:
        left = self._sum()
        if not self._is_comparison():
            return left
        op = cast(BinaryOp, self._take().text)
        right = self._sum()
        if self._is_comparison():
            token = self._peek()
            raise SyntaxProblem("chained_comparison", token.start, token.end)
        return self._add(Binary(op, left, right, left.start, right.end))

    def _operators(self, ops: tuple[BinaryOp, ...], side: Callable[[], Node]) -> Node:
        left = side()
        while self._peek().kind == "op" and self._peek().text in ops:
            op = cast(BinaryOp, self._take().text)
            right = side()
            left = self._add(Binary(op, left, right, left.start, right.end))
        return left

    def _sum(self) -> Node:
        return self._operators(("+", "-"), self._product)

    def _product(self) -> Node:
        return self._operators(("*", "/", "%"), self._unary)

    def _unary(self) -> Node:
        if not self._is("op", "-") and not self._is("op", "!"):
            return self._postfix()
        token = self._take()
        arg = self._deeper(self._unary)
        return self._add(Unary("-" if token.text == "-" else "!", arg, token.start, arg.end))

    def _postfix(self) -> Node:
        base = self._primary()
        while True:
            if self._is("op", "["):
                opening = self._take()
                index = self._expression()
                end = self._close("]", opening)
                base = self._add(Index(base, index, base.start, end))
            elif self._is("op", "."):
                self._at += 1
                base = self._member(base)
            else:
                return base

    def _member(self, base: Node) -> Node:
        token = self._peek()
        if token.kind != "name":
            raise self._unexpected()
        self._at += 1
        if not self._is("op", "("):
            return self._add(Member(base, token.text, token.start, base.start, token.end))
        if token.text not in MACROS:
            raise SyntaxProblem("method_call", token.start, token.end, {"name": token.text})
        return self._macro(cast(MacroName, token.text), base, self._take(), base.start)

    def _macro(self, macro: MacroName, source: Node, opening: Token, start: int) -> Node:
        """The rest of a macro after its list: `x, body)`."""
        variable = self._peek()
        if variable.kind == "end":
            raise self._unexpected()
        if variable.kind != "name" or variable.text in KEYWORDS:
            raise SyntaxProblem("macro_variable", variable.start, variable.end, {"name": macro})
        self._at += 1
        if not self._is("op", ","):
            raise self._unexpected()
        self._at += 1
        before = self._nodes
        body = self._expression()
        weight = self._nodes - before
        end = self._close(")", opening)
        return self._add(Macro(macro, source, variable.text, body, weight, start, end))

    def _close(self, text: str, opening: Token) -> int:
        token = self._peek()
        if token.kind == "end":
            raise SyntaxProblem("unclosed", opening.start, opening.end, {"text": opening.text})
        if not self._is("op", text):
            raise self._unexpected()
        self._at += 1
        return token.end

    def _primary(self) -> Node:
        token = self._peek()
        if token.kind in ("number", "string"):
            self._at += 1
            value = token.number if token.kind == "number" else token.text
            return self._add(Literal(value, token.start, token.end))
        if token.kind == "name":
            return self._name(token)
        if self._is("op", "("):
            self._at += 1
            inner = self._expression()
            self._close(")", token)
            return inner
        if self._is("op", "["):
            self._at += 1
            items = self._items("]", token)
            return self._add(ListNode(items, token.start, self._close("]", token)))
        raise self._unexpected()

    def _items(self, closing: str, opening: Token) -> tuple[Node, ...]:
        items: list[Node] = []
        if self._is("op", closing):
            return ()
        while True:
            if self._peek().kind == "end" and items:
                self._close(closing, opening)
            items.append(self._expression())
            if not self._is("op", ","):
                return tuple(items)
            self._at += 1

    def _name(self, token: Token) -> Node:
        text, start = token.text, token.start
        if text in _CONSTANTS:
            self._at += 1
            return self._add(Literal(_CONSTANTS[text], start, token.end))
        if text in KEYWORDS:
            raise self._unexpected()
        self._at += 1
        if not self._is("op", "("):
            return self._add(Name(text, start, token.end))
        opening = self._take()
        if text in MACROS:
            source = self._expression()
            if not self._is("op", ","):
                raise self._unexpected()
            self._at += 1
            return self._macro(cast(MacroName, text), source, opening, start)
        args = self._items(")", opening)
        end = self._close(")", opening)
        return self._add(Call(text, start, args, start, end))
