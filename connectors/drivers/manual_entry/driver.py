"""Values that people at the machine type: kept in a journal first, then handed on with the time they gave, each once.

How far the journal was read goes into the spool with the values. An entry at the time of another one takes its place.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import ClassVar, Final

from connectors.driver import Delivery, Driver, Entry, EntryState, Loss, Plan, PlanProblem, Reading
from connectors.drivers.manual_entry.address import parse_address
from connectors.drivers.manual_entry.checks import checked
from connectors.drivers.manual_entry.config import ManualEntryConfig
from connectors.drivers.manual_entry.journal import Journal, JournalEntry, Part
from connectors.folder.disk import Disk
from connectors.folder.growing import Position, recall, record
from connectors.json_values import Row, readings_of, rounds_of
from connectors.own_folder import own_folder
from connectors.text_values import value_of_text
from schemas.errors import ConfigError, ConnectError, WriteRejected
from schemas.models.tag import TagConfig
from schemas.quality import Quality

logger = logging.getLogger(__name__)

OWN_FOLDER: Final = "entries"
AHEAD_MAX_US: Final = 5_000_000
DAY_US: Final = 86_400_000_000
#: Lines that are named when they are left out; the rest is counted.
NAMED_MAX: Final = 5


@dataclass(slots=True)
class ManualEntryPlan(Plan):
    """Tags by the name of their address, how long an entry of it holds (µs), and its newest one."""

    indexes: dict[str, list[int]] = field(default_factory=dict)
    holds_us: dict[str, int] = field(default_factory=dict)
    newest: dict[str, JournalEntry] = field(default_factory=dict)
    #: The journal was read to its end before: what a break of the link marked bad is told again.
    told: bool = False


class ManualEntryDriver(Driver[ManualEntryConfig]):
    """One journal."""

    config_model = ManualEntryConfig
    only_tells: ClassVar[bool] = True
    tells_rows: ClassVar[bool] = True

    def __init__(self, config: ManualEntryConfig) -> None:
        super().__init__(config)
        self._linked: tuple[Journal, Disk] | None = None
        self._at: dict[str, Position] = {}

    async def connect(self) -> None:
        """See whether the journal's folder is there."""
        await self.close()
        journal, disk = self._made()
        await disk.call(journal.prepare)
        self._linked = journal, disk

    async def close(self) -> None:
        """Nothing is kept open."""
        self._linked = None

    def plan(self, tags: Sequence[TagConfig]) -> ManualEntryPlan:
        """Check the addresses."""
        plan = ManualEntryPlan(tuple(tags))
        problems = []
        for index, tag in enumerate(tags):
            try:
                address = parse_address(tag.address)
                if tag.scan_ms is not None:
                    raise ValueError("a typed value has no scan_ms of its own: leave it out")
            except ValueError as error:
                problems.append(
                    PlanProblem(
                        index, Quality.BAD_ADDRESS, f"{tag.name}: {error}",
                        "Write a name, for example batch_weight, or batch_weight; every 8 h.",
                    )
                )  # fmt: skip
                continue
            plan.indexes.setdefault(address.name, []).append(index)
            plan.holds_us[address.name] = max(address.every_us, plan.holds_us.get(address.name, 0))
        plan.problems = tuple(problems)
        return plan

    async def read(self, plan: Plan) -> list[Reading]:
        """The newest entry of each tag; nothing counts as read by that."""
        plan = _own(plan)
        journal, disk = self._link()
        now = time.time_ns() // 1000
        found: dict[int, Row] = {problem.index: (0, problem.quality, now, 0) for problem in plan.problems}
        for name, entry in (await disk.call(partial(journal.newest, plan.indexes.keys()))).items():
            found |= _rows(plan, name, entry, now)
        for index in range(len(plan.tags)):
            found.setdefault(index, (0, Quality.WAITING, now, 0))
        return readings_of(plan.tags, found)

    async def subscribe(self, plan: Plan, period_ms: int) -> AsyncGenerator[Delivery, None]:
        """Entries as they come; the journal is looked at each period."""
        plan = _own(plan)
        journal, disk = self._link()
        now = time.time_ns() // 1000
        first: dict[int, Row] = {problem.index: (0, problem.quality, now, 0) for problem in plan.problems}
        if plan.told:
            for name, entry in plan.newest.items():
                rows = _rows(plan, name, entry, now).items()
                first |= {index: (row[0], max(row[1], Quality.UNCERTAIN), now, 0) for index, row in rows}
        yield Delivery((readings_of(plan.tags, first),) if first else ())
        self._at = recall(self.positions)
        overdue = {name.removesuffix("/due"): at for name, at in self.positions.items() if name.endswith("/due")}
        plan.newest = await disk.call(partial(journal.newest, plan.indexes.keys()))
        looked_at: set[str] = set()  # once in each life also into what has not grown: it may be another file
        while True:
            for name, size in await disk.call(journal.files):
                while (at := self._at.get(name, Position())).offset != size or name not in looked_at:
                    looked_at.add(name)
                    part = await disk.call(partial(journal.read, name, at))
                    if part.position == at:
                        break  # half a line
                    self._at[name] = part.position
                    yield self._delivery(plan, journal.folder / name, part, overdue)
                    if not part.left:
                        break
            plan.told = True
            if (late := _late(plan, overdue)) is not None:
                yield late
            yield Delivery()
            await asyncio.sleep(period_ms / 1000)

    async def write(self, tag: TagConfig, value: float | int | bool | str) -> None:
        """Always refused: what a person types is not what a program writes."""
        raise WriteRejected(
            "manual_entry.read_only", f"{tag.name}: a typed value is not written from afar",
            hint="Type it at the machine: edge-agent enter, or the agent's page.",
        )  # fmt: skip

    def entry_place(self, tag: TagConfig) -> str:
        """The journal and the name in it. Raises ConfigError."""
        return f"{self._folder() / self.config.journal}/{_name(tag)}"

    async def enter(self, tag: TagConfig, text: str, ts: int | None, key: str, via: str) -> Entry:
        """Keeps a value of the tag in the journal. Raises ConfigError, ConnectError, AuthError."""
        name = _name(tag)
        now = time.time_ns() // 1000
        entry = JournalEntry(name, checked(tag, text), self._time(tag, ts, now), now, key, via)
        journal, disk = self._made()
        kept, replaced = await disk.call(partial(journal.append, entry))
        if kept.name != name:
            raise ConfigError("entry.key", f"the key of this entry was used for {kept.name} before")
        return Entry(kept.value, kept.ts, None if replaced is None else replaced.value)

    async def entries(self, tags: Sequence[TagConfig]) -> list[EntryState]:
        """The newest entry of each tag. Raises ConnectError, AuthError."""
        plan = self.plan(tags)
        journal, disk = self._made()
        await disk.call(journal.prepare)
        newest = await disk.call(partial(journal.newest, plan.indexes.keys()))
        states = [EntryState(None)] * len(tags)
        for name, indexes in plan.indexes.items():
            entry = newest.get(name)
            last = None if entry is None else Entry(entry.value, entry.ts)
            for index in indexes:
                states[index] = EntryState(last, plan.holds_us[name])
        return states

    def _time(self, tag: TagConfig, ts: int | None, now: int) -> int:
        if ts is None:
            return now
        if ts > now + AHEAD_MAX_US:
            raise ConfigError("entry.ahead", f"{tag.name}: the time lies ahead", hint="Check the time, and the clocks.")
        if ts < now - self.config.back_max_days * DAY_US:
            raise ConfigError(
                "entry.too_old", f"{tag.name}: the time is more than {self.config.back_max_days} days ago",
                hint="Check the year; back_max_days of the connection says how far back one may go.",
            )  # fmt: skip
        return ts

    def _delivery(self, plan: ManualEntryPlan, path: Path, part: Part, overdue: dict[str, int]) -> Delivery:
        if part.anew:
            logger.warning("%s is not the file it was: it is read from its start.", path)
        for line, why in part.refused[:NAMED_MAX]:
            logger.warning("%s line %d is left out: %s", path, line, why)
        now = time.time_ns() // 1000
        once = {(entry.name, entry.ts): entry for entry in part.entries}  # the last one of a time
        rows = []
        for entry in once.values():
            if entry.name not in plan.indexes:
                continue
            rows.append(_rows(plan, entry.name, entry, now))
            if entry.name not in plan.newest or entry.ts >= plan.newest[entry.name].ts:
                plan.newest[entry.name] = entry
                overdue.pop(entry.name, None)
        losses: tuple[Loss, ...] = ()
        if part.refused:
            losses = (Loss("row_not_readable", now, now + 1, rows=len(part.refused)),)
        rounds = tuple(readings_of(plan.tags, one) for one in rounds_of(rows))
        return Delivery(rounds, losses, record(path.name, part.position), dated=True)

    def _made(self) -> tuple[Journal, Disk]:
        folder = self._folder()
        journal = Journal(folder, self.config.journal, own=not self.config.folder)
        return journal, Disk(folder, self.config.timeout_ms / 1000)

    def _folder(self) -> Path:
        return Path(self.config.folder) if self.config.folder else own_folder(OWN_FOLDER)

    def _link(self) -> tuple[Journal, Disk]:
        if self._linked is None:
            raise ConnectError("manual_entry.link", "the journal is not open")
        return self._linked


