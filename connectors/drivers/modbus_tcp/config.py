"""Settings of a Modbus TCP connection; the manifest's schema is generated from this model."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from connectors.modbus.settings import ModbusSettings
from schemas.models.base import Document

PORT, TLS_PORT = 502, 802


class _Reach(Document):
    """Where the device is and how it is spoken to."""

    host: str = Field(min_length=1, max_length=255, description="Address or name of the device.")
    port: int = Field(default=PORT, ge=1, le=65_535, description="TCP port; left out with tls: 802.")
    framing: Literal["tcp", "rtu"] = Field(
        default="tcp",
        description="Frames: tcp as usual, rtu behind a serial converter that passes RTU frames through.",
    )
    own_link: bool = Field(
        default=False,
        description="A TCP link of its own; else connections to the same host and port share one and take turns.",
    )
    tls: bool = Field(
        default=False, description="Modbus Security: TLS, and the device must prove who it is. Never without, if set."
    )
    tls_ca_file: str | None = Field(
        default=None, description="Certificates (PEM) to trust; left out: those of the system."
    )
    tls_certificate_file: str | None = Field(default=None, description="Our certificate (PEM), if the device asks.")
    tls_key_file: str | None = Field(default=None, description="Key of our certificate (PEM, without password).")
    tls_server_name: str | None = Field(
        default=None, max_length=255, description="Name in the device's certificate; left out: host."
    )


class ModbusTcpConfig(ModbusSettings, _Reach):
    """How to reach one Modbus TCP device and what it can bear."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.tls_certificate_file is None) != (self.tls_key_file is None):
            raise ValueError("tls_certificate_file and tls_key_file go together")
        given = self.tls_ca_file or self.tls_certificate_file or self.tls_server_name
        if given and not self.tls:
            raise ValueError("tls_… settings are of no use without tls: true")
        if self.framing == "rtu" and self.tls:
            raise ValueError("Modbus Security has tcp frames: leave out framing: rtu, or tls")
        if self.framing == "rtu" and self.own_link:
            raise ValueError("units behind a converter share its one line: leave out own_link")
        return self

    @property
    def tcp_port(self) -> int:
        """The port that is meant."""
        return TLS_PORT if self.tls and "port" not in self.model_fields_set else self.port
