"""`edge-agent record`: the values of a machine into a file, to be played back at a desk."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from connectors.driver import Driver
from edge_agent.commissioning.recorder import RecordFile
from edge_agent.commissioning.target import add_target, chosen_connection
from edge_agent.config import make_driver
from edge_agent.plain_words import counted
from edge_agent.read_now import read_now
from schemas.errors import ConfigError, InterlockError
from schemas.models.connection import ConnectionConfig
from schemas.models.tag import TagConfig

EXIT_FAILED = 1
EVERY_MIN_S = 0.02
#: A machine that is away is asked again so often, s.
AGAIN_S = 2.0
_ABOUT = """
Reads a machine again and again and writes what it says into a CSV file; it only reads.
`interlock up --replay FILE` plays the file as if it were the machine.

  edge-agent record --connection press_1 --output press_1.csv                    until Ctrl-C, every second
  edge-agent record --connection press_1 --output one_hour.csv --every 0.5 --for 3600
  edge-agent record --connection press_1 --tag speed --tag state --output two.csv
"""


def add_record(commands: Any) -> None:
    """Adds the command to the parser's sub-commands."""
    record = commands.add_parser(
        "record", help="write what a machine says into a file that can be played back", description=_ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    record.add_argument("--output", "-o", type=Path, required=True, metavar="FILE", help="a new CSV file")
    record.add_argument("--tag", action="append", default=[], metavar="NAME", help="only these; default all")
    record.add_argument("--every", type=float, default=1.0, metavar="S", help="seconds between two rows; default 1")
    record.add_argument("--for", type=float, dest="for_s", metavar="S", help="end after so many seconds")
    record.add_argument("--rows", type=int, metavar="N", help="end after so many rows")
    add_target(record)
    record.set_defaults(command=_record)


def _record(options: argparse.Namespace) -> int:
    if not options.every >= EVERY_MIN_S:
        raise ConfigError("record.every", f"--every is at least {EVERY_MIN_S} s")
    connection = chosen_connection(options)
    tags = _chosen(connection, options.tag)
    driver = make_driver(connection)
    if driver.only_tells:
        raise ConfigError(
            "record.tells", f"{connection.driver} is not asked, it tells by itself: there are no rows to read",
            hint="Keep what it sends instead: its files, or a recording of the broker's messages.",
        )  # fmt: skip
    problems = driver.plan(tags).problems
    if problems:
        raise ConfigError("tag.address", problems[0].message, hint=problems[0].hint)
    file = RecordFile(options.output, tags)
    recording = _Recording(driver, connection.tags, tags, file, options)
    try:
        asyncio.run(recording.run())
    except KeyboardInterrupt:
        pass
    finally:
        file.close()
    print(f"{counted(recording.rows, 'row')} in {options.output}.")
    if recording.empty:
        print(f"Empty cells: {', '.join(f'{name} {count}' for name, count in sorted(recording.empty.items()))}.")
    return 0 if recording.rows else EXIT_FAILED


def _chosen(connection: ConnectionConfig, names: Sequence[str]) -> list[TagConfig]:
    by_name = {tag.name: tag for tag in connection.tags}
    missing = [name for name in names if name not in by_name]
    if missing:
        listed = ", ".join(list(by_name)[:20]) or "none"
        raise ConfigError("record.tag", f"{connection.id} has no tag '{missing[0]}'", hint=f"Known: {listed}.")
    tags = [by_name[name] for name in dict.fromkeys(names)] or list(connection.tags)
    if not tags:
        raise ConfigError(
            "record.no_tags", f"{connection.id} has no tags", hint="Add some, as edge-agent import or the page does."
        )
    return tags


class _Recording:
    def __init__(
        self, driver: Driver[Any], known: Sequence[TagConfig], tags: Sequence[TagConfig], file: RecordFile,
        options: argparse.Namespace,
    ) -> None:  # fmt: skip
        self._driver, self._known, self._tags, self._file = driver, known, tags, file
        self._every_s, self._rows_max = options.every, options.rows
        self._end = None if options.for_s is None else time.monotonic() + options.for_s
        self.rows = 0
        self.empty: dict[str, int] = {}

    async def run(self) -> None:
        """Rows until the end that was asked for; a machine that goes away is waited for."""
        try:
            while self._more():
                try:
                    await self._driver.connect()
                    await self._life()
                except InterlockError as error:
                    print(f"edge-agent: {error.message} {error.hint}".rstrip(), file=sys.stderr)
                    await self._pause(time.monotonic() + AGAIN_S)
        finally:
            await self._driver.close()

    async def _life(self) -> None:
        due = time.monotonic()
        while self._more():
            values = await read_now(self._driver, self._tags, self._known)
            facts = self._file.add(values, time.time_ns() // 1000)
            self.rows += 1
            for name in facts.empty:
                self.empty[name] = self.empty.get(name, 0) + 1
            due = max(due + self._every_s, time.monotonic())
            if self._more():
                await self._pause(due)

    def _more(self) -> bool:
        ended = self._end is not None and time.monotonic() >= self._end
        return not ended and (self._rows_max is None or self.rows < self._rows_max)

    async def _pause(self, until: float) -> None:
        if self._end is not None:
            until = min(until, self._end)
        await asyncio.sleep(max(0.0, until - time.monotonic()))
