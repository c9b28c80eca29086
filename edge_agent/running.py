"""`edge-agent run`: the event loop, the signals that end it (SIGTERM, Ctrl-C, Windows Ctrl-Break), and what the
service manager is told."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import threading
from types import FrameType

from edge_agent.agent import Agent
from edge_agent.catalog import catalog_hash
from edge_agent.config import LoadedConfig
from edge_agent.diagnostics.log import REPEAT_S, Log
from edge_agent.plain_words import counted
from edge_agent.systemd import Notifier

_SIGNALS = ("SIGTERM", "SIGINT", "SIGBREAK")
#: Python runs signal handlers between byte codes only; a loop that sleeps is woken this often.
WAKE_S = 0.5


class AgentRun:
    """One run of the agent in the thread that calls `run`; `stop` may be called from any."""

    def __init__(self, loaded: LoadedConfig, log: Log) -> None:
        self._loaded, self._log = loaded, log
        self._notifier = Notifier()
        self._stopped = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._agent: Agent | None = None

    def run(self, *, signals: bool = True) -> int:
        """Collects until `stop` or, with `signals` (main thread only), a signal; 0 when all was ended in order. Raises
        InterlockError."""
        return asyncio.run(self._run(signals=signals))

    def stop(self) -> None:
        """Ends the run, also before it has begun."""
        self._stopped.set()
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # it has ended already
                self._loop.call_soon_threadsafe(self._end)

    def _end(self) -> None:
        self._notifier.stopping()
        if self._agent is not None:
            self._agent.stop()

    async def _run(self, *, signals: bool) -> int:
        self._agent = Agent(self._loaded, catalog_hash(), log_lines=lambda: tuple(self._log.lines))
        self._loop = asyncio.get_running_loop()
        tasks = [asyncio.create_task(work) for work in (_tell_repeats(self._log), self._tell_manager(self._agent))]
        if signals and self._take_signals(self._loop):
            tasks.append(asyncio.create_task(_wake()))
        if self._stopped.is_set():
            self._agent.stop()
        await self._agent.run()
        for task in tasks:
            task.cancel()
        return 0

    async def _tell_manager(self, agent: Agent) -> None:
        await agent.collecting.wait()
        self._notifier.ready(f"collecting {counted(agent.tag_count(), 'tag')}")
        await self._notifier.stay_alive()

    def _take_signals(self, loop: asyncio.AbstractEventLoop) -> bool:
        """Whether somebody must wake the loop for them."""
        must_wake = False
        for name in _SIGNALS:
            number = getattr(signal, name, None)
            if number is None:
                continue
            try:
                loop.add_signal_handler(number, self._end)
            except (NotImplementedError, RuntimeError):  # Windows
                signal.signal(number, self._handle)
                must_wake = True
        return must_wake

    def _handle(self, _number: int, _frame: FrameType | None) -> None:
        self.stop()


def run_until_signal(loaded: LoadedConfig, log: Log) -> int:
    """Runs the agent until it is told to end; 0 when everything was ended in order."""
    return AgentRun(loaded, log).run()


async def _tell_repeats(log: Log) -> None:
    while True:
        await asyncio.sleep(REPEAT_S)
        log.repeats.tell_repeats()


async def _wake() -> None:
    never = asyncio.Event()
    while not never.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(never.wait(), WAKE_S)
