"""Where drivers keep files of their own: in the agent's data folder. The agent says where that is."""

from __future__ import annotations

from pathlib import Path

from schemas.errors import ConfigError

__all__ = ["keep_below", "own_folder"]


class _Place:
    folder: Path | None = None


def keep_below(folder: Path | None) -> None:
    """From now on the folders of drivers lie in this one."""
    _Place.folder = folder


def own_folder(name: str) -> Path:
    """The folder `name` of the agent's data; it need not be there yet. Raises ConfigError."""
    if _Place.folder is None:
        raise ConfigError("driver.no_folder", f"there is no data folder for {name}", hint="Give a folder in config.")
    return _Place.folder / name
