"""The one place where documents meet the expression language: checking a formula, and computing it for tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from platform_core.services.documents.values import BAD, Value
from schemas.models.binding import Expression


@dataclass(frozen=True, slots=True)
class FormulaProblem:
    """What is wrong with a formula, in both languages."""

    en: str
    zh: str


def check_formula(expression: Expression, extra_names: Iterable[str] = ()) -> list[FormulaProblem]:
    """Problems of a formula; ``extra_names`` may be used beside its ``vars`` (``event`` in an action)."""
    if not expression.text.strip():
        return [FormulaProblem("it is empty.", "公式为空。")]
    return []


def compute_formula(expression: Expression, values: Mapping[str, Value], event: Mapping[str, object]) -> Value:
    """The value of a formula; bad when it cannot be computed."""
    return BAD
