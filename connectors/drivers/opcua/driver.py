"""OPC UA client: values of nodes read in few service calls, each with the server's status and source time."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime
from typing import NoReturn

import numpy as np
from asyncua import Client, ua

from connectors.decode import raw_kind
from connectors.driver import BrowseItem, Delivery, Driver, Plan, PlanProblem, Reading
from connectors.drivers.opcua.answers import AnswerReader, results_start
from connectors.drivers.opcua.config import OpcuaConfig
from connectors.drivers.opcua.nodes import browse_children, check_address, resolve
from connectors.drivers.opcua.publishing import Publishing
from connectors.drivers.opcua.session import GONE, close_session, open_session, reason
from connectors.drivers.opcua.subscription import Memory, Subscription
from connectors.drivers.opcua.told import TagReader
from schemas.errors import ConfigError, ConnectError, WriteRejected
from schemas.models.tag import TagConfig
from schemas.quality import Quality
from schemas.wire.columns import KINDS, VALUE_DTYPE, Columns

_VARIANT = {
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
_WHOLE = {
    ua.VariantType.SByte: (-(2**7), 2**7),
    ua.VariantType.Byte: (0, 2**8),
    ua.VariantType.Int16: (-(2**15), 2**15),
    ua.VariantType.UInt16: (0, 2**16),
    ua.VariantType.Int32: (-(2**31), 2**31),
    ua.VariantType.UInt32: (0, 2**32),
    ua.VariantType.Int64: (-(2**63), 2**63),
    ua.VariantType.UInt64: (0, 2**64),
}


@dataclass(slots=True)
class _Chunk:
    """One service call: its request and the reader of its answers."""

    request: ua.ReadRequest
    reader: AnswerReader


@dataclass(slots=True)
class OpcuaPlan(Plan):
    """Tags to read; the requests are made for a session, as its namespaces have their own numbers."""

    readable: tuple[int, ...] = ()
    session: Client | None = None
    chunks: list[_Chunk] = field(default_factory=list)
    constant: list[Columns] = field(default_factory=list)
    memory: Memory | None = None


class OpcuaDriver(Driver[OpcuaConfig]):
    """One OPC UA server; a new client for each connection, as an old one may keep a dead session."""

    config_model = OpcuaConfig

    def __init__(self, config: OpcuaConfig) -> None:
        super().__init__(config)
        self._client: Client | None = None
        self._uris: list[str] = []
        self._nodes_per_read = config.nodes_per_read_max
        self._publishing: Publishing | None = None
        self._server_started = 0

    async def connect(self) -> None:
        """Open a session, learn the server's namespaces and its limit of nodes per read."""
        await self.close()
        client = await open_session(self.config)
        try:
            self._uris = list(await client.get_namespace_array())
            limit_node = ua.NodeId(ua.ObjectIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerRead)
            start_node = ua.NodeId(ua.ObjectIds.Server_ServerStatus_StartTime)
            limit, started = await client.uaclient.session.read_attributes(
                [limit_node, start_node], ua.AttributeIds.Value
            )
        except GONE as error:
            await close_session(client)
            raise ConnectError("opcua.connect", f"{self.config.endpoint}: the server went away") from error
        given = limit.Value.Value if limit.Value is not None else None
        allowed = given if isinstance(given, int) and given > 0 else self.config.nodes_per_read_max
        self._nodes_per_read = min(allowed, self.config.nodes_per_read_max)
        start = started.Value.Value if started.Value is not None else None
        self._server_started = round(start.timestamp() * 1e6) if isinstance(start, datetime) else 0
        self._client = client
        self._publishing = Publishing(client, self.config.endpoint)

    async def close(self) -> None:
        """End the session."""
        client, self._client = self._client, None
        publishing, self._publishing = self._publishing, None
        if publishing is not None:
            await publishing.stop()
        if client is not None:
            await close_session(client)

    def plan(self, tags: Sequence[TagConfig]) -> OpcuaPlan:
        """Check addresses; which nodes exist only the server knows."""
        problems: list[PlanProblem] = []
        for index, tag in enumerate(tags):
            try:
                check_address(tag.address)
            except ValueError as error:
                problems.append(
                    PlanProblem(index, Quality.BAD_ADDRESS, f"{tag.name}: {error}", "Write ns=2;s=Line.Temp or i=2258.")
                )
        refused = {problem.index for problem in problems}
        readable = tuple(index for index in range(len(tags)) if index not in refused)
        return OpcuaPlan(tuple(tags), tuple(problems), readable)

    async def read(self, plan: Plan) -> list[Reading]:
        """Read the Value of every node; a node with a bad status makes only its own tag bad."""
        if not isinstance(plan, OpcuaPlan):
            raise TypeError("the plan is not of this driver")
        client = self._linked()
        if plan.session is not client:
            self._prepare(plan, client)
        readings = await self._read_prepared(plan, client)
        now = time.time_ns() // 1000
        for columns in plan.constant:
            ts = np.full(len(columns), now, dtype="<i8")
            readings.append(Reading(Columns(columns.kind, columns.id, ts, columns.q.copy(), columns.v.copy())))
        return readings

    async def _read_prepared(self, plan: OpcuaPlan, client: Client) -> list[Reading]:
        while True:
            try:
                return await self._read_chunks(client, plan.chunks)
            except ua.uaerrors.BadTooManyOperations as error:  # a limit that the server did not tell
                if self._nodes_per_read == 1:
                    await self._lose(error)
                self._nodes_per_read = max(1, self._nodes_per_read // 2)
                self._prepare(plan, client)

    async def _read_chunks(self, client: Client, chunks: Sequence[_Chunk]) -> list[Reading]:
        readings: list[Reading] = []
        for chunk in chunks:
            body, start = await self._call(client, chunk.request)
            now = time.time_ns() // 1000
            readings += [Reading(columns, times) for columns, times in chunk.reader.read(body, start, now)]
        return readings

    async def subscribe(self, plan: Plan, period_ms: int) -> AsyncGenerator[Delivery, None]:
        """Let the server tell what changes; see `Subscribable`."""
        if not isinstance(plan, OpcuaPlan):
            raise TypeError("the plan is not of this driver")
        client = self._linked()
        if self._publishing is None:
            raise ConnectError("opcua.link", f"no session with {self.config.endpoint}")
        if plan.memory is None:
            plan.memory = Memory(TagReader(plan.tags))

        async def current(nodes: Sequence[tuple[int, ua.NodeId]]) -> list[Reading]:
            return await self._read_chunks(client, self._chunks(plan.tags, nodes))

        nodes, unknown = self._nodes(plan)
        made = Subscription(client, self._publishing, self.config, plan.tags, plan.memory, period_ms, current)
        async with aclosing(made.deliveries(nodes, unknown, self._server_started)) as deliveries:
            async for delivery in deliveries:
                yield delivery

    async def write(self, tag: TagConfig, value: float | int | bool | str) -> None:
        """Write a node's Value in the type the server keeps it in."""
        client = self._linked()
        try:
            node = resolve(tag.address, self._namespaces())
        except ValueError as error:
            raise WriteRejected("opcua.address", f"{tag.name}: {error}") from error
        if node is None:
            raise WriteRejected("opcua.address", f"{tag.name}: the server does not know this namespace")
        if tag.bit is not None:
            raise WriteRejected(
                "opcua.bit", f"{tag.name}: a bit cannot be written alone", hint="Write the whole value."
            )
        try:
            current = (await client.uaclient.session.read_attributes([node], ua.AttributeIds.Value))[0]
            known = current.Value is not None and current.Value.VariantType != ua.VariantType.Null
            variant_type = current.Value.VariantType if known else _VARIANT[tag.type]
            variant = ua.Variant(_checked(tag, variant_type, value), variant_type)
            status = (await client.uaclient.session.write_attributes([node], [ua.DataValue(variant)]))[0]
        except GONE as error:
            await self._lose(error)
        if not status.is_good():
            raise WriteRejected("opcua.status", f"{tag.name}: the server refused with {status.name}")

    async def browse(self, parent: str) -> list[BrowseItem]:
        """Objects and variables below a node; "" is the Objects folder. Raises ConnectError, ConfigError."""
        client = self._linked()
        try:
            node = resolve(parent, self._namespaces()) if parent else ua.NodeId(ua.ObjectIds.ObjectsFolder)
        except ValueError as error:
            raise ConfigError("opcua.address", str(error)) from error
        if node is None:
            return []
        try:
            return await browse_children(client, node, self._uris, self._nodes_per_read)
        except ua.UaStatusCodeError:
            return []
        except GONE as error:
            await self._lose(error)

    async def probe(self) -> dict[str, str]:
        """The server's build information. Raises ConnectError."""
        client = self._linked()
        nodes = {
            "vendor": ua.ObjectIds.Server_ServerStatus_BuildInfo_ManufacturerName,
            "product": ua.ObjectIds.Server_ServerStatus_BuildInfo_ProductName,
            "version": ua.ObjectIds.Server_ServerStatus_BuildInfo_SoftwareVersion,
        }
        try:
            values = await client.uaclient.session.read_attributes(
                [ua.NodeId(number) for number in nodes.values()], ua.AttributeIds.Value
            )
        except GONE as error:
            await self._lose(error)
        facts = {"endpoint": self.config.endpoint, "nodes_per_read_max": str(self._nodes_per_read)}
        for name, value in zip(nodes, values, strict=True):
            if value.Value is not None and value.Value.Value:
                facts[name] = str(value.Value.Value)[:200]
        return facts

    def _nodes(self, plan: OpcuaPlan) -> tuple[list[tuple[int, ua.NodeId]], list[int]]:
        """The plan's nodes in this session, and the tags whose address the server cannot know."""
        namespaces = self._namespaces()
        nodes: list[tuple[int, ua.NodeId]] = []
        missing = [problem.index for problem in plan.problems]
        for index in plan.readable:
            node = resolve(plan.tags[index].address, namespaces)
            if node is None:
                missing.append(index)
            else:
                nodes.append((index, node))
        return nodes, missing

    def _chunks(self, tags: Sequence[TagConfig], nodes: Sequence[tuple[int, ua.NodeId]]) -> list[_Chunk]:
        step = self._nodes_per_read
        return [_chunk(tags, nodes[first : first + step]) for first in range(0, len(nodes), step)]

    def _prepare(self, plan: OpcuaPlan, client: Client) -> None:
        nodes, missing = self._nodes(plan)
        plan.chunks = self._chunks(plan.tags, nodes)
        plan.constant = _refused(plan.tags, missing)
        plan.session = client

    async def _call(self, client: Client, request: ua.ReadRequest) -> tuple[bytes, int]:
        protocol = client.uaclient.protocol
        if protocol is None:
            raise ConnectError("opcua.link", f"no session with {self.config.endpoint}")
        # Not the bytes on the wire: those are encrypted, or would show what nobody should see.
        self.tap.note(f"Read of {len(request.Parameters.NodesToRead)} nodes")
        began = self.tap.began()
        try:
            answer = await protocol.send_request(request)
            body = bytes(answer)
            start = results_start(answer)
        except ua.uaerrors.BadTooManyOperations:
            self.tap.answered(began)
            raise
        except GONE as error:
            (self.tap.timed_out if isinstance(error, TimeoutError) else self.tap.broke)(began)
            await self._lose(error)
        self.tap.answered(began)
        self.tap.received(body[start:])
        return body, start

    async def _lose(self, error: Exception) -> NoReturn:
        await self.close()
        raise ConnectError("opcua.link", f"{self.config.endpoint}: {reason(error)}") from error

    def _linked(self) -> Client:
        if self._client is None:
            raise ConnectError("opcua.link", f"no session with {self.config.endpoint}")
        return self._client

    def _namespaces(self) -> dict[str, int]:
        return {uri: index for index, uri in enumerate(self._uris)}


def _chunk(tags: Sequence[TagConfig], nodes: Sequence[tuple[int, ua.NodeId]]) -> _Chunk:
    request = ua.ReadRequest()
    request.Parameters.MaxAge = 0
    request.Parameters.TimestampsToReturn = ua.TimestampsToReturn.Source
    request.Parameters.NodesToRead = [
        ua.ReadValueId(NodeId=node, AttributeId=ua.AttributeIds.Value) for _, node in nodes
    ]
    indexes = [index for index, _ in nodes]
    return _Chunk(request, AnswerReader([tags[index] for index in indexes], indexes))


def _refused(tags: Sequence[TagConfig], indexes: Sequence[int]) -> list[Columns]:
    """Columns of the tags that are never asked for."""
    out = []
    for kind in KINDS:
        of_kind = [index for index in indexes if raw_kind(tags[index].type, tags[index].bit) == kind]
        if of_kind:
            ids = np.array(of_kind, dtype="<u4")
            ids.flags.writeable = False
            q = np.full(len(ids), Quality.BAD_ADDRESS, dtype="u1")
            v = np.full(len(ids), "" if kind == "s" else 0, dtype=VALUE_DTYPE[kind])
            out.append(Columns(kind, ids, np.zeros(len(ids), dtype="<i8"), q, v))
    return out


def _checked(tag: TagConfig, variant_type: ua.VariantType, value: float | int | bool | str) -> float | int | bool | str:
    """The value as the server's type has it; raises WriteRejected where that type cannot hold it."""
    limits = _WHOLE.get(variant_type)
    if (variant_type == ua.VariantType.String) != isinstance(value, str):
        raise WriteRejected("opcua.value", f"{tag.name}: the server keeps a {variant_type.name}")
    if limits is None:
        return bool(value) if variant_type == ua.VariantType.Boolean else value
    if isinstance(value, str) or value != value or value != int(value) or not limits[0] <= value < limits[1]:
        raise WriteRejected("opcua.value", f"{tag.name}: {value} is no {variant_type.name}")
    return int(value)
