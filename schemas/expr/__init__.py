"""The expression language: one small pure language, the same in Python and in the browser.

Grammar and meaning: docs/reference/expressions.md. Both implementations pass `vectors.json`.
"""

from __future__ import annotations

from schemas.expr.calls import SIGNATURES
from schemas.expr.checker import check
from schemas.expr.compiler import Compiled, compile_expression, evaluate
from schemas.expr.lexer import SyntaxProblem
from schemas.expr.messages import explain
from schemas.expr.parser import parse
from schemas.expr.value import Checked, Context, ExprProblem, Value, VarType, wide_integer

__all__ = [
    "SIGNATURES",
    "Checked",
    "Compiled",
    "Context",
    "ExprProblem",
    "SyntaxProblem",
    "Value",
    "VarType",
    "check",
    "compile_expression",
    "evaluate",
    "explain",
    "parse",
    "wide_integer",
]
