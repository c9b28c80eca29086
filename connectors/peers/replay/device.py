"""A recording served as a device over Modbus TCP or OPC UA, as a process or inside a test."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, TextIO

from connectors.peers.modbus_peer import ModbusPeer, RegisterUnit
from connectors.peers.opcua_peer import OpcuaPeer, Variable
from connectors.peers.replay.blocks import BLOCK_STRIDE, Block, RowEncoder, modbus_blocks, opcua_blocks
from connectors.peers.replay.player import Player, recorded_periods
from connectors.peers.replay.recording import Recording
from schemas.errors import ConfigError

__all__ = ["NAMESPACE", "ReplayDevice", "ReplayOptions"]

Protocol = Literal["modbus", "opcua"]
NAMESPACE = "urn:interlock:replay"
_UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class ReplayOptions:
    """How to play. ``rows_per_s`` None: the recorded pace, made ``speed`` times faster."""

    protocol: Protocol = "modbus"
    host: str = "127.0.0.1"
    port: int = 0
    unit: int = 1
    rows_per_s: float | None = None
    speed: float = 1.0
    repeat: int = 1
    hold: bool = True
    keep_time: bool = False
    float64: bool = False
    served: Path | None = None


class ReplayDevice:
    """Serves the rows of a recording; an async context manager.

    Row numbers count from 1 through all files and repeats. What a request gets is one row: the registers
    of a block, or the variables of one read, are changed and copied in a single step of the event loop.
    """

    def __init__(
        self, recording: Recording, options: ReplayOptions, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.recording = recording
        self.options = options
        self.done = asyncio.Event()
        modbus = options.protocol == "modbus"
        self.blocks: list[Block] = (
            modbus_blocks(recording.columns, float64=options.float64) if modbus else opcua_blocks(recording.columns)
        )
        self._coverage = [set(range(block.registers)) for block in self.blocks]
        self.player = Player(
            rows_total=len(recording) * options.repeat,
            periods_s=_periods(recording, options),
            parts=len(self.blocks) if modbus else sum(len(block.fields) + 2 for block in self.blocks),
            hold=options.hold,
            clock=clock,
            on_read=self._log_row,
            on_done=self._log_done,
        )
        self._shown = 0
        self._served: TextIO | None = None
        self._stack = AsyncExitStack()
        self._modbus: ModbusPeer | None = None
        self._opcua: OpcuaPeer | None = None
        self._unit = RegisterUnit(options.unit, [], on_read=self._modbus_read)
        self._encoder = RowEncoder(recording, self.blocks) if modbus else None
        self._identifiers = self._list_identifiers()
        self._part_of = {name: part for part, (name, _, _) in enumerate(self._identifiers)}

    @property
    def port(self) -> int:
        """TCP port that is served."""
        peer = self._modbus or self._opcua
        return peer.port if peer is not None else self.options.port

    async def __aenter__(self) -> Self:
        if self.options.served is not None:
            self.options.served.parent.mkdir(parents=True, exist_ok=True)
            self._served = self._stack.enter_context(self.options.served.open("w", encoding="utf-8", buffering=1))
        if self.options.protocol == "modbus":
            self._unit.ranges = [(block.address, block.registers) for block in self.blocks]
            peer = ModbusPeer([self._unit], host=self.options.host, port=self.options.port)
            self._modbus = await self._stack.enter_async_context(peer)
        else:
            self._opcua = await self._stack.enter_async_context(self._opcua_peer())
        self.player.begin()
        self._show(1)
        if not self.options.hold:
            ticking = asyncio.create_task(self._tick())
            self._stack.push_async_callback(_cancel, ticking)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()
        self._served = None

    def status(self) -> dict[str, Any]:
        """What the ready file says."""
        return {
            "protocol": self.options.protocol,
            "host": self.options.host,
            "port": self.port,
            "unit": self.options.unit,
            "namespace": NAMESPACE,
            "rows": len(self.recording),
            "rows_total": self.player.rows_total,
            "row": self.player.row,
            "columns": [column.name for column in self.recording.columns],
            "blocks": len(self.blocks),
            "broken_rows": len(self.recording.problems),
            "hold": self.options.hold,
            "done": self.done.is_set(),
        }

    def unread_names(self) -> list[str]:
        """Columns, or blocks by their first column, that the shown row still waits for."""
        if self.options.protocol == "opcua":
            return sorted(self._identifiers[part][0] for part in self.player.unread)
        return [self.blocks[part].row_tag for part in sorted(self.player.unread)]

    # --- Modbus -----------------------------------------------------------------------------------

    def _modbus_read(self, address: int, count: int) -> None:
        self._show(self.player.current(opens_pass=address == 0))
        index, offset = divmod(address, BLOCK_STRIDE)
        if index >= len(self.blocks):
            return
        self._coverage[index].difference_update(range(offset, offset + count))
        if not self._coverage[index]:
            self.player.mark([index])

    # --- OPC UA -----------------------------------------------------------------------------------

    def _list_identifiers(self) -> list[tuple[str, str, Any]]:
        rows: list[tuple[str, str, Any]] = []
        first = {"bool": False, "int64": 0, "float64": 0.0, "string": ""}
        for block in self.blocks:
            rows += [(block.row_tag, "uint32", 0), (block.time_tag, "int64", 0)]
            rows += [(field.column.name, field.type, first.get(field.type)) for field in block.fields]
        return rows

    def _opcua_peer(self) -> OpcuaPeer:
        variables = [Variable(name, kind, value, "Replay", name) for name, kind, value in self._identifiers]
        return OpcuaPeer(
            NAMESPACE,
            variables,
            host=self.options.host,
            port=self.options.port,
            before_read=self._opcua_before,
            after_read=self._opcua_after,
        )

    def _opcua_before(self, names: Sequence[str]) -> None:
        self._show(self.player.current(opens_pass="row_number" in names))

    def _opcua_after(self, names: Sequence[str]) -> None:
        self.player.mark([self._part_of[name] for name in names if name in self._part_of])

    # --- both -------------------------------------------------------------------------------------

    def _show(self, row: int) -> None:
        if row == self._shown:
            return
        self._shown = row
        self._coverage = [set(range(block.registers)) for block in self.blocks]
        if self._encoder is not None:
            for block, words in self._encoder.registers(row):
                self._unit.put(block.address, words)
        if self._opcua is not None:
            self._opcua.show(self._values(row), self._source_time(row))

    def _values(self, row: int) -> list[tuple[str, Any]]:
        index = (row - 1) % len(self.recording)
        recorded = 0 if self.recording.time_us is None else int(self.recording.time_us[index])
        values: list[tuple[str, Any]] = []
        for block in self.blocks:
            values += [(block.row_tag, row), (block.time_tag, recorded)]
            for field in block.fields:
                value = field.column.values[index]
                values.append((field.column.name, value if isinstance(value, str) else value.item()))
        return values

    def _source_time(self, row: int) -> datetime | None:
        if not self.options.keep_time or self.recording.time_us is None:
            return None
        recorded = int(self.recording.time_us[(row - 1) % len(self.recording)])
        return _UNIX_EPOCH + timedelta(microseconds=recorded)

    async def _tick(self) -> None:
        """A free-running device goes on, and tells subscribers, while nobody reads."""
        period_s = min(1.0, max(0.01, min((p for p in self.player.periods_s if p > 0), default=1.0)))
        while not self.done.is_set():
            before = self._shown
            self._show(self.player.current(opens_pass=False))
            if self._opcua is not None and self._shown != before:
                await self._opcua.notify([name for name, _, _ in self._identifiers])
            await asyncio.sleep(period_s)

    def _log_row(self, row: int) -> None:
        if self._served is not None:
            index = (row - 1) % len(self.recording)
            file, line = int(self.recording.file[index]), int(self.recording.line[index])
            self._write({"row": row, "file": file, "line": line, "t": time.time_ns() // 1000})

    def _log_done(self) -> None:
        self.done.set()
        if self._served is not None:
            self._write({"done": True, "rows": self.player.rows_total, "rows_read": self.player.reads})

    def _write(self, record: dict[str, Any]) -> None:
        if self._served is not None:
            self._served.write(json.dumps(record, separators=(",", ":")) + "\n")


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def _periods(recording: Recording, options: ReplayOptions) -> Sequence[float]:
    if options.rows_per_s is not None:
        return [1.0 / options.rows_per_s]
    if recording.time_us is None:
        raise ConfigError(
            "replay.pace", "the file has no time column to take the pace from",
            hint="give --rows-per-s, or --time-column",
        )  # fmt: skip
    return recorded_periods([int(moment) for moment in recording.time_us], options.speed)
