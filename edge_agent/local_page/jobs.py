"""What takes longer than an answer may: a search on a device; one at a time, with progress, ended on request."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from schemas.errors import ConfigError, InterlockError

__all__ = ["Jobs", "Tell"]

#: A search that nobody ended and that does not end by itself.
JOB_LIMIT_S: Final = 3600.0
#: Tells how far a search is: values for the page.
Tell = Callable[[Mapping[str, Any]], None]


class Jobs:
    """The one search there is, running or ended. Everything on the event loop."""

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None
        self._told: dict[str, Any] = {"state": "none"}

    def start(self, kind: str, connection: str, work: Callable[[Tell], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
        """Begins a search. Raises ConfigError while another one runs."""
        if self._task is not None and not self._task.done():
            raise ConfigError(
                "page.busy",
                f"a search on {self._told['connection'] or 'the network'} is under way",
                hint="Wait for it, or end it.",
            )
        self._told = {
            "state": "running", "kind": kind, "connection": connection, "id": secrets.token_hex(4), "progress": {},
        }  # fmt: skip
        self._task = asyncio.create_task(self._run(work))
        return self.told()

    def told(self) -> dict[str, Any]:
        """State (none, running, done, failed, ended), progress, result."""
        return dict(self._told)

    async def end(self) -> dict[str, Any]:
        """Ends the search; the device is not asked again after this."""
        if self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.wait([self._task])
        return self.told()

    async def _run(self, work: Callable[[Tell], Awaitable[dict[str, Any]]]) -> None:
        told = self._told
        try:
            async with asyncio.timeout(JOB_LIMIT_S):
                told["result"] = await work(lambda progress: told.update(progress=dict(progress)))
            told["state"] = "done"
        except TimeoutError:
            told |= {
                "state": "failed", "code": "page.search", "hint": "",
                "message": f"the search took longer than {JOB_LIMIT_S / 3600:g} h",
            }  # fmt: skip
        except InterlockError as error:
            told |= {"state": "failed", "code": error.code, "message": error.message, "hint": error.hint}
        except asyncio.CancelledError:
            told["state"] = "ended"
