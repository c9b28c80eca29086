"""The server the OPC UA driver is proven against: asyncua's own."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

from asyncua import ua

from connectors.peers.opcua_peer import OpcuaPeer, Variable
from schemas.models.tag import DataType, TagConfig
from schemas.quality import Quality

__all__ = ["Peer"]

NAMESPACE = "urn:interlock:conformance"
PER_TYPE = 8
_INITIAL: dict[str, Any] = {"bool": False, "float32": 0.0, "float64": 0.0, "string": ""}
_TYPES: tuple[DataType, ...] = (
    "bool",
    "int16",
    "uint16",
    "int32",
    "uint32",
    "int64",
    "uint64",
    "float32",
    "float64",
    "string",
)


class Peer:
    """A few variables of each type; each tag gets the next one of its type."""

    host = "127.0.0.1"

    def __init__(self) -> None:
        variables = [
            Variable(f"{of}_{number}", of, _INITIAL.get(of, 0), "Values", f"{of}_{number}", writable=True)
            for of in _TYPES
            for number in range(PER_TYPE)
        ]
        self._values: dict[str, Any] = {variable.identifier: variable.initial for variable in variables}
        self._server = OpcuaPeer(NAMESPACE, variables, on_write=self._accept)
        self._used: dict[str, int] = {}
        self.port = 0

    async def __aenter__(self) -> Self:
        await self._server.__aenter__()
        self.port = self._server.port
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._server.__aexit__(kind, error, trace)

    def config(self, host: str, port: int, timeout_ms: int) -> dict[str, Any]:
        """Settings of the driver; few nodes a request, so that a plan takes several."""
        return {
            "endpoint": f"opc.tcp://{host}:{port}/interlock/",
            "security_policy": "None",
            "timeout_ms": timeout_ms,
            "nodes_per_read_max": 4,
        }

    def tag(self, name: str, data_type: DataType, **more: Any) -> TagConfig:
        """The next variable of this type."""
        number = self._used.get(data_type, 0)
        self._used[data_type] = number + 1
        address = self._server.node_id(f"{data_type}_{number}")
        return TagConfig(name=name, type=data_type, address=address, **more)

    def wrong_tag(self, name: str, data_type: DataType) -> TagConfig:
        """A node that is not there."""
        return TagConfig(name=name, type=data_type, address=self._server.node_id(f"missing_{name}"))

    def impossible_tag(self, name: str) -> TagConfig:
        """No NodeId."""
        return TagConfig(name=name, type="int16", address="Line.Temperature")

    def put(self, tag: TagConfig, value: float | int | bool | str) -> None:
        """Set the variable."""
        self._values[_identifier(tag)] = value
        self._server.show([(_identifier(tag), value)])

    def get(self, tag: TagConfig) -> float | int | bool | str:
        """What the server was last given."""
        value: float | int | bool | str = self._values[_identifier(tag)]
        return value

    def put_text_bytes(self, tag: TagConfig, data: bytes) -> bool:
        """A String of OPC UA is UTF-8."""
        return False

    def fault(self, tag: TagConfig) -> Quality | None:
        """A status as a server with a broken sensor gives it."""
        attribute = self._server._attributes[_identifier(tag)]
        attribute.value = ua.DataValue(
            ua.Variant(1.0, ua.VariantType.Float), StatusCode=ua.StatusCode(ua.StatusCodes.BadSensorFailure)
        )
        return Quality.SENSOR

    def _accept(self, identifier: str, value: Any) -> bool:
        self._values[identifier] = value
        self._server.show([(identifier, value)])
        return True


def _identifier(tag: TagConfig) -> str:
    return tag.address.partition(";s=")[2]
