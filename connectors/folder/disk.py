"""Work on a folder that may be a share: never on the event loop, and never more of it than one that hangs.

A share whose server is gone can hold a call for minutes; such a call cannot be ended. The thread it is in is a daemon,
so that the agent still ends, and the next try waits for it instead of starting another one.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

from schemas.errors import AuthError, ConnectError, InterlockError

__all__ = ["Disk", "reach"]

T = TypeVar("T")
#: The last call into each folder, which may hang.
_LAST: dict[Path, Future[Any]] = {}


class Disk:
    """Calls into one folder, one at a time."""

    def __init__(self, folder: Path, timeout_s: float) -> None:
        self._folder, self._timeout_s = folder, timeout_s
        self._turn = asyncio.Lock()

    async def call(self, work: Callable[[], T]) -> T:
        """What `work` gives, done in a thread. Raises ConnectError, AuthError."""
        try:
            async with asyncio.timeout(self._timeout_s), self._turn:
                if (before := _LAST.get(self._folder)) is not None and not before.done():
                    await asyncio.wait([asyncio.wrap_future(before)])
                future: Future[T] = Future()
                future.set_running_or_notify_cancel()
                _LAST[self._folder] = future
                threading.Thread(target=_do, args=(work, future), name="folder", daemon=True).start()
                return await asyncio.wrap_future(future)
        except TimeoutError as error:
            raise ConnectError(
                "folder.timeout", f"the folder {self._folder} does not answer in time",
                hint="Is it a share whose computer is off, or slow? A larger timeout_ms may help.",
            ) from error  # fmt: skip
        except PermissionError as error:
            raise AuthError(
                "folder.permission", f"the agent may not use {error.filename or self._folder}: {error.strerror}",
                hint="Give the agent's user the right to read the folder; to move or delete files also to write.",
            ) from error  # fmt: skip
        except (FileNotFoundError, NotADirectoryError) as error:
            raise ConnectError(
                "folder.missing", f"there is no folder {self._folder}",
                hint="Check its name, and whether the share is mounted.",
            ) from error  # fmt: skip
        except OSError as error:
            raise ConnectError(
                "folder.unreadable", f"the folder {self._folder} cannot be used: {error.strerror or error}",
                hint="Check the disk or the share.",
            ) from error  # fmt: skip


def reach(work: Callable[[], T]) -> T:
    """Does the work; tests put a share that hangs in its place."""
    return work()


def _do(work: Callable[[], T], future: Future[T]) -> None:
    try:
        result = reach(work)
    except (OSError, ValueError, InterlockError) as error:
        future.set_exception(error)
    else:
        future.set_result(result)
