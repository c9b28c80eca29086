"""`edge-agent run`: the event loop and the signals that end it (SIGTERM, Ctrl-C, Windows Ctrl-Break)."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from types import FrameType

from edge_agent.agent import Agent
from edge_agent.catalog import catalog_hash
from edge_agent.config import LoadedConfig
from edge_agent.diagnostics.log import REPEAT_S, Log

_SIGNALS = ("SIGTERM", "SIGINT", "SIGBREAK")
#: Python runs signal handlers between byte codes only; a loop that sleeps is woken this often.
WAKE_S = 0.5


def run_until_signal(loaded: LoadedConfig, log: Log) -> int:
    """Runs the agent until it is told to end; 0 when everything was ended in order."""
    return asyncio.run(_run(loaded, log))


async def _run(loaded: LoadedConfig, log: Log) -> int:
    agent = Agent(loaded, catalog_hash(), log_lines=lambda: tuple(log.lines))
    loop = asyncio.get_running_loop()
    repeats = asyncio.create_task(_tell_repeats(log))
    waker: asyncio.Task[None] | None = None
    for name in _SIGNALS:
        number = getattr(signal, name, None)
        if number is None:
            continue
        try:
            loop.add_signal_handler(number, agent.stop)
        except (NotImplementedError, RuntimeError):  # Windows
            _plain_handler(number, loop, agent)
            waker = waker or asyncio.create_task(_wake())
    await agent.run()
    repeats.cancel()
    if waker is not None:
        waker.cancel()
    return 0


def _plain_handler(number: int, loop: asyncio.AbstractEventLoop, agent: Agent) -> None:
    def handle(_number: int, _frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(agent.stop)

    signal.signal(number, handle)


async def _tell_repeats(log: Log) -> None:
    while True:
        await asyncio.sleep(REPEAT_S)
        log.repeats.tell_repeats()


async def _wake() -> None:
    never = asyncio.Event()
    while not never.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(never.wait(), WAKE_S)
