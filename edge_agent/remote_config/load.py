"""Which configuration an agent starts with: the machine's own, or what the platform pushed and the agent kept."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from pathlib import Path

from edge_agent.config import LoadedConfig, load_config
from edge_agent.remote_config.compose import composed
from edge_agent.remote_config.past import Reason, record_gone_back
from edge_agent.versions.kept import Holding, Kept
from schemas.errors import ConfigError
from schemas.wire.config_push import ConfigReport

logger = logging.getLogger(__name__)


def load_effective(path: Path) -> LoadedConfig:
    """As `effective`, from the machine's file. Raises ConfigError."""
    return effective(load_config(path), path)


def effective(own: LoadedConfig, path: Path) -> LoadedConfig:
    """The machine's own configuration, with the pushed connections where it allows them. Raises ConfigError.

    A configuration whose trial the last run did not live through is taken back here. A pushed text that no longer fits
    gives way to the machine's own, and says so in the log.
    """
    if not own.config.remote_config:
        return own
    kept = Kept(own.data_dir)
    holding = kept.holding()
    if not holding.on_trial:
        return _holds(own, path, kept, holding)
    undone = _quiet(path, kept, holding.active)
    reason = Reason("remote.ended", "the agent ended while it was on trial")
    back = taken_back(holding, reason)
    loaded = _holds(own, path, kept, back)
    # Before the state: an end in between tells it twice, never as a change made at the machine.
    record_gone_back(path, kept.text(loaded.pushed) if loaded.pushed else "", loaded.hash, reason)
    kept.hold(back)
    logger.warning("The configuration on trial is taken back: the agent ended before it was kept.")
    return loaded if undone is None else replace(loaded, renamed=renamed_back(undone))


def _holds(own: LoadedConfig, path: Path, kept: Kept, holding: Holding) -> LoadedConfig:
    if not holding.active:
        return own
    try:
        loaded = composed(path, kept.text(holding.active))
    except ConfigError as error:
        logger.error("What the platform pushed does not fit any longer; agent.yaml's own connections hold: %s", error)
        return own
    logger.info("Connections come from the platform (version %s); those of %s wait.", holding.active[:12], path.name)
    return loaded


def taken_back(holding: Holding, reason: Reason) -> Holding:
    """The state after a trial that failed: what was before holds, and the report says why."""
    before = holding.before or ""
    report = ConfigReport(
        holding.push, holding.active, "rolled_back", before, reason.text, ts=time.time_ns() // 1000,
        code=reason.code, params=reason.params,
    )  # fmt: skip
    return replace(holding, active=before, before=None, push="", report=report.pack())


def renamed_back(undone: LoadedConfig) -> dict[str, str]:
    """For going back from `undone`: the names its tags had before → the names it gave them (`was:`)."""
    return {
        f"{conn.id}/{tag.was}": f"{conn.id}/{tag.name}"
        for conn in undone.config.connections
        for tag in conn.tags
        if tag.was is not None
    }


def _quiet(path: Path, kept: Kept, hash_: str) -> LoadedConfig | None:
    try:
        return composed(path, kept.text(hash_))
    except ConfigError:
        return None
