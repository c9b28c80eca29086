"""A serial port as a transport: pymodbus' own, around a port that we open.

The library sets the port's timeouts after opening it. A port that refuses some of its settings fails in that second
step, and then stays open and locked against us.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable

import serial
from pymodbus.transport.serialtransport import SerialTransport

from connectors.drivers.modbus_rtu.config import ModbusRtuConfig

try:
    from termios import error as _termios_error

    #: A port that cannot do what the settings say; pyserial lets it through, and it is no OSError.
    _REFUSED_SETTINGS: tuple[type[Exception], ...] = (_termios_error,)
except ImportError:  # Windows
    _REFUSED_SETTINGS = ()

__all__ = ["open_port"]

_PARITY = {"none": serial.PARITY_NONE, "even": serial.PARITY_EVEN, "odd": serial.PARITY_ODD}


class _PortTransport(SerialTransport):
    """The library's transport around a port that is open already."""

    def __init__(self, protocol: asyncio.BaseProtocol, port: serial.Serial) -> None:
        asyncio.Transport.__init__(self)
        self.async_loop = asyncio.get_running_loop()
        self.intern_protocol = protocol
        self.sync_serial = port
        self.intern_write_buffer: list[bytes] = []
        self.poll_task: asyncio.Task[None] | None = None
        # Windows alone: how long its polling sleeps, s.
        self._poll_wait_time = 0.002


async def open_port(
    config: ModbusRtuConfig, factory: Callable[[], asyncio.BaseProtocol]
) -> tuple[asyncio.BaseTransport, asyncio.BaseProtocol]:
    """The port, open and locked, with a protocol of the factory on it. Raises OSError, ValueError."""
    port = serial.Serial(
        baudrate=config.baud,
        bytesize=serial.EIGHTBITS,
        parity=_PARITY[config.parity],
        stopbits=config.stop_bits,
        timeout=0,
        write_timeout=0,
        exclusive=True if os.name == "posix" else None,
    )
    port.port = config.port
    try:
        port.open()
    except _REFUSED_SETTINGS as error:
        raise OSError(*error.args) from error
    protocol = factory()
    transport = _PortTransport(protocol, port)
    transport.setup()
    return transport, protocol
