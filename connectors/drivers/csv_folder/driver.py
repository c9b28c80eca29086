"""A folder of CSV files: rows that a machine writes become samples with the times it gave them, each exactly once.

How far each file was read goes into the spool with the rows. A file is moved or deleted only after that.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import ClassVar, Final

from connectors.driver import Delivery, Driver, Loss, Plan, PlanProblem, Reading
from connectors.drivers.csv_folder import files
from connectors.drivers.csv_folder.config import CsvFolderConfig
from connectors.drivers.csv_folder.files import DONE, FOUND_MAX, LinesPart, ListedFile, read_part
from connectors.drivers.csv_folder.rows import RowReader, Rows, column_number
from connectors.folder.disk import Disk
from connectors.folder.growing import Position, recall, record
from connectors.json_values import Row, readings_of, rounds_of
from schemas.errors import AuthError, ConnectError, WriteRejected
from schemas.models.tag import TagConfig
from schemas.quality import BAD_FROM, Quality

logger = logging.getLogger(__name__)

#: Lines of a file that are handed on at once.
LINES_MAX: Final = 200
#: Refused lines that are named each time; the rest is counted.
NAMED_MAX: Final = 5
#: Files that a look by hand goes through, the newest first.
LOOK_FILES_MAX: Final = 5
#: A file that is gone is remembered so long: a share may show its files one after another.
FORGET_S: Final = 3600.0
#: Positions that a new name is compared with.
RENAMED_MAX: Final = 100


@dataclass(slots=True)
class CsvFolderPlan(Plan):
    """What reads the rows, and the last good row of each tag that has come."""

    reader: RowReader | None = None
    last: dict[int, Row] = field(default_factory=dict)


@dataclass(slots=True)
class _Known:
    """What is known of a file in this life of the link: as it was listed when it was read to its end, since when it has
    been so (monotonic s), and the time of its last row (µs)."""

    listed: ListedFile
    since: float
    finished: ListedFile | None = None
    last_us: int = 0


class CsvFolderDriver(Driver[CsvFolderConfig]):
    """One folder. Nothing is written into its files."""

    config_model = CsvFolderConfig
    only_tells: ClassVar[bool] = True
    tells_rows: ClassVar[bool] = True

    def __init__(self, config: CsvFolderConfig) -> None:
        super().__init__(config)
        self._folder = Path(config.folder)
        self._disk: Disk | None = None
        self._at: dict[str, Position] = {}
        self._known: dict[str, _Known] = {}
        self._gone: dict[str, float] = {}
        self._replaced: set[str] = set()
        self._told: set[str] = set()

    async def connect(self) -> None:
        """See whether the folder is there."""
        await self.close()
        disk = Disk(self._folder, self.config.timeout_ms / 1000)
        await disk.call(partial(files.list_files, self._folder, self.config.pattern))
        self._disk = disk

    async def close(self) -> None:
        """Nothing is kept open."""
        self._disk = None
        self._known, self._gone, self._replaced = {}, {}, set()

    def plan(self, tags: Sequence[TagConfig]) -> CsvFolderPlan:
        """Check the addresses."""
        problems = [found for index, tag in enumerate(tags) if (found := self._problem(index, tag)) is not None]
        wrong = {problem.index for problem in problems}
        items = [(index, tag) for index, tag in enumerate(tags) if index not in wrong]
        return CsvFolderPlan(tuple(tags), tuple(problems), RowReader(self.config, items))

    def _problem(self, index: int, tag: TagConfig) -> PlanProblem | None:
        if tag.scan_ms is not None:
            return PlanProblem(
                index, Quality.BAD_ADDRESS, f"{tag.name}: tags of one row have no scan_ms of their own",
                "Leave it out; scan_ms of the connection says how often the folder is looked at.",
            )  # fmt: skip
        if self.config.layout == "long":
            return None
        if tag.address.startswith("#") and column_number(tag.address) is None:
            return PlanProblem(
                index, Quality.BAD_ADDRESS, f"{tag.name}: '{tag.address}' is no column", "Columns count from #1."
            )
        if not self.config.header and column_number(tag.address) is None:
            return PlanProblem(
                index, Quality.BAD_ADDRESS, f"{tag.name}: without a header there is no column '{tag.address}'",
                "Write its number, for example #3.",
            )  # fmt: skip
        return None

    async def read(self, plan: Plan) -> list[Reading]:
        """The newest row of each tag in the newest files; nothing counts as read by that."""
        plan = _own(plan)
        disk = self._linked()
        now = time.time_ns() // 1000
        found: dict[int, Row] = {problem.index: (0, problem.quality, now, 0) for problem in plan.problems}
        listed = await disk.call(partial(files.list_files, self._folder, self.config.pattern))
        for file in reversed(listed[-LOOK_FILES_MAX:]):
            if len(found) == len(plan.tags):
                break
            part: LinesPart | None = None
            latest: dict[int, Row] = {}
            while part is None or (part.left and part.lines):
                at = None if part is None else part.position
                part = await self._part(file.name, at, whole=True)
                for rows in self._rows(plan, file.name, part, 0).rows:
                    latest |= rows
            found = latest | found
        for index in range(len(plan.tags)):
            found.setdefault(index, (0, Quality.WAITING, now, 0))
        return readings_of(plan.tags, found)

    async def subscribe(self, plan: Plan, period_ms: int) -> AsyncGenerator[Delivery, None]:
        """Rows as they come; the folder is looked at each period."""
        plan = _own(plan)
        self._linked()
        now = time.time_ns() // 1000
        first: dict[int, Row] = {problem.index: (0, problem.quality, now, 0) for problem in plan.problems}
        # The break had marked them bad; the rows are as true as before.
        first |= {index: (row[0], Quality.UNCERTAIN, now, 0) for index, row in plan.last.items()}
        yield Delivery((readings_of(plan.tags, first),) if first else ())
        if len(plan.problems) == len(plan.tags):
            await asyncio.Event().wait()  # nothing to read: what the folder holds is for others
        self._at = recall(self.positions)
        while True:
            listed = await self._listed()
            for file in listed:
                async for delivery in self._follow(plan, file, {one.name: one for one in listed}):
                    yield delivery
            yield Delivery(positions=self._forget({file.name for file in listed}))
            await asyncio.sleep(period_ms / 1000)

    async def write(self, tag: TagConfig, value: float | int | bool | str) -> None:
        """Always refused."""
        raise WriteRejected(
            "csv_folder.read_only", f"{tag.name}: this driver only reads", hint="Write by another protocol."
        )

    # -- following --------------------------------------------------------------------------

    async def _listed(self) -> list[ListedFile]:
        listed = await self._linked().call(partial(files.list_files, self._folder, self.config.pattern))
        if len(listed) > FOUND_MAX:
            raise ConnectError(
                "csv_folder.too_many", f"the folder {self._folder} has more than {FOUND_MAX} files",
                hint="Let them be moved when they are read (after: move), or clear the folder.",
            )  # fmt: skip
        return listed

    async def _follow(
        self, plan: CsvFolderPlan, file: ListedFile, present: Mapping[str, ListedFile]
    ) -> AsyncGenerator[Delivery, None]:
        known = self._known.get(file.name)
        if known is None or known.listed != file:
            known = self._known[file.name] = _Known(file, time.monotonic(), last_us=known.last_us if known else 0)
        if file.size > self.config.file_size_max_mb << 20:
            self._tell(file.name, f"it is larger than {self.config.file_size_max_mb} MiB and is not read")
            return
        settled = time.monotonic() - known.since >= self.config.settled_s
        at_end = self._at.get(file.name)
        if known.finished != file or (settled and at_end is not None and at_end.offset < file.size):
            async for delivery in self._new_rows(plan, file, known, settled, present):
                yield delivery
        if settled and known.finished == file and self._at[file.name].offset >= file.size > 0:
            await self._put_away(file)

    async def _new_rows(
        self, plan: CsvFolderPlan, file: ListedFile, known: _Known, settled: bool, present: Mapping[str, ListedFile]
    ) -> AsyncGenerator[Delivery, None]:
        others = [] if file.name in self._at else self._renamed(present)
        while True:
            before = self._at.get(file.name)
            try:
                part = await self._part(file.name, before, others=others, whole=settled)
            except (ConnectError, AuthError) as error:
                await self._blame_file(file.name, f"it cannot be read now: {error.message}")
                return
            if part.head is None:
                return
            if part.anew:
                if self.config.time_columns and file.name not in self._replaced:
                    # What it was may have another name since the list was made: the next list says, and its
                    # position is needed until then.
                    self._replaced.add(file.name)
                    return
                known.last_us = 0
            self._replaced.discard(file.name)
            rows = self._rows(plan, file.name, part, known.last_us)
            known.last_us = rows.last_us
            self._at[file.name] = part.position
            if part.lines or self._moved(before, part.position):
                yield self._delivery(plan, file.name, part, rows)
            if not part.lines or not part.left:
                known.finished = file
                return

    async def _blame_file(self, name: str, what: str) -> None:
        """Where the folder itself is well, one file that is locked, forbidden or just gone stops no other."""
        if name in {one.name for one in await self._listed()}:
            self._tell(name, what)

    def _moved(self, before: Position | None, now: Position) -> bool:
        if before is None or not self.config.time_columns:
            return before != now
        return replace(before, mtime=0) != replace(now, mtime=0)

    async def _part(
        self, name: str, position: Position | None, *, others: Sequence[Position] = (), whole: bool
    ) -> LinesPart:
        return await self._linked().call(
            partial(
                read_part, self._folder, name, self.config, position, others=others, lines_max=LINES_MAX, whole=whole
            )
        )

    def _rows(self, plan: CsvFolderPlan, name: str, part: LinesPart, last_us: int) -> Rows:
        assert plan.reader is not None
        try:
            header = plan.reader.header(part)
        except ValueError as error:
            self._tell(name, f"its header cannot be read: {error}")
            header = []
        return plan.reader.read(part, header, last_us, time.time_ns() // 1000)

    def _delivery(self, plan: CsvFolderPlan, name: str, part: LinesPart, rows: Rows) -> Delivery:
        for row in rows.rows:
            plan.last |= {index: one for index, one in row.items() if one[1] < BAD_FROM}
        for line, why in rows.refused[:NAMED_MAX]:
            logger.warning("%s line %d is left out: %s", self._folder / name, line, why)
        if (more := len(rows.refused) - NAMED_MAX) > 0:
            logger.warning("%s: %d more lines up to line %d are left out.", self._folder / name, more,
                           part.position.line)  # fmt: skip
        losses: tuple[Loss, ...] = ()
        if rows.refused:
            at = rows.last_us or part.mtime_us
            losses = (Loss("row_not_readable", at, at + 1, rows=len(rows.refused)),)
        rounds = tuple(readings_of(plan.tags, one) for one in rounds_of(rows.rows))
        return Delivery(rounds, losses, record(name, part.position))

    def _renamed(self, present: Mapping[str, ListedFile]) -> list[Position]:
        """Files that a new name may be: gone ones, and those whose name is another file's now, maybe."""
        if not self.config.time_columns:
            return []  # then the same text under a new name is news
        known = self._known
        suspects = [
            position for name, position in self._at.items()
            if position.offset
            and (name in self._replaced or name not in known or known[name].finished != present.get(name))
        ]  # fmt: skip
        return sorted(suspects, key=lambda one: -one.mtime)[:RENAMED_MAX]

    def _forget(self, present: set[str]) -> dict[str, int]:
        """Positions of files that have been gone for long."""
        now = time.monotonic()
        self._known = {name: known for name, known in self._known.items() if name in present}
        self._gone = {name: self._gone.get(name, now) for name in self._at if name not in present}
        old = [name for name, since in self._gone.items() if now - since >= FORGET_S]
        marks: dict[str, int] = {}
        for name in old:
            del self._at[name], self._gone[name]
            marks |= record(name, None)
        return marks

    async def _put_away(self, file: ListedFile) -> None:
        if self.config.after == "keep":
            return
        work = partial(_move if self.config.after == "move" else _delete, self._folder, file)
        try:
            away = await self._linked().call(work)
        except (ConnectError, AuthError) as error:
            await self._blame_file(file.name, f"it stays where it is: {error.message}")
            return
        if not away:
            self._tell(file.name, f"it stays where it is: {DONE} has a file of that name, or it has just changed")

    def _tell(self, name: str, what: str) -> None:
        if (line := f"{self._folder / name}: {what}") not in self._told:
            self._told.add(line)
            logger.warning(line)

    def _linked(self) -> Disk:
        if self._disk is None:
            raise ConnectError("csv_folder.link", f"the folder {self._folder} is not open")
        return self._disk


def _own(plan: Plan) -> CsvFolderPlan:
    if not isinstance(plan, CsvFolderPlan):
        raise TypeError("the plan is not of this driver")
    return plan


def _same(folder: Path, file: ListedFile) -> bool:
    try:
        about = os.stat(folder / file.name, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return (about.st_size, about.st_mtime_ns // 1000) == (file.size, file.mtime_us)


def _move(folder: Path, file: ListedFile) -> bool:
    done = folder / DONE
    done.mkdir(exist_ok=True)
    target = done / file.name
    if os.path.lexists(target):  # a machine that uses one name again: no file of before is lost
        target = target.with_name(f"{target.stem}.{file.mtime_us}{target.suffix}")
    if done.is_symlink() or os.path.lexists(target) or not _same(folder, file):
        return False
    os.rename(folder / file.name, target)
    return True


def _delete(folder: Path, file: ListedFile) -> bool:
    if not _same(folder, file):
        return False
    os.unlink(folder / file.name)
    return True
