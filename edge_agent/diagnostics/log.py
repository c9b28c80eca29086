"""The agent's log: text for people or one JSON object a line, repeats once a minute, secrets hidden, the last lines
kept in memory and in `agent.log` of the data folder."""

from __future__ import annotations

import json
import logging
import sys
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final, Literal

LogFormat = Literal["text", "json"]
FILE: Final = "agent.log"
FILE_BYTES_MAX: Final = 1024 * 1024
LINES_MAX: Final = 500
REPEAT_S: Final = 60.0
REPEATS_MAX: Final = 1000
_LIBRARIES: Final = ("asyncua", "pymodbus", "asyncio")

Hide = Callable[[str], str]


def json_line(record: logging.LogRecord) -> str:
    """A record as one JSON object: time (UTC), level, logger, message, and what else is known of it."""
    content = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "level": record.levelname,
        "logger": record.name,
        "message": record.getMessage(),
    }
    session = getattr(record, "session", "")
    kind, _, name = str(session).partition(" ")
    if kind == "connection" and name:
        content["connection"] = name
    if code := getattr(record, "code", ""):
        content["code"] = str(code)
    if record.exc_info:
        content["exception"] = logging.Formatter().formatException(record.exc_info)
    return json.dumps(content, ensure_ascii=False)


class JsonFormatter(logging.Formatter):
    """`json_line` with secrets hidden."""

    def __init__(self, hide: Hide) -> None:
        super().__init__()
        self._hide = hide

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        return self._hide(json_line(record))


class TextFormatter(logging.Formatter):
    """A line for people, with secrets hidden."""

    def __init__(self, hide: Hide) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(message)s")
        self._hide = hide

    def format(self, record: logging.LogRecord) -> str:
        """One line, and the stack where there is one."""
        return self._hide(super().format(record))


class _Ring(logging.Handler):
    """The last lines in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: deque[str] = deque(maxlen=LINES_MAX)

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


class _File(RotatingFileHandler):
    """A log that cannot be written (disk full) is no reason to say so a thousand times; the spool tells of it."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Nothing: the other places have the line."""


@dataclass(slots=True)
class _Seen:
    at: float
    record: logging.LogRecord
    more: int = 0


class Repeats(logging.Handler):
    """Hands a record on; the same again within a minute is only counted, and told with its count after it.

    Two records are the same where logger, level, text and the words put into it are; numbers may differ.
    """

    def __init__(self, targets: list[logging.Handler], clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._targets, self._clock = targets, clock
        self._seen: OrderedDict[tuple[object, ...], _Seen] = OrderedDict()

    def emit(self, record: logging.LogRecord) -> None:
        """To every target, or into the count."""
        self.tell_repeats()
        key = _key(record)
        seen = self._seen.get(key)
        if seen is not None and record.levelno > logging.DEBUG:
            seen.more += 1
            return
        self._seen[key] = _Seen(self._clock(), record)
        if len(self._seen) > REPEATS_MAX:
            self._tell(self._seen.popitem(last=False)[1])
        self._pass_on(record)

    def tell_repeats(self, *, everything: bool = False) -> None:
        """Tells the counts whose minute is over; called once in a while, and at the end with all of them."""
        now = self._clock()
        while self._seen:
            key, seen = next(iter(self._seen.items()))
            if not everything and now - seen.at < REPEAT_S:
                break
            del self._seen[key]
            self._tell(seen)

    def close(self) -> None:
        """What is counted is told."""
        self.tell_repeats(everything=True)
        for target in self._targets:
            target.close()
        super().close()

    def _tell(self, seen: _Seen) -> None:
        if seen.more:
            old = seen.record
            times = "once more" if seen.more == 1 else f"{seen.more} times more"
            text = f"{old.getMessage()} ({times} within {REPEAT_S:g} s)"
            new = logging.LogRecord(old.name, old.levelno, old.pathname, old.lineno, text, (), None)
            for name in ("session", "code"):
                if hasattr(old, name):
                    setattr(new, name, getattr(old, name))
            self._pass_on(new)

    def _pass_on(self, record: logging.LogRecord) -> None:
        for target in self._targets:
            target.handle(record)


def _key(record: logging.LogRecord) -> tuple[object, ...]:
    arguments = record.args if isinstance(record.args, tuple) else ()
    words = tuple(str(one) for one in arguments if not isinstance(one, int | float))
    return record.name, record.levelno, str(record.msg), words


@dataclass(slots=True)
class Log:
    """The log as it was set up."""

    repeats: Repeats
    lines: deque[str]


def set_up(log_format: LogFormat, *, verbose: bool, hide: Hide, data_dir: Path | None) -> Log:
    """Logs to the terminal, to memory and to `agent.log` in `data_dir`."""
    terminal = logging.StreamHandler(sys.stderr)
    terminal.setFormatter(JsonFormatter(hide) if log_format == "json" else TextFormatter(hide))
    ring = _Ring()
    targets: list[logging.Handler] = [terminal, ring]
    if data_dir is not None:
        targets.append(
            _File(data_dir / FILE, maxBytes=FILE_BYTES_MAX, backupCount=1, encoding="utf-8", delay=True)
        )  # fmt: skip
    for target in targets[1:]:
        target.setFormatter(JsonFormatter(hide))
    repeats = Repeats(targets)
    logging.basicConfig(level=logging.DEBUG if verbose else logging.INFO, handlers=[repeats], force=True)
    for library in _LIBRARIES:
        logging.getLogger(library).setLevel(logging.INFO if verbose else logging.CRITICAL)
    return Log(repeats, ring.lines)
