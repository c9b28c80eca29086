"""MQTT subscriber: machines and gateways publish, each message is a round of values with its time of arrival.

A broker keeps nothing to be asked for, so a connection of this driver always listens. `read` is for a look by hand.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from typing import ClassVar, Final, TypeVar

from connectors.driver import Delivery, Driver, Loss, Plan, PlanProblem, Reading
from connectors.drivers.mqtt_in.address import parse_address
from connectors.drivers.mqtt_in.config import MqttInConfig
from connectors.drivers.mqtt_in.link import Follower, Message, MqttLink
from connectors.drivers.mqtt_in.payloads import Item
from connectors.drivers.mqtt_in.source import JsonSource, Rounds, Source
from connectors.drivers.mqtt_in.sparkplug import SparkplugSource, parse_metric_address
from connectors.json_values import Row, Steps, parse_pointer, readings_of
from schemas.errors import ConfigError, ConnectError, WriteRejected
from schemas.models.tag import TagConfig
from schemas.quality import UNCERTAIN_FROM, Quality

AddressT = TypeVar("AddressT")
#: What a topic keeps comes right after the broker agreed; a tag that has not come by then waits for its first value.
FIRST_S: Final = 1.0
#: Messages handed on at once.
ROUNDS_MAX: Final = 1000


@dataclass(slots=True, kw_only=True)
class MqttInPlan(Plan):
    """What makes rows of messages, and the last row of each tag that has come."""

    source: Source
    last: dict[int, Row] = field(default_factory=dict)
    #: Tags whose last row is told as too old.
    stale: set[int] = field(default_factory=set)


class MqttInDriver(Driver[MqttInConfig]):
    """One broker; nothing is published but requests for births (Sparkplug)."""

    config_model = MqttInConfig
    only_tells: ClassVar[bool] = True

    def __init__(self, config: MqttInConfig) -> None:
        super().__init__(config)
        try:
            self._time_steps: Steps = parse_pointer(config.time_pointer)
        except ValueError as error:
            raise ConfigError("mqtt_in.time", f"time_pointer: {error}") from error
        self._link: MqttLink | None = None
        #: The one with the name of its own: whoever only looks must not take its place at the broker.
        self._lasting: MqttLink | None = None
        self._opening = asyncio.Lock()
        self._listeners = 0

    async def connect(self) -> None:
        """Open the link to the broker."""
        await self.close()
        link = MqttLink(self.config)
        try:
            await link.open()
        except BaseException:
            await link.close()
            raise
        self._link = link

    async def close(self) -> None:
        """End the link."""
        links = (self._link, self._lasting)
        self._link = self._lasting = None
        for link in links:
            if link is not None:
                await link.close()

    def plan(self, tags: Sequence[TagConfig]) -> MqttInPlan:
        """Group the tags by topic, or by node."""
        if self.config.payload == "sparkplug":
            addresses, problems = _parsed(
                tags, parse_metric_address, "Write group/node#metric: plant/press#Motor/Speed."
            )
            return MqttInPlan(tuple(tags), problems, source=SparkplugSource(tags, addresses))
        places, problems = _parsed(
            tags, parse_address, "Write the topic, # and a JSON pointer: hall/press_1#/temperature."
        )
        topics: dict[str, list[Item]] = {}
        for index, (topic, steps) in places.items():
            topics.setdefault(topic, []).append((index, tags[index], steps))
        return MqttInPlan(tuple(tags), problems, source=JsonSource(self.config, self._time_steps, topics))

    async def read(self, plan: Plan) -> list[Reading]:
        """What the topics keep, and what else comes of them meanwhile; the broker has to answer."""
        plan = _own(plan)
        link = self._linked()
        source = plan.source
        source.begin()
        follower = link.follow(source.filters, source.wants)
        try:
            refused = await self._subscribe(link, plan)
            async with _limited(min(FIRST_S, self.config.timeout_ms / 1000)):
                await _all_heard(link, follower, source, refused)
        finally:
            link.unfollow(follower)
        messages = follower.take()
        self._rounds(plan, messages)
        link.taken(messages)
        now = time.time_ns() // 1000
        found = {index: (row[0], row[1], now, row[3]) for index, row in plan.last.items()} | self._too_old(plan)
        found |= self._refusals(plan, refused, now)
        for index in range(len(plan.tags)):
            found.setdefault(index, (0, Quality.WAITING, now, 0))
        return readings_of(plan.tags, found)

    async def subscribe(self, plan: Plan, period_ms: int) -> AsyncGenerator[Delivery, None]:
        """Each message as it comes. What is refused comes first; what has not come by then waits."""
        plan = _own(plan)
        link = await self._followed()
        source = plan.source
        source.begin()
        follower = link.follow(source.filters, source.wants)
        self._listeners += 1
        taken = f"taken_{self._listeners}/n"
        pause_s = max(1.0, period_ms / 1000)
        try:
            now = time.time_ns() // 1000
            refused = self._refusals(plan, await self._subscribe(link, plan), now)
            yield Delivery((readings_of(plan.tags, refused),) if refused else ())
            async with _limited(FIRST_S):
                await _all_heard(link, follower, source, set())
            first = True
            while True:
                for messages in _parts(follower.take()):
                    rounds, missed = self._rounds(plan, messages)
                    # What the broker may forget has to be on the disk first: that is what a position waits for.
                    kept = {taken: time.time_ns()} if any(one.qos for one in messages) else {}
                    yield Delivery(tuple(readings_of(plan.tags, rows) for rows in rounds), missed, kept)
                    link.taken(messages)
                if first and (waits := self._waiting(plan, refused)):
                    yield Delivery((readings_of(plan.tags, waits),))
                first = False
                _ask(link, source)
                losses = _losses(follower)
                stale = self._too_old(plan)
                yield Delivery((readings_of(plan.tags, stale),) if stale else (), losses)
                if link.lost.is_set():
                    raise link.gone()
                await _come(follower, pause_s)
        finally:
            link.unfollow(follower)

    async def write(self, tag: TagConfig, value: float | int | bool | str) -> None:
        """Always refused: what a published command does is each machine's own matter."""
        raise WriteRejected(
            "mqtt_in.read_only", f"{tag.name}: this driver only listens", hint="Write by another protocol."
        )

    def _linked(self) -> MqttLink:
        if self._link is None or self._link.lost.is_set():
            raise ConnectError("mqtt_in.link", f"no link to the broker {self.config.host}")
        return self._link

    async def _followed(self) -> MqttLink:
        """The link that is listened to, opened with the first who listens."""
        link = self._linked()
        if not self.config.client_id:
            return link
        async with self._opening:
            if self._lasting is None:
                lasting = MqttLink(self.config, self.config.client_id)
                try:
                    await lasting.open()
                except BaseException:
                    await lasting.close()
                    raise
                self._lasting = lasting
            return self._lasting

    async def _subscribe(self, link: MqttLink, plan: MqttInPlan) -> set[str]:
        try:
            return await link.subscribe(plan.source.filters)
        except ConnectError:
            await self.close()
            raise

    def _refusals(self, plan: MqttInPlan, refused: set[str], now: int) -> dict[int, Row]:
        found: dict[int, Row] = {problem.index: (0, problem.quality, now, 0) for problem in plan.problems}
        for filter_ in refused:
            found |= dict.fromkeys(plan.source.indexes(filter_), (0, Quality.ACCESS_DENIED, now, 0))
        return found

    def _waiting(self, plan: MqttInPlan, refused: dict[int, Row]) -> dict[int, Row]:
        """Tags nothing was heard of on this link: they were marked bad when the last one broke."""
        now = time.time_ns() // 1000
        return {index: (0, Quality.WAITING, now, 0) for index in plan.source.unheard() if index not in refused}

    def _rounds(self, plan: MqttInPlan, messages: Sequence[Message]) -> Rounds:
        """The rows of messages; the plan notes the last of each tag."""
        rounds, losses = plan.source.rounds(messages)
        for rows in rounds:
            plan.last |= rows
            plan.stale.difference_update(rows)
        return rounds, losses

    def _too_old(self, plan: MqttInPlan) -> dict[int, Row]:
        """Tags that have become too old, once: the last value, uncertain."""
        if not self.config.stale_after_s:
            return {}
        now = time.time_ns() // 1000
        oldest = now - self.config.stale_after_s * 1_000_000
        found: dict[int, Row] = {
            index: (row[0], Quality.UNCERTAIN, now, 0)
            for index, row in plan.last.items()
            if row[2] < oldest and row[1] < UNCERTAIN_FROM and index not in plan.stale
        }
        plan.stale |= set(found)
        return found


