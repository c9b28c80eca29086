"""Registers looked at over the line of the drivers: a serial port, which nobody else can open beside them, and TLS.

The agent's own connections to the same port are on this line too, and everybody takes turns: a look waits for the read
under way, and costs the others one request.
"""

from __future__ import annotations

import time
from typing import Any, Final, Self

from pymodbus.pdu import ExceptionResponse
from pymodbus.pdu.bit_message import ReadCoilsRequest, ReadDiscreteInputsRequest
from pymodbus.pdu.register_message import ReadHoldingRegistersRequest, ReadInputRegistersRequest

from connectors.modbus.address import BIT_TABLES, READ_FUNCTION, Table
from connectors.modbus.client import BytesReply
from connectors.modbus.driver import ModbusDriver
from connectors.modbus.line import Line
from edge_agent.commissioning.modbus_line import Answer
from schemas.errors import ConnectError

__all__ = ["DriverLine"]

#: Reads alone, so that no mistake here can write.
_REQUESTS: Final = {
    1: ReadCoilsRequest, 2: ReadDiscreteInputsRequest, 3: ReadHoldingRegistersRequest, 4: ReadInputRegistersRequest,
}  # fmt: skip


class DriverLine:
    """One user more of a driver's line, as long as it is entered."""

    def __init__(self, driver: ModbusDriver[Any]) -> None:
        self._driver = driver
        self._line: Line | None = None
        self.timeout_ms: float = driver.config.timeout_ms

    async def __aenter__(self) -> Self:
        line = self._driver.take_line()
        try:
            await line.open(self.timeout_ms / 1000)
        except BaseException:
            line.release()
            raise
        self._line = line
        return self

    async def __aexit__(self, *_: object) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.release()

    async def ask(
        self, unit: int, table: Table, address: int, count: int, *, timeout_ms: float | None = None
    ) -> Answer:
        """Reads `count` registers or bits. Raises ConnectError only where no link can be opened."""
        if self._line is None:
            raise ConnectError("modbus.link", "there is no link to the device")
        function = READ_FUNCTION[table]
        size = (count + 7) // 8 if table in BIT_TABLES else count * 2
        pdu = _REQUESTS[function](address=address, count=count, dev_id=unit)
        limit_s = (self.timeout_ms if timeout_ms is None else timeout_ms) / 1000
        began = time.perf_counter()
        try:
            reply = await self._line.ask(
                unit, lambda client: client.execute(False, pdu), limit_s, size + 5, tap=self._driver.tap
            )
        except ConnectError as error:
            if error.code != "modbus.link":  # the port itself cannot be opened any longer
                raise
            return Answer("closed", (time.perf_counter() - began) * 1000)
        elapsed_ms = (time.perf_counter() - began) * 1000
        if reply is None:
            return Answer("silent", elapsed_ms)
        if isinstance(reply, ExceptionResponse):
            return Answer("exception", elapsed_ms, exception=reply.exception_code)
        if isinstance(reply, BytesReply) and reply.function_code == function and len(reply.payload) == size:
            return Answer("data", elapsed_ms, reply.payload)
        self._line.distrust(unit, limit_s)
        return Answer("foreign", elapsed_ms, raw=getattr(reply, "payload", b""))
