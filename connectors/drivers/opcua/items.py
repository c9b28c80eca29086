"""The monitored items of a subscription: asked for in as few requests as the server takes. OPC UA Part 4, §5.13.2."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from asyncua import Client, ua

from connectors.drivers.opcua.config import OpcuaConfig
from connectors.drivers.opcua.told import CLOCK
from schemas.models.tag import TagConfig

__all__ = ["Items", "Refused"]

logger = logging.getLogger(__name__)

_NAMED_MAX: Final = 10
_CLOCK_MS: Final = 1000.0
_TOO_MANY = frozenset({ua.StatusCodes.BadTooManyOperations, ua.StatusCodes.BadEncodingLimitsExceeded})
_FILTER_REFUSED = frozenset(
    {
        ua.StatusCodes.BadFilterNotAllowed,
        ua.StatusCodes.BadMonitoredItemFilterInvalid,
        ua.StatusCodes.BadMonitoredItemFilterUnsupported,
        ua.StatusCodes.BadDeadbandFilterInvalid,
    }
)


@dataclass(frozen=True, slots=True)
class Refused:
    """A tag that the server does not watch, and the status it gave."""

    index: int
    status: int


class Items:
    """Creates items and remembers what the server made of the request."""

    def __init__(self, client: Client, config: OpcuaConfig, tags: Sequence[TagConfig], publishing_ms: float) -> None:
        self._client, self._config, self._tags = client, config, tags
        self._sampling_ms = publishing_ms if config.sampling_ms is None else float(config.sampling_ms)
        self._per_call = config.items_per_call_max
        self._bands = {i: band for i, tag in enumerate(tags) if config.server_deadband and (band := raw_band(tag))}
        self._without_band = 0
        self._slower: list[float] = []
        self._shorter: list[int] = []

    async def create(
        self, subscription: int, nodes: Sequence[tuple[int, ua.NodeId]], *, first: bool = True
    ) -> list[Refused]:
        """Watches the nodes (index of the tag, node), with `first` the server's clock. Raises what asyncua raises."""
        refused: list[Refused] = []
        if first:
            await self._limit()
            clock = ua.NodeId(ua.ObjectIds.Server_ServerStatus_CurrentTime)
            await self._call(subscription, [_request(clock, CLOCK, _CLOCK_MS, 1, None, True)])
            trial = next((one for one in nodes if one[0] in self._bands), None)
            if trial is not None:  # shows whether the server knows deadbands at all
                refused = await self._some(subscription, [trial])
                nodes = [one for one in nodes if one[0] != trial[0]]
                if self._without_band:
                    self._without_band += sum(index in self._bands for index, _ in nodes)
                    self._bands.clear()
        refused += await self._some(subscription, nodes)
        if first and refused:
            self._tell(refused)
        return refused

    def revised(self) -> Iterator[str]:
        """What the server made of the request, for people."""
        if self._slower:
            yield (
                f"looks at {len(self._slower):,} tags every {max(self._slower):g} ms, not every "
                f"{self._sampling_ms:g} ms as asked."
            )
        if self._shorter:
            yield (
                f"keeps {min(self._shorter)} changes of a tag, not {self._config.queue_size} as asked "
                f"({len(self._shorter):,} tags)."
            )
        if self._without_band:
            yield f"takes no deadband for {self._without_band:,} tags: their changes are thinned here."

    async def _limit(self) -> None:
        node = ua.NodeId(ua.ObjectIds.Server_ServerCapabilities_OperationLimits_MaxMonitoredItemsPerCall)
        (limit,) = await self._client.uaclient.session.read_attributes([node], ua.AttributeIds.Value)
        given = limit.Value.Value if limit.Value is not None else None
        if isinstance(given, int) and given > 0:
            self._per_call = min(given, self._config.items_per_call_max)

    async def _some(self, subscription: int, nodes: Sequence[tuple[int, ua.NodeId]]) -> list[Refused]:
        refused: list[Refused] = []
        again: list[tuple[int, ua.NodeId]] = []
        at = 0
        while at < len(nodes):
            part = nodes[at : at + self._per_call]
            results = await self._call(subscription, [self._request(*one) for one in part])
            if results is None:
                self._per_call = max(1, self._per_call // 2)
                continue
            at += len(part)
            for one, result in zip(part, results, strict=True):
                status = result.StatusCode.value
                if status in _FILTER_REFUSED and self._bands.pop(one[0], None) is not None:
                    again.append(one)
                elif not result.StatusCode.is_good():
                    refused.append(Refused(one[0], status))
                else:
                    self._note(result)
        if again:
            self._without_band += len(again)
            refused += await self._some(subscription, again)
        return refused

    async def _call(
        self, subscription: int, requests: list[ua.MonitoredItemCreateRequest]
    ) -> list[ua.MonitoredItemCreateResult] | None:
        """The server's results; None where the request was too large for it."""
        parameters = ua.CreateMonitoredItemsParameters(
            SubscriptionId=subscription,
            TimestampsToReturn=ua.TimestampsToReturn.Source,
            ItemsToCreate=requests,
        )
        try:
            results: list[ua.MonitoredItemCreateResult] = await self._client.uaclient.session.create_monitored_items(
                parameters
            )
        except ua.UaStatusCodeError as error:
            if error.code in _TOO_MANY and len(requests) > 1:
                return None
            raise
        if len(results) != len(requests):
            raise ua.UaError(f"{len(results)} results for {len(requests)} items")
        return results

    def _request(self, index: int, node: ua.NodeId) -> ua.MonitoredItemCreateRequest:
        config = self._config
        band = self._bands.get(index)
        return _request(node, index + 1, self._sampling_ms, config.queue_size, band, config.discard_oldest)

    def _note(self, result: ua.MonitoredItemCreateResult) -> None:
        # 0 asks for the fastest the server can do; it never looks more often than asked otherwise.
        if self._sampling_ms > 0 and result.RevisedSamplingInterval > self._sampling_ms:
            self._slower.append(result.RevisedSamplingInterval)
        if result.RevisedQueueSize < self._config.queue_size:
            self._shorter.append(result.RevisedQueueSize)

    def _tell(self, refused: Sequence[Refused]) -> None:
        named = [f"{self._tags[one.index].name} ({ua.StatusCode(one.status).name})" for one in refused[:_NAMED_MAX]]
        more = f" and {len(refused) - _NAMED_MAX:,} more" if len(refused) > _NAMED_MAX else ""
        logger.warning(
            "%s refuses %d of %d tags: %s%s.",
            self._config.endpoint, len(refused), len(self._tags), ", ".join(named), more,
        )  # fmt: skip


def raw_band(tag: TagConfig) -> float | None:
    """The tag's deadband as the device counts, None where there is none or the value is no number."""
    if tag.kind in ("b", "s"):
        return None
    return tag.deadband_absolute / abs(tag.scale or 1.0) or None


def _request(
    node: ua.NodeId, handle: int, sampling_ms: float, queue_size: int, band: float | None, discard_oldest: bool
) -> ua.MonitoredItemCreateRequest:
    asked = ua.MonitoringParameters(
        ClientHandle=handle, SamplingInterval=sampling_ms, QueueSize=queue_size, DiscardOldest=discard_oldest
    )
    if band is not None:
        asked.Filter = ua.DataChangeFilter(
            Trigger=ua.DataChangeTrigger.StatusValue, DeadbandType=ua.DeadbandType.Absolute, DeadbandValue=band
        )
    return ua.MonitoredItemCreateRequest(
        ItemToMonitor=ua.ReadValueId(NodeId=node, AttributeId=ua.AttributeIds.Value),
        MonitoringMode=ua.MonitoringMode.Reporting,
        RequestedParameters=asked,
    )
