"""What the page shows and asks of devices. Nothing here changes a device or the configuration; what may be changed is
whose certificates are believed. (The configuration is changed by `changes`.)"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, TypeVar

from connectors import registry
from connectors.driver import Browsable
from edge_agent.commissioning.commands.read.cli import reading_json
from edge_agent.commissioning.doctor import examine
from edge_agent.commissioning.register_forms import locate
from edge_agent.commissioning.register_reading import RegisterReading, read_register
from edge_agent.commissioning.target import is_modbus, line_of, unit_of
from edge_agent.config import make_driver
from edge_agent.device import Device
from edge_agent.diagnostics.tags import tag_states
from edge_agent.trust.folders import State, entries, folders_of, move
from schemas.errors import ConfigError
from schemas.models.connection import ConnectionConfig
from schemas.quality import BAD_FROM, label

T = TypeVar("T")
logger = logging.getLogger(__name__)

TAGS_SHOWN_MAX: Final = 1000
ITEMS_SHOWN_MAX: Final = 1000
#: Looks at devices at once: each may open a link of its own, and small devices have few.
AT_ONCE: Final = 2
LOOK_LIMIT_S: Final = 60.0
#: Exceptions of Modbus by which a device says that it does not have an address.
_NOT_THERE: Final = frozenset({1, 2, 3})


class Looks:
    """Answers of the running agent; `uplink` tells how the platform is reached."""

    def __init__(
        self, edge: str, version: str, devices: Sequence[Device], uplink: Callable[[], Mapping[str, Any]]
    ) -> None:
        self.edge, self._version, self._uplink = edge, version, uplink
        self._devices = devices  # the agent's own list, which a new configuration changes
        self._turns = asyncio.Semaphore(AT_ONCE)

    def overview(self) -> dict[str, Any]:
        """The agent, its way to the platform, and its connections."""
        now = time.time_ns() // 1000
        return {
            "edge": self.edge, "version": self._version, "now": now, "platform": dict(self._uplink()),
            "connections": [_connection(device, now) for device in self._devices],
        }  # fmt: skip

    def tags(self, connection: str, *, only_bad: bool = False) -> dict[str, Any]:
        """The tags of a connection, live; or the bad ones of them. Raises ConfigError."""
        device = self._device(connection)
        units = {tag.name: tag.unit for tag in device.conn.tags}
        rows = [
            {
                **asdict(state), "value": _exact(state.value), "unit": units.get(state.tag, ""),
                "quality_label": label(state.quality),
                "age_s": state.read_age_s,
            }
            for state in tag_states([device])
            if not only_bad or state.quality >= BAD_FROM
        ]  # fmt: skip
        return {"tags": rows[:TAGS_SHOWN_MAX], "left_out": max(0, len(rows) - TAGS_SHOWN_MAX)}

    async def register(self, connection: str, address: str, words: int) -> dict[str, Any]:
        """What is this register? Raises ConfigError, ConnectError."""
        conn = self._device(connection).conn
        place = locate(address[:40])

        async def look() -> dict[str, Any]:
            async with line_of(conn) as line:
                reading = await read_register(line, unit_of(conn), place, words)
            return {**reading_json(reading), "hint": next_step_of(reading)}

        return await self.one(look)

    async def doctor(self, connection: str) -> dict[str, Any]:
        """What keeps the values of a connection away. Raises ConfigError."""
        conn = self._device(connection).conn
        findings = await self.one(lambda: examine(conn))
        return {"findings": [asdict(one) for one in findings]}

    async def browse(self, connection: str, parent: str) -> dict[str, Any]:
        """The addresses of a device below `parent`. Raises ConfigError, ConnectError."""
        conn = self._device(connection).conn

        async def look() -> dict[str, Any]:
            driver = make_driver(conn)
            if not isinstance(driver, Browsable):
                raise ConfigError("page.browse", f"the driver '{conn.driver}' cannot list addresses")
            try:
                await driver.connect()
                items = await driver.browse(parent)
            finally:
                await driver.close()
            names = ("address", "name", "type", "has_children")
            return {"items": [{name: getattr(item, name) for name in names} for item in items[:ITEMS_SHOWN_MAX]]}

        return await self.one(look)

    def certificates(self) -> dict[str, Any]:
        """Certificates of servers in the trust folders of the connections. Raises InterlockError."""
        found = entries(self._trust_folders())
        names = ("state", "sha256", "subject", "until")
        return {"certificates": [{name: getattr(one, name) for name in names} for one in found]}

    def trust(self, sha256: str, state: str) -> dict[str, Any]:
        """Believes a server's certificate, or no longer; counts from the next connecting. Raises InterlockError."""
        target: State = "trusted" if state == "trusted" else "rejected"
        for one in move(self._trust_folders(), sha256, target):
            logger.warning("The agent's page: the certificate %s of %s is now %s.", one.sha256, one.subject, target)
        return self.certificates()

    def _trust_folders(self) -> list[Path]:
        return folders_of([device.conn for device in self._devices])

    def _device(self, connection: str) -> Device:
        for device in self._devices:
            if device.conn.id == connection:
                return device
        raise ConfigError("page.connection", f"there is no connection '{connection[:80]}'")

    async def one(self, look: Callable[[], Awaitable[T]]) -> T:
        """One look at a device, when it is its turn. Raises ConfigError where it takes too long."""
        async with self._turns:
            try:
                async with asyncio.timeout(LOOK_LIMIT_S):
                    return await look()
            except TimeoutError as error:
                raise ConfigError("page.slow", f"the device needs more than {LOOK_LIMIT_S:g} s for this") from error


def next_step_of(reading: RegisterReading) -> str:
    """What to do where a register cannot be read."""
    answer = reading.answer
    if answer.outcome == "data":
        return ""
    if answer.outcome == "exception" and answer.exception in _NOT_THERE:
        return (
            "Search lists the addresses that answer. Most manuals count from 1: try the address before it, or the "
            "other table (input instead of holding)."
        )
    return "The doctor says what to do next."


def _connection(device: Device, now: int) -> dict[str, Any]:
    beat = device.beat()
    last = max((scan.last for scan in beat.scans), default=0)
    return {
        "id": beat.id, "driver": beat.driver, "up": beat.up, "error": beat.error, "since": beat.since,
        "tags": beat.tags, "bad_tags": beat.bad_tags, "last_read_age_s": (now - last) / 1e6 if last else None,
        "modbus": is_modbus(device.conn), "browsable": _is_browsable(device.conn),
    }  # fmt: skip


def _is_browsable(conn: ConnectionConfig) -> bool:
    manifest = registry.manifests().get(conn.driver)
    return manifest is not None and "browse" in manifest.abilities


def _exact(value: Any) -> Any:
    """JSON in a browser has integers up to 2^53."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 2**53 else value
