"""The bdSeq number: one for each MQTT connection, 0-255 and round again (Sparkplug 3.0 §6.4.20); kept over restarts, so
that a late will of an earlier run is never taken for one of this run."""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path

logger = logging.getLogger(__name__)


def next_bdseq(path: Path) -> int:
    """The number for a new connection. A file that cannot be read begins at 0; one that cannot be written is told."""
    try:
        last = json.loads(path.read_text(encoding="utf-8"))["bdSeq"]
    except FileNotFoundError:
        last = -1
    except (OSError, ValueError, KeyError, TypeError) as error:
        logger.warning("%s cannot be read (%s): bdSeq begins at 0.", path, error)
        last = -1
    number = (last + 1) % 256 if isinstance(last, int) else 0
    temporary = path.with_name(path.name + ".new")
    try:
        temporary.write_text(json.dumps({"bdSeq": number}) + "\n", encoding="utf-8")
        os.replace(temporary, path)
    except OSError as error:
        logger.warning("%s cannot be written: %s", path, error)
    return number
