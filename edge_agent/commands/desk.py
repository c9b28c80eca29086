"""The desk where commands arrive: judged, written, read back, answered. Nothing is queued, nothing tried twice."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, get_args
from uuid import UUID

from connectors.driver import Driver
from edge_agent.commands import rule
from edge_agent.commands.log import CommandLog
from edge_agent.commands.switch import WriteSwitch
from edge_agent.device import Device
from edge_agent.read_now import Value as Read
from edge_agent.read_now import read_now
from schemas.errors import ConnectError, InterlockError, WireError, WriteRejected
from schemas.expr import Value
from schemas.models.tag import TagConfig, WriteRule
from schemas.wire.command import Command, CommandResult, Outcome, Scalar

logger = logging.getLogger(__name__)

#: Commands under way at once; a person gives one at a time.
BUSY_MAX: Final = 16
#: A command with the id of an earlier one within this time is answered as that one was, and not done again.
REMEMBERED_S: Final = 24 * 3600
REMEMBERED_MAX: Final = 50_000
READ_BACK_S: Final = 3.0
READ_BACK_STEPS_S: Final = (0.0, 0.1, 0.3, 0.6, 1.0, 1.0)
#: Values an interlock is judged by may be this old when the device is written.
INTERLOCK_AGE_US: Final = 2_000_000

#: How long a look at a tag may wait for its device.
LOOK_S: Final = 1.0

ENDS: Final = get_args(Outcome)
Reply = Callable[[CommandResult], None]


@dataclass(frozen=True, slots=True)
class Target:
    """A tag that can be written: its device, and the tags its interlock looks at by the names it uses."""

    device: Device
    tag: TagConfig
    looks_at: Mapping[str, tuple[Device, TagConfig]] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """`connection/name`."""
        return f"{self.device.conn.id}/{self.tag.name}"


@dataclass(slots=True)
class Figures:
    """How commands ended since the start."""

    done: int = 0
    refused: int = 0
    unknown: int = 0
    unreadable: int = 0


@dataclass(slots=True)
class _Job:
    command: Command
    received: float
    before: Scalar | None = None
    #: The device may have heard of it: a failure from here on means that the outcome is not known.
    given: bool = False

    @property
    def late(self) -> bool:
        return time.monotonic() > self.received + self.command.ttl_ms / 1000


class CommandDesk:
    """Takes commands on the event loop. `targets` by the tag's UUID; `connection` gives the agent's present one."""

    def __init__(self, targets: Mapping[UUID, Target], switch: WriteSwitch, log: CommandLog) -> None:
        self._targets, self._switch, self._log = targets, switch, log
        self.connection: Callable[[], str] = lambda: ""
        self._tasks: set[asyncio.Task[None]] = set()
        #: By id; None while it is under way.
        self._seen: dict[str, CommandResult | None] = {}
        self._times: dict[UUID, deque[float]] = {}
        self.figures = Figures()
        for line in log.recent(time.time_ns() // 1000 - REMEMBERED_S * 1_000_000):
            if isinstance(line.get("id"), str) and line["event"] in (*ENDS, "started"):
                self._remember(line["id"], _result_of(line))

    def retarget(self, targets: Mapping[UUID, Target]) -> None:
        """Goes over to the tags of another configuration; a command under way ends with the device it began with."""
        self._targets = targets

    def receive(self, payload: bytes, reply: Reply) -> None:
        """A message on the command topic; `reply` is called once unless it cannot be read."""
        received = time.monotonic()
        try:
            command = Command.unpack(payload)
        except WireError as error:
            self.figures.unreadable += 1
            logger.warning("A command cannot be read: %s", error)
            return
        if command.id in self._seen:
            if (earlier := self._seen[command.id]) is not None:
                reply(earlier)
            return
        if len(self._tasks) >= BUSY_MAX:
            reply(self._refuse(_Job(command, received), "command.busy", "too many commands at once"))
            return
        self._remember(command.id, None)
        task = asyncio.create_task(self._perform(_Job(command, received), reply))
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (defect := task.exception()) is not None:
            logger.error("A command ended by a defect; its outcome is unknown.", exc_info=defect)

    async def _perform(self, job: _Job, reply: Reply) -> None:
        result: CommandResult
        try:
            result = await self._judge_and_write(job)
        except WriteRejected as error:
            result = self._refuse(job, error.code, f"{error.message}. {error.hint}".rstrip(". ") + ".")
        except (InterlockError, OSError) as error:
            reason = error.message if isinstance(error, InterlockError) else str(error)
            code = error.code if isinstance(error, InterlockError) else "command.log"
            result = self._unknown(job, code, reason) if job.given else self._refuse(job, code, reason)
        self._remember(job.command.id, result)
        reply(result)

    async def _judge_and_write(self, job: _Job) -> CommandResult:
        command = job.command
        target, write_rule = self._allowed(job)
        value = rule.checked(target.tag, write_rule, command.value)
        raw = rule.raw_value(target.tag, value)
        self._count(target, write_rule, command.tag)
        near, far = await self._look_elsewhere(target)
        enabled = self._switch.state()
        facts = {"id": command.id, "tag": target.key, "value": value, "by": command.by, "role": command.role,
                 "enabled_by": enabled.by, "enabled_since": enabled.since}  # fmt: skip
        await asyncio.to_thread(self._log.append, "started", durable=True, **facts)

        async def write(driver: Driver[Any]) -> None:
            here = await read_now(driver, [target.tag, *near.values()], target.device.conn.tags)
            job.before = here[0].value
            rule.check_change(target.tag, write_rule, job.before, value)
            seen = dict(zip(near, here[1:], strict=True)) | far
            rule.check_interlock(target.tag, write_rule, _variables(seen), time.time_ns() // 1000)
            # Everything that takes time is over: the last look at the clock, the switch and the connection.
            self._still_allowed(job)
            job.given = True
            try:
                await driver.write(target.tag, raw)
            except WriteRejected:
                job.given = False
                raise

        await target.device.exchange(write, job.received + command.ttl_ms / 1000)
        return await self._read_back(job, target, write_rule, value)

    def _allowed(self, job: _Job) -> tuple[Target, WriteRule]:
        self._still_allowed(job)
        target = self._targets.get(job.command.tag)
        if target is None:
            raise WriteRejected(
                "command.read_only", "this tag is only read",
                hint="Give the tag a 'write' rule in the agent's file.",
            )  # fmt: skip
        found = rule.rule_of(target.tag, job.command.role)
        rule.check_approval(target.tag, found, job.command.by, job.command.approved_by)
        return target, found

    def _still_allowed(self, job: _Job) -> None:
        if job.late:
            raise WriteRejected("command.expired", f"the command is older than {job.command.ttl_ms} ms")
        if job.command.conn_id != self.connection():
            raise WriteRejected("command.connection", "the command was meant for an earlier connection of this agent")
        if not self._switch.state().enabled:
            raise WriteRejected(
                "command.disabled", "writing is not enabled on this machine",
                hint="Run there: edge-agent writes enable",
            )  # fmt: skip

    def _count(self, target: Target, write_rule: WriteRule, tag: UUID) -> None:
        now = time.monotonic()
        times = self._times.setdefault(tag, deque())
        while times and times[0] <= now - 60:
            times.popleft()
        if len(times) >= write_rule.per_minute:
            raise WriteRejected("command.rate", f"{target.tag.name}: more than {write_rule.per_minute} writes a minute")
        times.append(now)

    async def _look_elsewhere(self, target: Target) -> tuple[dict[str, TagConfig], dict[str, Read]]:
        """The tags of the interlock at the device itself, and what others at other devices are now."""
        near: dict[str, TagConfig] = {}
        far: dict[str, Read] = {}
        for name, (device, tag) in target.looks_at.items():
            if device is target.device:
                near[name] = tag
                continue
            try:
                far[name] = await _look_at(device, tag)
            except InterlockError as error:
                reason = f"the interlock of {target.tag.name} cannot be judged: {name}: {error.message}"
                raise WriteRejected("command.interlock", reason) from error
        return near, far

    async def _read_back(self, job: _Job, target: Target, write_rule: WriteRule, wanted: Scalar) -> CommandResult:
        """Polls go on in between: a slow device may take a while to show what it was told."""
        after: Scalar | None = None
        until = time.monotonic() + READ_BACK_S
        for pause_s in READ_BACK_STEPS_S:
            await asyncio.sleep(pause_s)
            try:
                read = await _look_at(target.device, target.tag)
            except (ConnectError, WriteRejected) as error:
                return self._unknown(job, "command.read_back", f"it could not be read back: {error.message}")
            after = read.value
            if rule.near_enough(target.tag, write_rule, wanted, after):
                return await self._done(job, target, after)
            if time.monotonic() > until:
                break
        shown = "nothing" if after is None else f"{after:g}" if isinstance(after, int | float) else str(after)
        return self._unknown(job, "command.read_back", f"the device shows {shown[:80]}", after)

    # -- ends --------------------------------------------------------------------------------

    async def _done(self, job: _Job, target: Target, after: Scalar | None) -> CommandResult:
        self.figures.done += 1
        result = self._result(job, "done", "", "", after)
        logger.info("%s was written by %s.", target.key, job.command.by)
        await asyncio.to_thread(self._note, result, durable=True)
        return result

    def _refuse(self, job: _Job, code: str, reason: str) -> CommandResult:
        self.figures.refused += 1
        result = self._result(job, "refused", code, reason)
        self._note(result, durable=False, by=job.command.by, uuid=str(job.command.tag))
        return result

    def _unknown(self, job: _Job, code: str, reason: str, after: Scalar | None = None) -> CommandResult:
        self.figures.unknown += 1
        result = self._result(job, "unknown", code, reason, after)
        self._note(result, durable=True)
        return result

    def _result(
        self, job: _Job, outcome: Outcome, code: str, reason: str, after: Scalar | None = None
    ) -> CommandResult:
        took_ms = int((time.monotonic() - job.received) * 1000)
        return CommandResult(job.command.id, outcome, code, reason[:300], job.before, after, took_ms)

    def _note(self, result: CommandResult, *, durable: bool, **more: Any) -> None:
        facts = {"id": result.id, "code": result.code, "reason": result.reason, "before": result.before,
                 "after": result.after, "took_ms": result.took_ms}  # fmt: skip
        try:
            self._log.append(result.outcome, durable=durable, **facts, **more)
        except OSError as error:
            logger.error("The log of commands cannot be written: %s", error)

    def _remember(self, command_id: str, result: CommandResult | None) -> None:
        if len(self._seen) >= REMEMBERED_MAX:
            self._seen.pop(next(iter(self._seen)))
        self._seen[command_id] = result


async def _look_at(device: Device, tag: TagConfig) -> Read:
    async def look(driver: Driver[Any]) -> Read:
        return (await read_now(driver, [tag], device.conn.tags))[0]

    return await device.exchange(look, time.monotonic() + LOOK_S)


def _variables(reads: Mapping[str, Read]) -> dict[str, Value]:
    """What an interlock sees; a value older than 2 s counts as not known."""
    oldest = time.time_ns() // 1000 - INTERLOCK_AGE_US
    return {
        name: Value(read.value, read.quality if read.ts >= oldest else 128, read.ts, read.tag.unit)
        for name, read in reads.items()
    }


def _result_of(line: Mapping[str, Any]) -> CommandResult:
    """How an earlier command ended, by its line in the log."""
    if line["event"] == "started":
        # Begun before an end of the agent and not heard of since: nobody knows.
        return CommandResult(line["id"], "unknown", "command.lost", "the agent ended in the middle of it")
    took_ms = line.get("took_ms")
    return CommandResult(
        line["id"], line["event"], str(line.get("code", "")), str(line.get("reason", "")), line.get("before"),
        line.get("after"), took_ms if isinstance(took_ms, int) else 0,
    )  # fmt: skip
