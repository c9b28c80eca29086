"""What others ask of a device between its reads: a write, a look at one tag. One after the other, with deadlines."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from connectors.driver import URGENT, Driver
from schemas.errors import AuthError, ConnectError, WriteRejected

T = TypeVar("T")
Work = Callable[[Driver[Any]], Awaitable[Any]]

#: Longer than this (s) an exchange does not hold up the reads.
EXCHANGE_MAX_S = 5.0


@dataclass(slots=True)
class _Asked:
    work: Work
    deadline: float
    done: asyncio.Future[Any]


class Exchange:
    """The asked-for works of one device; `wake` is called for each, so that it does not wait for the next read."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._asked: deque[_Asked] = deque()

    def __bool__(self) -> bool:
        return bool(self._asked)

    async def ask(self, work: Callable[[Driver[Any]], Awaitable[T]], deadline: float) -> T:
        """The work's result. It is not begun after `deadline` (monotonic s): raises WriteRejected then, ConnectError
        where the link breaks."""
        asked = _Asked(work, deadline, asyncio.get_running_loop().create_future())
        self._asked.append(asked)
        self._wake()
        result: T = await asked.done
        return result

    async def serve(self, driver: Driver[Any]) -> None:
        """Does what is asked. Raises ConnectError or AuthError where the link is gone, after telling who asked."""
        while self._asked:
            asked = self._asked.popleft()
            if asked.done.done():
                continue
            if time.monotonic() > asked.deadline:
                asked.done.set_exception(WriteRejected("device.busy", "the device was busy until it was too late"))
                continue
            await self._one(driver, asked)

    async def _one(self, driver: Driver[Any], asked: _Asked) -> None:
        urgent = URGENT.set(True)
        try:
            async with asyncio.timeout(EXCHANGE_MAX_S):
                result = await asked.work(driver)
        except TimeoutError as error:
            gone = ConnectError("device.exchange_timeout", f"no answer within {EXCHANGE_MAX_S:g} s")
            asked.done.set_exception(gone)
            raise gone from error
        except (ConnectError, AuthError) as error:
            asked.done.set_exception(error)
            raise
        except asyncio.CancelledError:
            asked.done.cancel()
            raise
        except WriteRejected as error:
            asked.done.set_exception(error)
        else:
            if not asked.done.done():
                asked.done.set_result(result)
        finally:
            URGENT.reset(urgent)
            if not asked.done.done():
                asked.done.set_exception(ConnectError("device.defect", "the work ended by a defect"))

    def refuse(self, message: str) -> None:
        """The link is gone: nobody waits any longer."""
        while self._asked:
            asked = self._asked.popleft()
            if not asked.done.done():
                asked.done.set_exception(ConnectError("device.offline", message))
