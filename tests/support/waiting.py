"""Waiting for something to become true, with a limit and a reason in the error."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


def wait_until(condition: Callable[[], T], *, timeout_s: float = 10.0, every_s: float = 0.02, what: str = "") -> T:
    """The first truthy answer of `condition`; AssertionError naming `what` after `timeout_s`."""
    end = time.monotonic() + timeout_s
    while True:
        if answer := condition():
            return answer
        if time.monotonic() >= end:
            raise AssertionError(f"Not within {timeout_s} s: {what or getattr(condition, '__name__', condition)}")
        time.sleep(every_s)


async def wait_until_async(
    condition: Callable[[], T | Awaitable[T]],
    *,
    timeout_s: float = 10.0,
    every_s: float = 0.02,
    what: str = "",
) -> T:
    """As `wait_until`, inside a running event loop; `condition` may be a coroutine function."""
    end = time.monotonic() + timeout_s
    while True:
        answer = condition()
        if isinstance(answer, Awaitable):
            answer = await answer
        if answer:
            return answer
        if time.monotonic() >= end:
            raise AssertionError(f"Not within {timeout_s} s: {what or getattr(condition, '__name__', condition)}")
        await asyncio.sleep(every_s)
