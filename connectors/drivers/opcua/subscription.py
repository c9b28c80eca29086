"""One subscription of a server: made or taken over, watched, and what it tells as deliveries.

OPC UA Part 4, §5.13 (monitored items) and §5.14 (subscriptions).
"""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from asyncua import Client, ua

from connectors.decode import raw_kind
from connectors.driver import Delivery, Loss, Reading
from connectors.drivers.opcua.config import OpcuaConfig
from connectors.drivers.opcua.items import Items, Refused
from connectors.drivers.opcua.notifications import Message
from connectors.drivers.opcua.publishing import Inbox, Publishing
from connectors.drivers.opcua.session import GONE, reason
from connectors.drivers.opcua.told import CLOCK, TagReader, overflowed
from schemas.errors import ConnectError
from schemas.models.tag import TagConfig
from schemas.quality import Quality, from_opcua_status
from schemas.wire.columns import KINDS, VALUE_DTYPE, Columns

__all__ = ["Memory", "Subscription"]

logger = logging.getLogger(__name__)
Current = Callable[[Sequence[tuple[int, ua.NodeId]]], Awaitable[list[Reading]]]

#: How long (ms) the server shall keep the subscription, and what its queues hold, when the link is gone.
_KEPT_MS: Final = 60_000
_BEAT_MS: Final = 1000
#: The server's clock stands still this long (s) in the subscription, though it moved before: it samples no more.
STALLED_S: Final = 15.0
#: Nodes that the server refused are asked for again after this many seconds.
AGAIN_S: Final = 60.0
#: A subscription that was taken over and has told for so long (s) may be taken over again.
_PROBATION_S: Final = 5.0
_MISSED_MAX: Final = 1000
_NUMBER_MAX: Final = 2**32 - 1


@dataclass(slots=True)
class Memory:
    """What is known of a subscription beyond the life of a link; kept with the plan."""

    reader: TagReader
    id: int = 0
    """Number at the server, 0 where there is none to take over."""
    server_started: int = 0
    """When the server started: a number of another start is another subscription's."""
    number: int = 0
    """Number of the last message."""
    heard: int = 0
    """When the server told last that it has told everything, µs UTC; 0 never."""
    publishing_ms: float = 0.0
    beat_ms: float = 0.0
    refused: list[Refused] = field(default_factory=list)
    probation: bool = False
    """It was taken over and has not proved yet that it still tells: next time a new one is made."""


