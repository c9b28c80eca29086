"""Problems in words."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

from schemas.expr.value import ExprProblem

_TEXTS: Final[dict[str, Any]] = json.loads(Path(__file__).with_name("messages.json").read_text("utf-8"))
_HOLE: Final = re.compile(r"\{(\w+)\}")


def explain(problem: ExprProblem, language: str = "en") -> tuple[str, str]:
    """What is wrong, and what to do. An unknown code stands for itself."""
    texts = _TEXTS["problems"].get(problem.code)
    if texts is None:
        return problem.code, ""
    units = problem.code.startswith("unit_")

    def fill(hole: re.Match[str]) -> str:
        value = problem.values.get(hole.group(1), hole.group())
        words = None if units else _TEXTS["types"].get(value)
        return str(words[language]) if words else value

    chosen = texts[language]
    return _HOLE.sub(fill, chosen["message"]), _HOLE.sub(fill, chosen["hint"])


def translations(language: str) -> dict[str, str]:
    """Every text in English, as it stands in the table, and in another language."""
    found: dict[str, str] = {}
    for texts in _TEXTS["problems"].values():
        found |= {texts["en"][part]: texts[language][part] for part in ("message", "hint") if texts["en"][part]}
    return found | {words["en"]: words[language] for words in _TEXTS["types"].values()}
