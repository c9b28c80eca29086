"""Function calls: the table of functions, what is wrong with a call, its code. Twin of sdk/expr/calls.ts."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from schemas.expr.arithmetic import MATH, Maker
from schemas.expr.clock import TIME
from schemas.expr.lexer import SyntaxProblem
from schemas.expr.nodes import Call, Literal, Name
from schemas.expr.run import Code
from schemas.expr.status import STATUS, convert_code, last_good, unit_code
from schemas.expr.text import TEXT


class Signature(NamedTuple):
    """Kinds of the arguments, kind of the result, rule for its unit."""

    kinds: tuple[str, ...]
    result: str
    unit: str


def _signatures() -> dict[str, Signature]:
    rows = json.loads(Path(__file__).with_name("functions.json").read_text("utf-8"))
    return {
        row["name"]: Signature(tuple(arg.partition(": ")[2] or arg for arg in row["args"]), row["result"], row["unit"])
        for row in rows
    }


SIGNATURES: Final[Mapping[str, Signature]] = _signatures()
MAKERS: Final[Mapping[str, Maker]] = {**MATH, **TEXT, **TIME, **STATUS}


def arity(name: str) -> tuple[int, float]:
    """Fewest and most arguments of a function."""
    kinds = SIGNATURES[name].kinds
    if any(kind.endswith("...") for kind in kinds):
        return sum(kind != "..." for kind in kinds), math.inf
    return sum(not kind.endswith("?") for kind in kinds), len(kinds)


def _arity_text(fewest: int, most: float) -> str:
    if most == math.inf:
        return f"{fewest}+"
    return str(fewest) if fewest == most else f"{fewest}–{most}"


def call_problem(node: Call, local_names: Sequence[str]) -> SyntaxProblem | None:
    """What is wrong with a call, apart from the kinds of its arguments."""
    name, start, end = node.name, node.name_start, node.name_start + len(node.name)
    if name not in SIGNATURES:
        return SyntaxProblem("unknown_function", start, end, {"name": name})
    fewest, most = arity(name)
    if not fewest <= len(node.args) <= most:
        values = {"name": name, "wanted": _arity_text(fewest, most), "found": str(len(node.args))}
        return SyntaxProblem("argument_count", start, end, values)
    if name == "last_good":
        arg = node.args[0]
        if not isinstance(arg, Name) or arg.name in local_names:
            return SyntaxProblem("variable_expected", arg.start, arg.end, {"name": name})
    if name == "convert":
        for arg in node.args[1:]:
            if not isinstance(arg, Literal) or not isinstance(arg.value, str):
                return SyntaxProblem("unit_literal", arg.start, arg.end)
    return None


def call_code(node: Call, args: Sequence[Code], local_names: Sequence[str]) -> Code:
    """The code of a function call. Raises SyntaxProblem."""
    problem = call_problem(node, local_names)
    if problem:
        raise problem
    if node.name == "last_good":
        arg = node.args[0]
        assert isinstance(arg, Name)
        return last_good(arg.name, args[0])
    if node.name == "convert":
        return convert_code(args[0], node.name_start)
    if node.name == "unit":
        return unit_code(node.name_start)
    return MAKERS[node.name](args)
