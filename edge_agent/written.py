"""The files of a configuration as they are written, for whoever keeps or changes them."""

from __future__ import annotations

from pathlib import Path

from edge_agent.config import LoadedConfig, read_config_text

__all__ = ["written_files"]


def written_files(path: Path, loaded: LoadedConfig) -> dict[str, str]:
    """Content by name: the configuration first, then its files of tags. Raises OSError, ConfigError."""
    files = {path.resolve().name: read_config_text(path)}
    for name in loaded.sheets:
        files[name] = (loaded.base / name).read_bytes().decode("utf-8", "surrogateescape")
    return files
