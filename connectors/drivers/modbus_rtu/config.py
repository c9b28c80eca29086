"""Settings of a Modbus RTU connection; the manifest's schema is generated from this model."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from connectors.modbus.settings import ModbusSettings
from schemas.models.base import Document

Parity = Literal["none", "even", "odd"]


class _SerialPort(Document):
    """The port, set as the devices on it are."""

    port: str = Field(
        min_length=1, max_length=255, description="Serial port, for example /dev/ttyUSB0, /dev/serial/by-id/… or COM3."
    )
    baud: int = Field(ge=300, le=4_000_000, description="Speed as set at the devices, often 9600 or 19200 bit/s.")
    parity: Parity = Field(description="Parity as set at the devices; even by the standard, often none.")
    stop_bits: Literal[1, 2] = Field(default=1, description="Stop bits; by the standard 2 where parity is none.")
    rest_ms: float = Field(
        default=0.0,
        ge=0,
        le=1000,
        description="Silence on the line before each request, beyond the 3.5 characters of the standard, ms: for slow "
        "devices, and adapters that take long to turn from sending to receiving.",
    )
    echo: bool = Field(default=False, description="The adapter gives back what was sent (RS-485 with two wires).")

    @field_validator("port")
    @classmethod
    def _no_url(cls, port: str) -> str:
        # The library also takes addresses such as spy://…?file=…, which writes a file.
        if "://" in port or not port.isprintable():
            raise ValueError("a serial port is a device such as /dev/ttyUSB0 or COM3, not an address")
        return port


class ModbusRtuConfig(ModbusSettings, _SerialPort):
    """How to reach one Modbus RTU device and what it can bear."""

    unit: int = Field(default=1, ge=1, le=247, description="Unit id as set at the device; each on a line has its own.")
    timeout_ms: int = Field(
        default=1000,
        ge=10,
        le=60_000,
        description="Longest wait for an answer to begin, ms; the time its bytes take at this speed is added.",
    )

    @property
    def char_s(self) -> float:
        """Time one character takes on the wire: start bit, 8 data bits, parity, stop bits."""
        bits = 1 + 8 + (self.parity != "none") + self.stop_bits
        return bits / self.baud

    @property
    def rest_s(self) -> float:
        """Silence between frames: 3.5 characters, 1.75 ms at least above 19,200 bit/s (Modbus over serial line V1.02,
        2.5.1.1), and what the settings add."""
        by_standard = 0.001_75 if self.baud > 19_200 else 3.5 * self.char_s
        return by_standard + self.rest_ms / 1000
