"""The one place where documents meet the expression language: checking a formula, and computing it for tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from platform_core.services.documents.values import BAD, Value
from schemas import expr
from schemas.models.binding import Expression, HistoryBinding, StaticBinding, TagBinding, UserBinding, Variable
from schemas.quality import BAD_FROM

#: The moment at which an app's tests run, µs UTC: always the same, so that a test gives the same answer tomorrow.
TEST_NOW_US = 1_767_225_600_000_000
EVENT = "event"

_KINDS: dict[str, expr.VarType] = {
    "f": expr.VarType("number"),
    "i": expr.VarType("number"),
    "u": expr.VarType("number"),
    "number": expr.VarType("number"),
    "b": expr.VarType("boolean"),
    "s": expr.VarType("string"),
}
_ANY = expr.VarType()


@dataclass(frozen=True, slots=True)
class FormulaProblem:
    """What is wrong with a formula, in both languages."""

    en: str
    zh: str


def check_formula(
    expression: Expression, roles: Mapping[str, str], *, with_event: bool = False
) -> list[FormulaProblem]:
    """Problems of a formula: writing, names, kinds, units.

    ``roles``: the kind of each role the app asks for; ``with_event``: the name ``event`` is known, as in steps.
    """
    types = {name: _type_of(variable, roles) for name, variable in expression.vars.items()}
    if with_event:
        types[EVENT] = expr.VarType("record")
    found = expr.check(expression.text, types).problems
    return [FormulaProblem(*(_words(problem, language) for language in ("en", "zh-CN"))) for problem in found]


def compute_formula(expression: Expression, values: Mapping[str, Value], event: Mapping[str, object]) -> Value:
    """The value of a formula; bad when it cannot be computed. Lists and records are no values of an app's test."""
    variables = {name: expr.Value(value.v, value.q, TEST_NOW_US) for name, value in values.items()}
    variables[EVENT] = expr.Value(dict(event), 0, TEST_NOW_US)
    result = expr.evaluate(expression.text, variables, expr.Context(TEST_NOW_US))
    if result.q >= BAD_FROM:
        return Value(None, result.q)
    return Value(result.v, result.q) if result.v is None or isinstance(result.v, bool | int | float | str) else BAD


def _words(problem: expr.ExprProblem, language: str) -> str:
    return " ".join(part for part in expr.explain(problem, language) if part)


def _type_of(variable: Variable, roles: Mapping[str, str]) -> expr.VarType:
    """What is known of a variable: by the role the app asks for, a constant, or a text about the user."""
    if variable.transforms:
        return _ANY
    if isinstance(variable, StaticBinding):
        return _static(variable)
    if isinstance(variable, UserBinding):
        return expr.VarType("string")
    if isinstance(variable, TagBinding | HistoryBinding):
        if isinstance(variable, HistoryBinding) and variable.fn is None:
            return _ANY
        return _KINDS.get(roles.get(variable.role, ""), _ANY)
    return _ANY


def _static(variable: StaticBinding) -> expr.VarType:
    value = variable.value
    if isinstance(value, bool):
        return expr.VarType("boolean")
    if isinstance(value, int | float):
        return expr.VarType("number")
    return expr.VarType("string") if isinstance(value, str) else _ANY
