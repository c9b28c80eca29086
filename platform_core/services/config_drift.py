"""When an agent runs another configuration than the one pushed last and kept: who chose it there, and what differs."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import Any

from platform_core.db.remote_config import EdgeConfigStateRow
from platform_core.services.refusals import refusal
from schemas.wire.config_push import ConfigReport
from schemas.wire.presence import Birth

__all__ = ["Difference", "Drift", "drift_of", "text_diff"]

DIFF_LINES_MAX = 20_000
CONTEXT_LINES = 3


@dataclass(frozen=True, slots=True)
class Drift:
    """``no``: the version that was pushed last and kept, 0 where it is not here any more; ``expected`` its hash;
    ``running``: the hash of the pushed text the agent runs instead, empty for its own file's connections; ``by`` and
    ``ts`` (µs UTC, agent's clock): who chose that at the machine and when, where the agent told."""

    no: int
    expected: str
    running: str
    by: str
    ts: int


@dataclass(frozen=True, slots=True)
class Difference:
    """``report``: the agent's answer, with the reason where it does not tell its text; ``text``: what it runs;
    ``diff``: from what was pushed to that, None where it cannot be made; ``changes``: what pushing again changes."""

    drift: Drift
    report: ConfigReport
    text: str
    diff: str | None
    changes: list[dict[str, Any]] = field(default_factory=list)


def drift_of(row: EdgeConfigStateRow, birth: Birth | None, no: int) -> Drift | None:
    """None while the agent runs what is expected, is on trial, or does not say what it runs."""
    if birth is None or birth.pushed is None or not row.expected or row.state == "watching":
        return None
    if birth.pushed == row.expected:
        return None
    return Drift(no, row.expected, birth.pushed, birth.taken_by, birth.taken_ts)


def text_diff(old: str, new: str, before: str, after: str) -> str:
    """A unified diff. Raises ConfigError where the two are too long for one."""
    left, right = old.splitlines(), new.splitlines()
    if len(left) + len(right) > DIFF_LINES_MAX:
        raise refusal("edge_config.diff")
    return "\n".join(difflib.unified_diff(left, right, before, after, lineterm="", n=CONTEXT_LINES))
