"""The only retry loop: one task per session (a device, the broker), back-off between its lives.

A session's `run` connects, works and raises when its link is gone. What it raises decides nothing
here but the words in the log: the supervisor always tries again, first quickly, then with growing
pauses of at most 8 s with jitter, for as long as the agent runs: what comes back after a day is
read again within 10 s, and one attempt in 8 s costs a dead device nothing. Sessions share nothing, so
that a dead device costs the others nothing; where they do share a line, the error says how much longer
(at most 60 s) the others need it more.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable
from typing import Protocol

from schemas.errors import ConnectError, InterlockError

logger = logging.getLogger(__name__)

FIRST_PAUSE_S = 0.25
PAUSE_MAX_S = 8.0
#: A life this long counts as good: the next pause is short again.
GOOD_LIFE_S = 10.0


class Session(Protocol):
    """What the supervisor keeps alive."""

    @property
    def name(self) -> str:
        """For the log."""
        ...

    async def run(self, up: Callable[[], None]) -> None:
        """One life: calls `up` when the link stands; raises when it is gone."""
        ...

    def lost(self, error: Exception) -> None:
        """Told after each life, before the pause."""
        ...


class Backoff:
    """Pauses 0.25, 0.5, 1, … 8 s, each with jitter between half and the whole of it."""

    def __init__(self, rng: random.Random | None = None) -> None:
        self._rng = rng or random.Random()  # noqa: S311 - jitter, not a secret
        self._next_s = FIRST_PAUSE_S

    def reset(self) -> None:
        """The last life was a good one."""
        self._next_s = FIRST_PAUSE_S

    def pause_s(self) -> float:
        """Seconds to wait now."""
        pause, self._next_s = self._next_s, min(PAUSE_MAX_S, self._next_s * 2)
        return pause * self._rng.uniform(0.5, 1.0)


async def keep_alive(session: Session, backoff: Backoff | None = None) -> None:
    """Runs a session until the task is cancelled."""
    backoff = backoff or Backoff()
    told: set[str] = set()  # while it is down: each kind of reason once, as "lost" and then "refused"
    while True:
        up_at: float | None = None

        def up() -> None:
            nonlocal up_at
            up_at = time.monotonic()
            if told:
                logger.info("%s: back.", session.name, extra={"session": session.name})
            told.clear()

        try:
            await session.run(up)
        except InterlockError as error:
            failure: Exception = error
        except Exception as error:
            if not told:  # the same defect each second would fill the log
                logger.exception("%s: unexpected error.", session.name, extra={"session": session.name})
            failure = error
        else:
            continue
        try:
            session.lost(failure)
        except Exception:  # a session that is never tried again would be silent for ever
            logger.exception("%s: its loss could not be told.", session.name)
        if up_at is not None and time.monotonic() - up_at >= GOOD_LIFE_S:
            backoff.reset()
        if _is_news(failure, told):
            known = {"session": session.name, "code": getattr(failure, "code", "agent.defect")}
            logger.warning("%s: %s. Trying again.", session.name, str(failure).rstrip("."), extra=known)
        await asyncio.sleep(_pause_s(backoff, failure))


def _pause_s(backoff: Backoff, failure: Exception) -> float:
    pause_s = backoff.pause_s()
    return max(pause_s, failure.not_before_s) if isinstance(failure, ConnectError) else pause_s


def _is_news(failure: Exception, told: set[str]) -> bool:
    """Whether this kind of failure was not told yet; it is remembered as told."""
    kind = failure.code if isinstance(failure, InterlockError) else type(failure).__name__
    known = kind in told
    told.add(kind)
    return not known
