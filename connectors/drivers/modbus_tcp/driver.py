"""Modbus TCP: one unit of a device, a gateway or a serial converter, over TCP or TLS."""

from __future__ import annotations

from functools import partial

from pymodbus.transport import CommParams, CommType

from connectors.drivers.modbus_tcp.config import ModbusTcpConfig
from connectors.drivers.modbus_tcp.tls import explain, open_tls
from connectors.modbus.client import LinkedClient
from connectors.modbus.driver import ModbusDriver
from connectors.modbus.line import Line, LinePort, shared_line
from schemas.errors import ConnectError, InterlockError

#: A small controller may take seconds for the keys of a TLS session.
TLS_OPEN_S = 10.0


class ModbusTcpDriver(ModbusDriver[ModbusTcpConfig]):
    """One unit of a Modbus TCP device or gateway."""

    config_model = ModbusTcpConfig

    @property
    def rtu(self) -> bool:
        """Whether a serial converter passes its frames on as they are."""
        return self.config.framing == "rtu"

    @property
    def line(self) -> tuple[str, dict[str, object]]:
        """Host and port, and what every connection to them must say alike; one of its own has a name of its own."""
        config = self.config
        name = f"{config.host}:{config.tcp_port}"
        alike = config.model_dump(
            include={"framing", "tls", "tls_ca_file", "tls_certificate_file", "tls_key_file", "tls_server_name"}
        )
        return (f"{name}#{id(self)}" if config.own_link else name), alike

    def take_line(self) -> Line:
        """The link to host and port, shared with every connection to the same."""
        key, alike = self.line
        config = self.config
        port = LinePort(
            f"{config.host}:{config.tcp_port}", self._client, self._explain, rtu=self.rtu,
            settings=alike, open_min_s=TLS_OPEN_S if config.tls else 0.0,
        )  # fmt: skip
        return shared_line(("tcp", key), port)

    def _client(self) -> LinkedClient:
        config = self.config
        params = CommParams(
            comm_type=CommType.TCP,
            comm_name="modbus_tcp",
            host=config.host,
            port=config.tcp_port,
            reconnect_delay=0.0,
            timeout_connect=config.timeout_ms / 1000,
        )
        return LinkedClient(params, rtu=self.rtu, create=partial(open_tls, config) if config.tls else None)

    def _explain(self, error: Exception) -> InterlockError:
        return explain(self.config, error) or ConnectError(
            "modbus.connect",
            f"no Modbus TCP connection to {self.config.host}:{self.config.tcp_port}",
            hint="Check address, port, cable and whether the device allows another connection.",
        )
