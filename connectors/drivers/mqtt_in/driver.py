"""MQTT subscriber: machines and gateways publish, each message is a round of values with its time of arrival.

A broker keeps nothing to be asked for, so a connection of this driver always listens. `read` is for a look by hand.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence, Set
from dataclasses import dataclass, field
from typing import ClassVar, Final

from connectors.driver import Delivery, Driver, Loss, Plan, PlanProblem, Reading
from connectors.drivers.mqtt_in.address import parse_address
from connectors.drivers.mqtt_in.config import MqttInConfig
from connectors.drivers.mqtt_in.link import Follower, Message, MqttLink
from connectors.drivers.mqtt_in.payloads import Item, rows_of
from connectors.json_values import Row, Steps, parse_pointer, readings_of
from schemas.errors import ConfigError, ConnectError, WriteRejected
from schemas.models.tag import TagConfig
from schemas.quality import UNCERTAIN_FROM, Quality

#: What a topic keeps comes right after the broker agreed; a tag that has not come by then waits for its first value.
FIRST_S: Final = 1.0
#: Messages handed on at once.
ROUNDS_MAX: Final = 1000


@dataclass(slots=True)
class MqttInPlan(Plan):
    """Tags by topic, and the last row of each tag that has come."""

    topics: dict[str, list[Item]] = field(default_factory=dict)
    last: dict[int, Row] = field(default_factory=dict)
    #: Tags whose last row is told as too old.
    stale: set[int] = field(default_factory=set)


class MqttInDriver(Driver[MqttInConfig]):
    """One broker; nothing is published."""

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
        """Group the tags by topic."""
        problems: list[PlanProblem] = []
        topics: dict[str, list[Item]] = {}
        for index, tag in enumerate(tags):
            try:
                topic, steps = parse_address(tag.address)
            except ValueError as error:
                hint = "Write the topic, # and a JSON pointer: hall/press_1#/temperature."
                problems.append(PlanProblem(index, Quality.BAD_ADDRESS, f"{tag.name}: {error}", hint))
            else:
                topics.setdefault(topic, []).append((index, tag, steps))
        return MqttInPlan(tuple(tags), tuple(problems), topics)

    async def read(self, plan: Plan) -> list[Reading]:
        """What the topics keep, and what else comes of them meanwhile; the broker has to answer."""
        plan = _own(plan)
        link = self._linked()
        follower = link.follow(plan.topics)
        try:
            refused = await self._subscribe(link, plan)
            async with _limited(min(FIRST_S, self.config.timeout_ms / 1000)):
                await _all_heard(link, follower, plan.topics.keys() - refused)
        finally:
            link.unfollow(follower)
        messages = follower.take()
        self._rounds(plan, follower, messages)
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
        follower = link.follow(plan.topics)
        pause_s = max(1.0, period_ms / 1000)
        try:
            now = time.time_ns() // 1000
            refused = self._refusals(plan, await self._subscribe(link, plan), now)
            yield Delivery((readings_of(plan.tags, refused),) if refused else ())
            async with _limited(FIRST_S):
                await _all_heard(link, follower, plan.topics.keys())
            first = True
            while True:
                for messages in _parts(follower.take()):
                    rounds = self._rounds(plan, follower, messages)
                    yield Delivery(tuple(readings_of(plan.tags, rows) for rows in rounds))
                    link.taken(messages)
                if first and (waits := self._waiting(plan, refused, follower)):
                    yield Delivery((readings_of(plan.tags, waits),))
                first = False
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
            return await link.subscribe(list(plan.topics))
        except ConnectError:
            await self.close()
            raise

    def _refusals(self, plan: MqttInPlan, refused: set[str], now: int) -> dict[int, Row]:
        found: dict[int, Row] = {problem.index: (0, problem.quality, now, 0) for problem in plan.problems}
        for topic in refused:
            found |= {index: (0, Quality.ACCESS_DENIED, now, 0) for index, _, _ in plan.topics[topic]}
        return found

    def _waiting(self, plan: MqttInPlan, refused: dict[int, Row], follower: Follower) -> dict[int, Row]:
        """Tags nothing was heard of on this link: they were marked bad when the last one broke."""
        now = time.time_ns() // 1000
        return {
            index: (0, Quality.WAITING, now, 0)
            for topic, items in plan.topics.items()
            for index, _, _ in items
            if index not in refused and topic not in follower.seen
        }

    def _rounds(self, plan: MqttInPlan, follower: Follower, messages: Sequence[Message]) -> list[dict[int, Row]]:
        """Each tag at most once in a round: the n-th message of a topic is in the n-th round."""
        rounds: list[dict[int, Row]] = []
        numbers: dict[str, int] = {}
        for message in messages:
            if message.retained and (self.config.retained == "ignore" or message.topic in follower.seen):
                continue
            follower.seen.add(message.topic)
            number = numbers.get(message.topic, 0)
            numbers[message.topic] = number + 1
            if number == len(rounds):
                rounds.append({})
            rows = rows_of(self.config, self._time_steps, plan.topics[message.topic], message)
            rounds[number] |= rows
            plan.last |= rows
            plan.stale.difference_update(rows)
        return rounds

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


async def _all_heard(link: MqttLink, follower: Follower, topics: Set[str]) -> None:
    """Until something of each topic lies there. Raises ConnectError where the link breaks before."""
    while not follower.heard() >= topics:
        follower.arrived.clear()
        await follower.arrived.wait()
        if link.lost.is_set():
            raise link.gone()


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
