"""Files that are replaced whole: a reader, and a power cut, meet the old content or the new one."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

from schemas.errors import ConfigError

__all__ = ["relative_name", "sync_folder", "write_whole"]


def write_whole(path: Path, content: bytes, *, mode: int | None = None) -> None:
    """Replaces a file; its rights stay (or become `mode`). On disk when this returns. Raises OSError."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open(temporary, "wb") as file:
            if mode is not None and os.name == "posix":
                os.fchmod(file.fileno(), mode)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if mode is None and path.exists():
            shutil.copymode(path, temporary)
        os.replace(temporary, path)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """A rename is on disk only when its folder is; Windows has no such call and needs none."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def relative_name(name: str) -> str:
    """A name of a file in or below the configuration's folder. Raises ConfigError for any other."""
    parts = name.replace("\\", "/").split("/")
    if not name or any(part in ("", ".", "..") for part in parts) or ":" in name or len(name) > 200:
        raise ConfigError(
            "config.file_name", f"'{name[:80]}' is no file below the folder of the configuration",
            hint="Write a relative name, for example tags/press_1.csv.",
        )  # fmt: skip
    return "/".join(parts)
