"""A store's folder at start: one owner, and nothing in it but what the manifest names."""

from __future__ import annotations

import os
import re
from pathlib import Path

from platform_core.stores.embedded import files, manifest
from platform_core.stores.embedded.manifest import Manifest
from schemas.errors import ConfigError

OURS = re.compile(r"(\d{8,}|\d{4}-\d{2}-\d{8,})-[fiubs](-1[mh])?\.parquet")


class FolderLock:
    """Held for as long as the store is open; the system gives it back when the process dies."""

    def __init__(self, folder: Path) -> None:
        self._file = (folder / "lock").open("a+b")
        try:
            _lock(self._file.fileno())
        except OSError:
            self._file.close()
            raise ConfigError(
                "store.in_use",
                f"The store in {folder} is in use by another process.",
                hint="Stop the other one, or choose another data folder.",
            ) from None

    def release(self) -> None:
        """Let others open the folder."""
        self._file.close()


def _lock(descriptor: int) -> None:
    if os.name == "nt":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def recover(folder: Path) -> Manifest:
    """The manifest that counts; a new folder gets an empty one, leftovers of a crash are removed.

    Raises ConfigError: newer format, damaged manifest, segments without a
    manifest, a named file that is missing or has another length.
    """
    present = {
        path.relative_to(folder).as_posix(): path
        for path in sorted((folder / "segments").rglob("*.parquet"))
        if OURS.fullmatch(path.name)
    }
    known = manifest.load(folder)
    if known is None:
        if present:
            raise ConfigError(
                "store.no_manifest",
                f"The folder {folder} holds segments but no manifest that names them.",
                hint="Restore manifest.json from a backup, or choose an empty folder.",
            )
        known = Manifest()
        manifest.save(folder, known)
        return known
    _check(folder, known, present)
    for name in sorted(present.keys() - known.paths()):
        files.remove(present[name])
    files.remove(folder / f"{manifest.NAME}.tmp")
    return known


def _check(folder: Path, known: Manifest, present: dict[str, Path]) -> None:
    missing = sorted(known.paths() - present.keys())
    if missing:
        raise ConfigError(
            "store.missing",
            f"The store in {folder} lacks {len(missing)} of its files, {missing[0]} for one.",
            hint="Restore the folder from a backup.",
        )
    for segment in known.segments:
        if present[segment.path].stat().st_size != segment.bytes:
            raise ConfigError(
                "store.damaged",
                f"{segment.path} has not the length that the manifest says.",
                hint="Restore the folder from a backup.",
            )
