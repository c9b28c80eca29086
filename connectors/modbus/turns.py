"""Whose turn it is on a line: one at a time, in the order of asking, but what is urgent goes first."""

from __future__ import annotations

import asyncio
from collections import deque

__all__ = ["Turns"]


class Turns:
    """A lock with two queues. Whoever is asked by a person (a write) does not wait behind the polls of other units."""

    def __init__(self) -> None:
        self._taken = False
        self._urgent: deque[asyncio.Future[None]] = deque()
        self._usual: deque[asyncio.Future[None]] = deque()

    async def take(self, *, urgent: bool = False) -> None:
        """Waits for the turn; whoever has it must `give` it on."""
        if not self._taken:
            self._taken = True
            return
        queue = self._urgent if urgent else self._usual
        mine = asyncio.get_running_loop().create_future()
        queue.append(mine)
        try:
            await mine
        except asyncio.CancelledError:
            if mine in queue:
                queue.remove(mine)
            elif not mine.cancelled():  # the turn was ours already
                self.give()
            raise

    def give(self) -> None:
        """The next one's turn."""
        for queue in (self._urgent, self._usual):
            while queue:
                next_one = queue.popleft()
                if not next_one.done():
                    next_one.set_result(None)
                    return
        self._taken = False
