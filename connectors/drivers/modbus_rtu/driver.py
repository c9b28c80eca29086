"""Modbus RTU: one unit on a serial line. Connections to the same port share it and take turns."""

from __future__ import annotations

import errno
import os
from functools import partial
from typing import Final

from pymodbus.transport import CommParams, CommType
from serial.tools import list_ports

from connectors.drivers.modbus_rtu.config import ModbusRtuConfig
from connectors.drivers.modbus_rtu.port import open_port
from connectors.modbus.client import LinkedClient
from connectors.modbus.driver import ModbusDriver
from connectors.modbus.line import Line, LinePort, shared_line
from schemas.errors import ConnectError, InterlockError

_HINTS: Final = {
    errno.EACCES: "This user may not open it: add the user of the agent to the group dialout (Linux).",
    errno.EINVAL: "The port cannot do these settings: check baud, parity and stop_bits.",
    errno.EBUSY: "Another program has it open: end that program.",
    errno.EAGAIN: "Another program has it open: end that program.",
}
PORTS_SHOWN_MAX: Final = 8


class ModbusRtuDriver(ModbusDriver[ModbusRtuConfig]):
    """One unit on a serial line."""

    config_model = ModbusRtuConfig

    @property
    def line(self) -> tuple[str, dict[str, object]]:
        """Name of the port and what every connection on it must say alike."""
        config = self.config
        # Names under /dev/serial/by-id are links to the port itself; Windows does not tell COM3 from com3.
        name = config.port.upper() if os.name == "nt" else os.path.realpath(config.port)
        alike = config.model_dump(include={"baud", "parity", "stop_bits", "rest_ms", "echo"})
        return name, alike

    def take_line(self) -> Line:
        """The serial port, shared with every connection to the same."""
        name, alike = self.line
        config = self.config
        port = LinePort(
            config.port, self._client, self._explain, rtu=True, settings=alike, rest_s=config.rest_s,
            char_s=config.char_s,
        )  # fmt: skip
        return shared_line(("serial", name), port)

    def _client(self) -> LinkedClient:
        config = self.config
        params = CommParams(
            comm_type=CommType.SERIAL,
            comm_name="modbus_rtu",
            host=config.port,
            reconnect_delay=0.0,
            timeout_connect=config.timeout_ms / 1000,
            handle_local_echo=config.echo,
        )
        return LinkedClient(params, rtu=True, create=partial(open_port, config))

    def _explain(self, error: Exception) -> InterlockError:
        number = getattr(error, "errno", None)
        hint = _HINTS.get(number) if number is not None else None
        if hint is None and number == errno.ENOENT:
            hint = f"It is not there: check the plug and the name. {_ports_here()}"
        message = f"the serial port {self.config.port} cannot be opened"
        return ConnectError("modbus.serial_port", message, hint=hint or f"The system says: {error}.")


def _ports_here() -> str:
    found = [f"{port.device} ({port.description})" for port in list_ports.comports()[:PORTS_SHOWN_MAX]]
    return "Ports here: " + ", ".join(found) + "." if found else "No serial port is here."
