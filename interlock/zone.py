"""The IANA time zone of this machine, as far as the system tells it."""

from __future__ import annotations

import os
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def machine_zone(link: Path = Path("/etc/localtime"), text: Path = Path("/etc/timezone")) -> str:
    """Zone from TZ, the link /etc/localtime or the file /etc/timezone; UTC when none names one (as on Windows)."""
    candidates = [os.environ.get("TZ", "").lstrip(":")]
    if link.is_symlink():
        candidates.append(os.readlink(link).rpartition("zoneinfo/")[2])
    if text.is_file():
        candidates.append(text.read_text("utf-8").strip())
    return next((name for name in candidates if _known(name)), "UTC")


def _known(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
