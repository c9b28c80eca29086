"""An OPC UA server (asyncua) over variables that a peer sets, and may watch being read.

asyncua answers a read request in one step of the event loop: pre-read listeners, then one pass over
the nodes, then post-read listeners, with no suspension between. Values set together, without an
``await``, are therefore read together; :meth:`OpcuaPeer.show` relies on that and so do its tests.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

import asyncua
from asyncua.common.callback import CallbackType

__all__ = ["OpcuaPeer", "Variable"]

# The library's annotations neither export what it offers nor agree with what it takes.
_library: Any = asyncua
ua = _library.ua

_TYPES: Mapping[str, Any] = {
    "bool": ua.VariantType.Boolean,
    "int16": ua.VariantType.Int16,
    "uint16": ua.VariantType.UInt16,
    "int32": ua.VariantType.Int32,
    "uint32": ua.VariantType.UInt32,
    "int64": ua.VariantType.Int64,
    "uint64": ua.VariantType.UInt64,
    "float32": ua.VariantType.Float,
    "float64": ua.VariantType.Double,
    "string": ua.VariantType.String,
}
OnRead = Callable[[Sequence[str]], None]
OnWrite = Callable[[str, Any], bool]


@dataclass(frozen=True)
class Variable:
    """One variable: its string identifier in the peer's namespace, type, first value and folder."""

    identifier: str
    type: str
    initial: Any
    folder: str
    name: str
    writable: bool = False


class OpcuaPeer:
    """Serves variables under Objects/<folder>; an async context manager.

    ``before_read`` and ``after_read`` get the identifiers of a request that came from a client.
    ``port`` 0 takes a free one; the real one is in :attr:`port` once entered.
    """

    def __init__(
        self,
        namespace: str,
        variables: Sequence[Variable],
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        before_read: OnRead | None = None,
        after_read: OnRead | None = None,
        on_write: OnWrite | None = None,
    ) -> None:
        self.namespace = namespace
        self.host = host
        self.port = port
        self._variables = variables
        self._before_read = before_read
        self._after_read = after_read
        self._on_write = on_write
        self._attributes: dict[str, Any] = {}
        self._variants: dict[str, Any] = {}
        self._server: Any = None
        self.namespace_index = 0

    @property
    def url(self) -> str:
        """Endpoint for clients."""
        return f"opc.tcp://{self.host}:{self.port}/interlock/"

    def node_id(self, identifier: str) -> str:
        """NodeId text that stays right whatever index the namespace gets."""
        return f"nsu={self.namespace};s={identifier}"

    async def __aenter__(self) -> Self:
        logging.getLogger("asyncua").setLevel(logging.ERROR)
        server = _library.Server()
        await server.init()
        server.set_endpoint(self.url)
        server.set_server_name("Interlock device peer")
        server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
        self._serve_clock(server)
        self.namespace_index = await server.register_namespace(self.namespace)
        await self._add_variables(server)
        self._listen(server)
        await server.start()
        self.port = server.bserver._server.sockets[0].getsockname()[1]
        self._server = server
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            await self._server.stop()
            self._server = None

    def show(self, values: Iterable[tuple[str, Any]], source_time: datetime | None = None) -> None:
        """Set variables, all at once for any reader. ``source_time`` defaults to now; None is "no value"."""
        now = datetime.now(UTC)
        stamp = now if source_time is None else source_time
        for identifier, value in values:
            variant = ua.Variant(value, self._variants[identifier])
            self._attributes[identifier].value = ua.DataValue(variant, SourceTimestamp=stamp, ServerTimestamp=now)

    async def notify(self, identifiers: Iterable[str]) -> None:
        """Tell subscribers of these variables. Reads never wait for this."""
        for identifier in identifiers:
            attribute = self._attributes[identifier]
            for handle, callback in list(attribute.datachange_callbacks.items()):
                await callback(handle, attribute.value)

    def _serve_clock(self, server: Any) -> None:
        """Give CurrentTime on request: asyncua's own clock task would delay every stop by a second."""
        server.disable_clock()
        node = server.iserver.aspace[ua.NodeId(ua.ObjectIds.Server_ServerStatus_CurrentTime)]
        attribute = node.attributes[ua.AttributeIds.Value]
        attribute.value_callback = lambda _node, _attribute: ua.DataValue(
            ua.Variant(datetime.now(UTC), ua.VariantType.DateTime)
        )

    async def _add_variables(self, server: Any) -> None:
        index = self.namespace_index
        folders: dict[str, Any] = {}
        for variable in self._variables:
            if variable.folder not in folders:
                folders[variable.folder] = await server.nodes.objects.add_object(
                    ua.NodeId(variable.folder, index), ua.QualifiedName(variable.folder, index)
                )
            kind = _TYPES[variable.type]
            node = await folders[variable.folder].add_variable(
                ua.NodeId(variable.identifier, index),
                ua.QualifiedName(variable.name, index),
                variable.initial,
                varianttype=kind,
            )
            if variable.writable:
                await node.set_writable()
            data = server.iserver.aspace[node.nodeid]
            attribute = data.attributes[ua.AttributeIds.Value]
            if variable.writable:
                attribute.value_setter = self._setter(variable.identifier)
            self._attributes[variable.identifier] = attribute
            self._variants[variable.identifier] = kind

    def _setter(self, identifier: str) -> Callable[[Any, Any, Any], None]:
        def write(_node: Any, _attribute: Any, value: Any) -> None:
            if self._on_write is None or value.Value is None or not self._on_write(identifier, value.Value.Value):
                raise ua.UaStatusCodeError(ua.StatusCodes.BadOutOfRange)

        return write

    def _listen(self, server: Any) -> None:
        def identifiers(event: Any) -> list[str]:
            return [
                str(item.NodeId.Identifier)
                for item in event.request_params.NodesToRead
                if item.NodeId.NamespaceIndex == self.namespace_index and item.AttributeId == ua.AttributeIds.Value
            ]

        def before(event: Any, _service: Any) -> None:
            if event.is_external and self._before_read is not None:
                self._before_read(identifiers(event))

        def after(event: Any, _service: Any) -> None:
            if event.is_external and self._after_read is not None:
                self._after_read(identifiers(event))

        service = server.iserver.callback_service
        service.addListener(CallbackType.PreRead, before)
        service.addListener(CallbackType.PostRead, after)