def _own(plan: Plan) -> MqttInPlan:
    if not isinstance(plan, MqttInPlan):
        raise TypeError("the plan is not of this driver")
    return plan


def _parts(messages: list[Message]) -> Iterator[list[Message]]:
    for first in range(0, len(messages), ROUNDS_MAX):
        yield messages[first : first + ROUNDS_MAX]


def _losses(follower: Follower) -> tuple[Loss, ...]:
    dropped_from, follower.dropped_from = follower.dropped_from, 0
    return (Loss("queue_overflow", dropped_from, time.time_ns() // 1000),) if dropped_from else ()


async def _all_heard(link: MqttLink, follower: Follower, source: Source, refused: Set[str]) -> None:
    """Until something of all that is waited for lies there. Raises ConnectError where the link breaks before."""
    _ask(link, source)
    while not source.has_all(follower.heard(), refused):
        follower.arrived.clear()
        await follower.arrived.wait()
        if link.lost.is_set():
            raise link.gone()


def _ask(link: MqttLink, source: Source) -> None:
    for topic, payload in source.requests(time.monotonic()):
        link.publish(topic, payload)


def _parsed(
    tags: Sequence[TagConfig], parse: Callable[[str], AddressT], hint: str
) -> tuple[dict[int, AddressT], tuple[PlanProblem, ...]]:
    """Addresses by the place of their tag; the others as problems."""
    found: dict[int, AddressT] = {}
    problems: list[PlanProblem] = []
    for index, tag in enumerate(tags):
        try:
            found[index] = parse(tag.address)
        except ValueError as error:
            problems.append(PlanProblem(index, Quality.BAD_ADDRESS, f"{tag.name}: {error}", hint))
    return found, tuple(problems)


async def _come(follower: Follower, limit_s: float) -> None:
    """Wait for a message, or the end of the link, or the time."""
    async with _limited(limit_s):
        await follower.arrived.wait()
    follower.arrived.clear()


@contextlib.asynccontextmanager
async def _limited(limit_s: float) -> AsyncIterator[None]:
    """The block, as far as it comes in the time."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(limit_s):
            yield
