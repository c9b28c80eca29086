"""An agent with guards of pushed configurations switched off, for negative controls: INTERLOCK_TEST_OFF names them."""

from __future__ import annotations

import os
import sys
from typing import Any

from edge_agent.cli import run_cli
from edge_agent.config import LoadedConfig
from edge_agent.remote_config import desk, load
from edge_agent.versions.kept import Holding, Kept
from schemas.models.connection import ConnectionConfig


def _without_verdict() -> None:
    """What was pushed stays, however its connections do."""

    async def no_verdict(*_: Any) -> None:
        return None

    desk.RemoteDesk._verdict = no_verdict  # type: ignore[method-assign, assignment]


def _without_trial() -> None:
    """A start does not ask whether what holds has lived through its trial."""
    held = load._holds

    def effective(own: LoadedConfig, path: Any) -> LoadedConfig:
        kept = Kept(own.data_dir)
        return held(own, path, kept, Holding(kept.holding().active))

    load.effective = effective


def _without_sameness() -> None:
    """What runs already is pushed like anything else, and no connection is what it was."""

    async def same(self: desk.RemoteDesk, push: Any, text: str) -> None:
        await self._try(push, text, self._checked(text))

    desk.RemoteDesk._same = same  # type: ignore[method-assign]
    ConnectionConfig.__eq__ = lambda a, b: a is b  # type: ignore[method-assign]
    ConnectionConfig.__hash__ = object.__hash__  # type: ignore[method-assign]


OFF = {"verdict": _without_verdict, "trial": _without_trial, "sameness": _without_sameness}

if __name__ == "__main__":
    for name in os.environ["INTERLOCK_TEST_OFF"].split(","):
        OFF[name]()
    sys.exit(run_cli(sys.argv[1:]))
