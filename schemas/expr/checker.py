"""Checks a formula before it runs. Twin of sdk/expr/check.ts."""

from __future__ import annotations

from collections.abc import Mapping

from schemas.expr.infer import Inference
from schemas.expr.lexer import SyntaxProblem
from schemas.expr.parser import parse
from schemas.expr.positions import in_utf16
from schemas.expr.value import Checked, ExprProblem, VarType


def check(text: str, variables: Mapping[str, VarType]) -> Checked:
    """Kind and unit of a formula, and everything wrong with it."""
    try:
        tree = parse(text)
    except SyntaxProblem as problem:
        found = [ExprProblem(problem.code, problem.start, problem.end, problem.values)]
        return Checked("any", "", in_utf16(text, found))
    inference = Inference(variables)
    typed = inference.node(tree)
    return Checked(typed.type, typed.unit.text if typed.unit else "", in_utf16(text, inference.problems))