class Subscription:
    """The life of one subscription in one session."""

    def __init__(
        self, client: Client, publishing: Publishing, config: OpcuaConfig, tags: Sequence[TagConfig], memory: Memory,
        period_ms: int, current: Current,
    ) -> None:  # fmt: skip
        """`current` reads tags as a poll does."""
        self._client, self._publishing, self._config = client, publishing, config
        self._tags, self._memory, self._current = tags, memory, current
        self._publishing_ms = float(config.publishing_ms or period_ms)
        self._beat_ms = float(max(_BEAT_MS, period_ms))
        self._items = Items(client, config, tags, self._publishing_ms)
        self._losses: list[Loss] = []
        self._missed: list[Message] = []
        self._untold: set[int] = set()
        self._begun = time.monotonic()
        self._clock_at = time.monotonic()
        self._clock_moves = 0
        self._again_at = time.monotonic() + AGAIN_S

    async def deliveries(
        self, nodes: Sequence[tuple[int, ua.NodeId]], unknown: Sequence[int], server_started: int
    ) -> AsyncGenerator[Delivery, None]:
        """As `Subscribable.subscribe`. `unknown`: tags whose address the server cannot know."""
        memory = self._memory
        try:
            inbox = await self._begin(nodes, server_started)
        except GONE as error:
            raise ConnectError("opcua.link", f"{self._config.endpoint}: {reason(error)}") from error
        try:
            yield Delivery((self._bad(unknown, memory.refused),), self._taken_losses())
            for message in self._missed:
                yield self._delivery(message, memory.heard, time.time_ns() // 1000)
            limit_s = 2 * memory.beat_ms / 1000 + self._config.timeout_ms / 1000
            while True:
                message, arrived = await self._next(inbox, limit_s)
                for one in await self._in_order(message, arrived):
                    yield self._delivery(one, memory.heard, arrived)
                if not message.more:
                    memory.heard = arrived
                    if self._untold:
                        yield Delivery((await self._still(nodes),))
                self._watch(message)
                if memory.refused and time.monotonic() >= self._again_at:
                    yield Delivery((await self._again(nodes),))
        finally:
            self._publishing.close(memory.id)

    async def _next(self, inbox: Inbox, limit_s: float) -> tuple[Message, int]:
        try:
            return await inbox.get(limit_s)
        except TimeoutError as error:
            self._memory.id = 0  # a subscription that is silent is not worth taking over
            raise ConnectError(
                "opcua.silent", f"{self._config.endpoint} has told nothing for {limit_s:g} s, not even that it is there"
            ) from error

    # -- beginning ----------------------------------------------------------------------------

    async def _begin(self, nodes: Sequence[tuple[int, ua.NodeId]], server_started: int) -> Inbox:
        memory = self._memory
        same = server_started != 0 and memory.server_started == server_started
        if memory.id and same and not memory.probation and await self._taken_over():
            memory.probation = True
            refused = {one.index for one in memory.refused}
            self._untold = {index for index, _ in nodes} - refused
            return self._publishing.open(memory.id)
        now = time.time_ns() // 1000
        if memory.heard:
            self._losses.append(Loss("subscription_lost", memory.heard, now))
        await self._create()
        memory.server_started, memory.number, memory.heard, memory.probation = server_started, 0, now, False
        memory.reader.forget()
        inbox = self._publishing.open(memory.id)
        memory.refused = await self._items.create(memory.id, nodes)
        self._tell_revised()
        return inbox

    async def _taken_over(self) -> bool:
        """Whether the server has kept the subscription of the last session; what was missed is fetched."""
        memory = self._memory
        parameters = ua.TransferSubscriptionsParameters([memory.id], True)
        try:
            (result,) = await self._client.uaclient.session.transfer_subscriptions(parameters)
        except ua.UaStatusCodeError:
            return False
        if not result.StatusCode.is_good():
            return False
        for number in sorted(result.AvailableSequenceNumbers or []):
            if number > memory.number:
                message = await self._publishing.republish(memory.id, number)
                if message is None:
                    return False
                memory.number = number
                self._missed.append(message)
        logger.info("%s: the subscription was taken over, nothing is missing.", self._config.endpoint)
        return True

    async def _create(self) -> None:
        memory = self._memory
        beats = max(1, round(self._beat_ms / self._publishing_ms))
        asked = ua.CreateSubscriptionParameters(
            RequestedPublishingInterval=self._publishing_ms,
            RequestedLifetimeCount=max(3 * beats, int(_KEPT_MS / self._publishing_ms)),
            RequestedMaxKeepAliveCount=beats,
            MaxNotificationsPerPublish=0,
            PublishingEnabled=True,
            Priority=0,
        )
        request = ua.CreateSubscriptionRequest()
        request.Parameters = asked
        # Not through the library's session: that would begin a publish loop of its own.
        answer = await self._client.uaclient._send_request(request)
        response = ua.ua_binary.struct_from_binary(ua.CreateSubscriptionResponse, answer)
        response.ResponseHeader.ServiceResult.check()
        given = response.Parameters
        memory.id = given.SubscriptionId
        memory.publishing_ms = given.RevisedPublishingInterval
        memory.beat_ms = given.RevisedPublishingInterval * max(1, given.RevisedMaxKeepAliveCount)

    def _tell_revised(self) -> None:
        given = self._memory.publishing_ms
        if given > self._publishing_ms:
            logger.warning(
                "%s sends changes every %g ms, not every %g ms as asked.",
                self._config.endpoint, given, self._publishing_ms,
            )  # fmt: skip
        for line in self._items.revised():
            logger.warning("%s %s", self._config.endpoint, line)

    # -- going on -----------------------------------------------------------------------------

    async def _in_order(self, message: Message, arrived: int) -> list[Message]:
        """The message, after those missed before it where the server still has them (else a loss); nothing where it is
        one that was had already."""
        memory = self._memory
        if not memory.number:
            memory.number = message.number - 1 if message.keep_alive else message.number
            return [message]
        missing = (message.number - memory.number - 1) % _NUMBER_MAX
        if missing > _NUMBER_MAX // 2:
            return [message] if message.keep_alive else []
        found: list[Message] = []
        for number in range(memory.number + 1, memory.number + 1 + min(missing, _MISSED_MAX)):
            again = await self._publishing.republish(memory.id, (number - 1) % _NUMBER_MAX + 1)
            if again is None:
                break
            found.append(again)
        if len(found) < missing:
            self._losses.append(Loss("notification_lost", memory.heard, arrived + 1))
        memory.number = message.number - 1 if message.keep_alive else message.number
        return [*found, message]

    def _delivery(self, message: Message, since: int, arrived: int) -> Delivery:
        if message.ended is not None:
            self._memory.id = 0
            name = ua.StatusCode(message.ended).name
            raise ConnectError("opcua.ended", f"{self._config.endpoint} ended the subscription: {name}")
        rounds: list[list[Reading]] = []
        for changes in message.changes:
            told = self._memory.reader.read(changes, since, arrived, message.server_now)
            rounds += told
            if self._untold:
                self._untold.difference_update(*(one.columns.id.tolist() for readings in told for one in readings))
            if overflowed(changes.status):
                self._losses.append(Loss("queue_overflow", since, arrived + 1))
        return Delivery(tuple(rounds), self._taken_losses())

    async def _still(self, nodes: Sequence[tuple[int, ua.NodeId]]) -> list[Reading]:
        """Tags that were marked bad when the link broke and did not change: not every server tells them again."""
        untold, self._untold = self._untold, set()
        return [Reading(one.columns) for one in await self._current([one for one in nodes if one[0] in untold])]

    def _watch(self, message: Message) -> None:
        now = time.monotonic()
        if now - self._begun > _PROBATION_S:
            self._memory.probation = False
        if any((changes.handle == CLOCK).any() for changes in message.changes):
            self._clock_at, self._clock_moves = now, self._clock_moves + 1
        elif self._clock_moves > 2 and now - self._clock_at > STALLED_S:
            self._memory.id = 0
            raise ConnectError(
                "opcua.stalled",
                f"{self._config.endpoint} answers, but its clock has stood still in the subscription for "
                f"{STALLED_S:g} s: it looks at nothing any more",
            )

    async def _again(self, nodes: Sequence[tuple[int, ua.NodeId]]) -> list[Reading]:
        """Asks for the refused nodes once more; those that are there now report by themselves."""
        self._again_at = time.monotonic() + AGAIN_S
        memory = self._memory
        refused = {one.index for one in memory.refused}
        try:
            memory.refused = await self._items.create(
                memory.id, [one for one in nodes if one[0] in refused], first=False
            )
        except GONE as error:
            raise ConnectError("opcua.link", f"{self._config.endpoint}: {reason(error)}") from error
        return self._bad((), memory.refused)

    def _taken_losses(self) -> tuple[Loss, ...]:
        losses, self._losses = tuple(self._losses), []
        return losses

    def _bad(self, unknown: Sequence[int], refused: Sequence[Refused]) -> list[Reading]:
        """Readings of the tags that will never tell anything."""
        quality = dict.fromkeys(unknown, Quality.BAD_ADDRESS)
        quality |= {one.index: from_opcua_status(one.status) for one in refused}
        now = time.time_ns() // 1000
        readings = []
        for kind in KINDS:
            of_kind = [i for i in sorted(quality) if raw_kind(self._tags[i].type, self._tags[i].bit) == kind]
            if of_kind:
                q = np.array([quality[index] for index in of_kind], dtype="u1")
                v = np.full(len(q), "" if kind == "s" else 0, dtype=VALUE_DTYPE[kind])
                ids, ts = np.array(of_kind, dtype="<u4"), np.full(len(q), now, dtype="<i8")
                readings.append(Reading(Columns(kind, ids, ts, q, v)))
        return readings
