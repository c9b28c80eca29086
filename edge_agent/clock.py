"""Watches the wall clock against the monotonic one: a step is an event, because times around it jump."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

logger = logging.getLogger(__name__)

LOOK_S = 1.0
STEP_MS = 500


def step_ms(wall_before: float, mono_before: float, wall: float, mono: float) -> int:
    """By how much the wall clock moved more than the monotonic one, in ms (times in seconds)."""
    return round(((wall - wall_before) - (mono - mono_before)) * 1000)


async def watch_clock(event: Callable[[dict[str, object]], None]) -> None:
    """Reports steps beyond STEP_MS until cancelled."""
    wall, mono = time.time(), time.monotonic()
    while True:
        await asyncio.sleep(LOOK_S)
        now_wall, now_mono = time.time(), time.monotonic()
        step = step_ms(wall, mono, now_wall, now_mono)
        if abs(step) > STEP_MS:
            logger.warning("The clock was set by %d ms.", step)
            event({"event": "clock_step", "step_ms": step})
        wall, mono = now_wall, now_mono