def _own(plan: Plan) -> ManualEntryPlan:
    if not isinstance(plan, ManualEntryPlan):
        raise TypeError("the plan is not of this driver")
    return plan


def _name(tag: TagConfig) -> str:
    try:
        return parse_address(tag.address).name
    except ValueError as error:
        raise ConfigError("entry.address", f"{tag.name}: {error}") from error


def _rows(plan: ManualEntryPlan, name: str, entry: JournalEntry, now: int) -> dict[int, Row]:
    rows: dict[int, Row] = {}
    for index in plan.indexes[name]:
        value, quality = value_of_text(plan.tags[index], entry.value)
        rows[index] = (value, Quality.MANUAL if quality == Quality.GOOD else quality, now, entry.ts)
    return rows


def _late(plan: ManualEntryPlan, overdue: dict[str, int]) -> Delivery | None:
    """What was not typed again in time is uncertain from then on, told once."""
    now = time.time_ns() // 1000
    rows: dict[int, Row] = {}
    marks: dict[str, int] = {}
    for name, entry in plan.newest.items():
        due = entry.ts + plan.holds_us[name]
        if due == entry.ts or now < due or overdue.get(name) == due:
            continue
        overdue[name] = marks[f"{name}/due"] = due
        found = _rows(plan, name, entry, now).items()
        rows |= {index: (row[0], max(row[1], Quality.UNCERTAIN), now, due) for index, row in found}
    return Delivery((readings_of(plan.tags, rows),), (), marks, dated=True) if rows else None
