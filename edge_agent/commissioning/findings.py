"""What the doctor found: each finding names the next step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Finding", "Severity", "ok", "problem"]

Severity = Literal["ok", "note", "problem"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`code` is stable, for programs; the rest is for people. `evidence` is what was seen, not what is guessed."""

    code: str
    severity: Severity
    where: str
    what: str
    evidence: str = ""
    next_step: str = ""


def problem(code: str, where: str, what: str, *, evidence: str = "", next_step: str) -> Finding:
    """Something that keeps values away."""
    return Finding(code, "problem", where, what, evidence, next_step)


def ok(where: str, what: str, *, evidence: str = "") -> Finding:
    """What works, so that nobody looks there."""
    return Finding("ok", "ok", where, what, evidence)
