"""The journal of what people typed: one JSON object a line, one file a month, appended and never changed.

An entry is accepted when its line is on the disk. What was read is on the disk too before it is handed on: a power cut
cannot leave the spool ahead of the journal.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from connectors.folder.appending import append_line, give_to_owner, one_at_a_time, settle
from connectors.folder.growing import Position, fingerprint, fits, next_lines, open_regular
from schemas.errors import ConfigError, ConnectError

__all__ = ["Journal", "JournalEntry", "Part", "decode"]

FORMAT: Final = 1
LINE_MAX: Final = 8192
#: So many lines are handed on at once.
LINES_MAX: Final = 200
FILE_MAX: Final = 32 << 20
#: The end of a file that is looked through for a repeated entry, and for the newest one of a tag.
TAIL_BYTES: Final = 256 * 1024
TAIL_FILES: Final = 14
LOCK_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """`name` is that of an address, `value` raw, as text; `ts` the time it is of, `made` when it was typed (µs UTC);
    `key` tells a repetition from a second one; `via` says by which way it came."""

    name: str
    value: str
    ts: int
    made: int
    key: str
    via: str


@dataclass(frozen=True, slots=True)
class Part:
    """The next entries of a file. `refused`: (line, why) of lines that are none; `anew`: the file is another one."""

    entries: tuple[JournalEntry, ...]
    refused: tuple[tuple[int, str], ...]
    position: Position
    anew: bool
    left: int


def decode(line: bytes | None) -> JournalEntry:
    """Raises ValueError with the reason in words; ConnectError for a line of a newer program."""
    if line is None:
        raise ValueError(f"it is longer than {LINE_MAX} bytes")
    try:
        content: Any = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError("it is no JSON") from None
    if not isinstance(content, dict):
        raise ValueError("it is no object")
    form = content.get("format")
    if isinstance(form, int) and form > FORMAT:
        raise ConnectError(
            "manual_entry.newer", f"the journal was written by a newer agent (format {form})",
            hint="Update this agent; nothing of the journal is lost.",
        )  # fmt: skip
    texts, times = ("name", "value", "key", "via"), ("ts", "made")
    sound = all(isinstance(content.get(one), str) for one in texts)
    if form != FORMAT or not sound or not all(type(content.get(one)) is int and content[one] > 0 for one in times):
        raise ValueError("it is no entry")
    return JournalEntry(**{one: content[one] for one in (*texts, *times)})


class Journal:
    """The files `name-2026-11.jsonl` of a folder. Its calls may hang as the folder does; all raise OSError."""

    def __init__(self, folder: Path, name: str, *, own: bool) -> None:
        self.folder, self._name, self._own = folder, name, own
        self._pattern = re.compile(re.escape(name) + r"-\d{4}-\d{2}\.jsonl\Z", re.ASCII)

    def prepare(self) -> None:
        """Sees whether the folder is there; the one in the agent's data is made."""
        if self._own and not self.folder.is_dir():
            self.folder.mkdir(parents=True, exist_ok=True)
            give_to_owner(self.folder)
        self.files()

    def files(self) -> list[tuple[str, int]]:
        """Names and sizes, the oldest first."""
        with os.scandir(self.folder) as found:
            names = [one for one in found if self._pattern.match(one.name) and one.is_file(follow_symlinks=False)]
            return sorted((one.name, one.stat(follow_symlinks=False).st_size) for one in names)

    def read(self, name: str, position: Position | None) -> Part:
        """The next entries of a file after a position."""
        settle(self.folder / name)
        with open_regular(self.folder, name) as file:
            size = os.fstat(file.fileno()).st_size
            at, anew = position or Position(), False
            if not fits(file, size, at):
                at, anew = Position(), True
            lines, end = next_lines(file, size, at.offset, LINE_MAX, LINES_MAX, False)
            after = Position(end, at.line + len(lines), fingerprint(file, end))
        entries, refused = [], []
        for number, line in enumerate(lines, at.line + 1):
            try:
                entries.append(decode(line))
            except ValueError as error:
                refused.append((number, str(error)))
        return Part(tuple(entries), tuple(refused), after, anew, size - end)

    def newest(self, names: Collection[str]) -> dict[str, JournalEntry]:
        """The entry of the latest time of each name, as far as the last months' ends tell."""
        found: dict[str, JournalEntry] = {}
        for file, _ in reversed(self.files()[-TAIL_FILES:]):
            here: dict[str, JournalEntry] = {}
            for entry in self._tail(file):
                if entry.name in names and (entry.name not in here or entry.ts >= here[entry.name].ts):
                    here[entry.name] = entry
            for name, entry in here.items():
                if name not in found or entry.ts > found[name].ts:
                    found[name] = entry
            if len(found) == len(names):
                break
        return found

    def append(self, entry: JournalEntry) -> tuple[JournalEntry, JournalEntry | None]:
        """Keeps an entry; the one there is where it is the same once more, and the one that it takes the place of.
        Raises ConfigError, ConnectError."""
        self.prepare()
        try:
            with one_at_a_time(self.folder / f"{self._name}.lock", LOCK_S):
                return self._append(entry)
        except TimeoutError as error:
            raise ConnectError(
                "entry.busy", "the journal is held by another program", hint="Try again."
            ) from error  # fmt: skip

    def _append(self, entry: JournalEntry) -> tuple[JournalEntry, JournalEntry | None]:
        replaced: JournalEntry | None = None
        files = self.files()
        for file, _ in files[-2:]:
            for one in self._tail(file):
                if one.key == entry.key:
                    return one, None
                if (one.name, one.ts) == (entry.name, entry.ts):
                    replaced = one
        name = f"{self._name}-{datetime.fromtimestamp(entry.made / 1e6, UTC):%Y-%m}.jsonl"
        line = json.dumps({"format": FORMAT, **asdict(entry)}, ensure_ascii=False).encode()
        if dict(files).get(name, 0) + len(line) > FILE_MAX or len(line) > LINE_MAX:
            raise ConfigError(
                "entry.full", f"the journal of this month has no room left ({FILE_MAX >> 20} MiB)",
                hint=f"Who types so much? Look into {name}.",
            )  # fmt: skip
        append_line(self.folder / name, line)
        return entry, replaced

    def _tail(self, name: str) -> Iterator[JournalEntry]:
        with open_regular(self.folder, name) as file:
            size = os.fstat(file.fileno()).st_size
            begin = max(0, size - TAIL_BYTES)
            file.seek(begin)
            lines = file.read(size - begin).split(b"\n")
        # The first one may be half a line, the last one is one that is being written.
        for line in lines[1 if begin else 0 : -1]:
            try:
                yield decode(line)
            except ValueError:
                continue
