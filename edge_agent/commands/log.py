"""What was asked of the devices and how it ended: lines of JSON, each with the hash of the line before.

A line that says a write begins is on the disk before the device hears of it. Refusals are written too, but not waited
for: a flood of them must not wear out the disk. The agent alone writes it, from its loop and from threads; others read.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FILE_NAME = "commands.jsonl"
SIZE_MAX_BYTES = 8 * 1024 * 1024
GENESIS = "0" * 64


class CommandLog:
    """Append-only; two files of 8 MiB at most, the older with `.1`. Raises OSError where the disk does not take it."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / FILE_NAME
        self._lock = threading.Lock()
        self._last = self._last_hash()

    def append(self, event: str, *, durable: bool, **facts: Any) -> None:
        """One line; with `durable` it is on the disk when this returns."""
        with self._lock:
            content = {"ts": time.time_ns() // 1000, "event": event, **facts, "prev": self._last}
            line = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
            self._rotate()
            with self._path.open("ab") as file:
                # What a crash has torn stays a line of its own, and does not take this one with it.
                file.write((b"" if _ends_whole(self._path) else b"\n") + line.encode() + b"\n")
                file.flush()
                if durable:
                    os.fsync(file.fileno())
            self._last = hashlib.sha256(line.encode()).hexdigest()

    def recent(self, since_us: int) -> Iterator[dict[str, Any]]:
        """The lines not older than `since_us` (µs UTC), oldest first; torn and damaged ones are left out."""
        for path in (self._older, self._path):
            for line in _lines(path):
                try:
                    content = json.loads(line)
                except ValueError:
                    continue
                if not isinstance(content, dict) or not isinstance(content.get("ts"), int):
                    continue
                if content["ts"] >= since_us and isinstance(content.get("event"), str):
                    yield content

    def first_broken(self) -> int | None:
        """The number of the first line that does not follow from the one before (0 = first), None when all do."""
        before: str | None = None
        for number, line in enumerate(line for path in (self._older, self._path) for line in _lines(path)):
            try:
                prev = json.loads(line)["prev"]
            except (ValueError, KeyError, TypeError):
                return number
            if before is not None and prev != before:
                return number
            before = hashlib.sha256(line.encode()).hexdigest()
        return None

    @property
    def _older(self) -> Path:
        return self._path.with_name(FILE_NAME + ".1")

    def _rotate(self) -> None:
        try:
            full = self._path.stat().st_size > SIZE_MAX_BYTES
        except FileNotFoundError:
            return
        if full:
            os.replace(self._path, self._older)

    def _last_hash(self) -> str:
        last = None
        for path in (self._older, self._path):
            for line in _lines(path):
                last = line
        return GENESIS if last is None else hashlib.sha256(last.encode()).hexdigest()


def _ends_whole(path: Path) -> bool:
    with path.open("rb") as file:
        if file.seek(0, os.SEEK_END) == 0:
            return True
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


def _lines(path: Path) -> Iterator[str]:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            for line in file:
                if line.strip():
                    yield line.rstrip("\n")
    except FileNotFoundError:
        return
