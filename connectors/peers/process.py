"""What every peer needs to run as a process: a ready file, and a clean end on SIGTERM or Ctrl-C."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["stop_event", "write_json_atomic", "write_text_atomic"]


def stop_event() -> asyncio.Event:
    """An event that is set when the process is asked to end (SIGTERM, SIGINT, Ctrl-Break).

    Must be called inside a running loop. Windows loops have no ``add_signal_handler``: there the
    plain signal handler wakes the loop instead.
    """
    loop = asyncio.get_running_loop()
    event = asyncio.Event()
    for name in ("SIGTERM", "SIGINT", "SIGBREAK"):
        number = getattr(signal, name, None)
        if number is None:
            continue
        try:
            loop.add_signal_handler(number, event.set)
        except (NotImplementedError, RuntimeError):
            with contextlib.suppress(ValueError):  # not in the main thread: the caller ends us itself
                signal.signal(number, lambda *_: loop.call_soon_threadsafe(event.set))
    return event


def write_text_atomic(path: Path, text: str) -> None:
    """Write ``text`` so that a reader sees the old file or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    temporary.write_text(text, encoding="utf-8")
    try:
        os.replace(temporary, path)
    except PermissionError:
        # Windows refuses while somebody has the file open: then a short torn moment is the lesser evil.
        path.write_text(text, encoding="utf-8")
        temporary.unlink(missing_ok=True)


def write_json_atomic(path: Path, document: Mapping[str, Any]) -> None:
    """Write one JSON document with :func:`write_text_atomic`."""
    write_text_atomic(path, json.dumps(document, ensure_ascii=False, indent=1) + "\n")
