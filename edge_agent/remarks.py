"""What devices say against tags they refuse, told once in the log, with the tags' names."""

from __future__ import annotations

import logging

from connectors.driver import Plan

__all__ = ["tell_remarks"]

logger = logging.getLogger(__name__)

#: Tags named in one line; a wrong table of a thousand tags is one mistake.
NAMED_MAX = 10


def tell_remarks(connection: str, plan: Plan, told: dict[int, str]) -> dict[int, str]:
    """Logs what is new or gone since `told`; returns what is told now."""
    if plan.remarks == told:
        return told
    now = dict(plan.remarks)
    if fresh := [f"{plan.tags[at].name}: {said}" for at, said in now.items() if told.get(at) != said]:
        logger.warning("connection %s: the device refuses %s; asked again from time to time.", connection, _list(fresh))
    if back := [plan.tags[at].name for at in told if at not in now]:
        logger.info("connection %s: the device has %s now.", connection, _list(back))
    return now


def _list(items: list[str]) -> str:
    more = len(items) - NAMED_MAX
    return ", ".join(items[:NAMED_MAX]) + (f" and {more} more" if more > 0 else "")
