"""What answers on this machine while the agent runs: the door for commands, metrics, the agent's own page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from edge_agent import __version__
from edge_agent.buffer.letter_desk import LetterDesk
from edge_agent.device import Device
from edge_agent.diagnostics.local_door import LocalDoor
from edge_agent.health import Health
from edge_agent.metrics_server import MetricsServer
from schemas.errors import ConfigError

if TYPE_CHECKING:
    from edge_agent.local_page.changes import Running
    from edge_agent.local_page.server import PageServer

    LocalServer = LocalDoor | MetricsServer | PageServer


async def start_servers(
    running: Running, health: Health, devices: Sequence[Device], log_lines: Callable[[], Sequence[str]],
    letters: LetterDesk,
) -> list[LocalServer]:  # fmt: skip
    """Starts those that are configured; `devices` is the agent's own list. Raises ConfigError, with none left."""
    config, folder = running.loaded.config, running.loaded.data_dir
    door = LocalDoor(health.status, health.metrics, devices, log_lines, letters)
    await door.start(folder)
    started: list[LocalServer] = [door]
    try:
        if config.metrics is not None:
            metrics = MetricsServer(health.metrics)
            await metrics.start(config.metrics.listen, folder / "metrics.addr")
            started.append(metrics)
        if config.page is not None:
            way = lambda: health.way() | {"address": config.broker.url}  # noqa: E731 - the broker stays while it runs
            # With all that commissioning needs: an agent without the page does not carry it.
            from edge_agent.local_page.looks import Looks
            from edge_agent.local_page.server import PageServer

            page = PageServer(folder, Looks(config.edge, __version__, devices, way), running, letters)
            await page.start(config.page.listen, folder / "page.addr")
            started.append(page)
    except ConfigError:
        for server in started:
            await server.stop()
        raise
    return started
