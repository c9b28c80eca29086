"""A change of several files as one: written down whole first, then done, then forgotten.

`.agent.yaml.pending` beside the configuration holds every file's new content. Whoever reads the
configuration next finishes what was begun, so that an end at any moment (power, kill) leaves all of the
old or, from the next look on, all of the new.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from edge_agent.versions.files import relative_name, sync_folder, write_whole
from edge_agent.versions.history import History
from edge_agent.versions.kept import Kept
from schemas.errors import ConfigError, InterlockError

__all__ = ["Recorded", "change", "finish_pending"]

FORMAT = 1


@dataclass(slots=True, frozen=True)
class Recorded:
    """How the change stands in the history.

    `pushed`: the platform's connections that hold with it, "" where the files' own do; `takes`: it is this change that
    makes them hold.
    """

    data_dir: str
    hash: str
    author: str
    note: str
    pushed: str = field(default="", repr=False)
    takes: bool = False


def change(path: Path, files: Mapping[str, str], kept: Mapping[str, str], recorded: Recorded) -> None:
    """Replaces the files (names relative to the folder of `path`) and records them with the `kept` ones.

    Raises InterlockError where the disk does not let it be; then nothing has changed, or the next look finishes it.
    """
    path = path.resolve()
    finish_pending(path)
    content: dict[str, Any] = {
        "format": FORMAT, "files": dict(files), "kept": dict(kept), "recorded": asdict(recorded)
    }  # fmt: skip
    content["sha256"] = _sum(content)
    _look_at(path, files)
    try:
        write_whole(_pending(path), json.dumps(content, ensure_ascii=True).encode(), mode=0o600)
    except OSError as error:
        raise InterlockError("config.write", f"{path.parent} cannot be written: {error.strerror}") from error
    finish_pending(path)


def finish_pending(path: Path) -> bool:
    """Finishes a change that was begun; whether there was one. Raises ConfigError, InterlockError."""
    path = path.resolve()
    pending = _pending(path)
    try:
        raw = pending.read_bytes()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise InterlockError("config.write", f"{pending} cannot be read: {error.strerror}") from error
    content = _content(pending, raw)
    try:
        for name, text in content["files"].items():
            target = path.parent / relative_name(name)
            target.parent.mkdir(parents=True, exist_ok=True)
            write_whole(target, text.encode("utf-8", "surrogateescape"))
        recorded = Recorded(**content["recorded"])
        files = {path.name: "", **content["kept"], **content["files"]}
        data_dir = Path(recorded.data_dir)
        if recorded.takes:
            Kept(data_dir).take(recorded.pushed, recorded.author)
        History(data_dir).record(
            files, recorded.hash, author=recorded.author, note=recorded.note, pushed=recorded.pushed
        )  # fmt: skip
        pending.unlink(missing_ok=True)  # another command may have finished it at the same time
        sync_folder(path.parent)
    except OSError as error:
        raise InterlockError(
            "config.write", f"a change that was begun cannot be finished: {error.filename}: {error.strerror}",
            hint=f"Give the agent's user the right to write there; the change waits in {pending.name}.",
        ) from error  # fmt: skip
    return True


def _look_at(path: Path, files: Mapping[str, str]) -> None:
    """Refuses before anything is begun where a file is held by a program or cannot be written."""
    for name in files:
        target = path.parent / relative_name(name)
        try:
            with contextlib.suppress(FileNotFoundError), open(target, "r+b"):
                pass
        except OSError as error:
            raise InterlockError(
                "config.write", f"{name} cannot be written: {error.strerror}. Nothing was changed.",
                hint="Close it where it is open, for example in a spreadsheet, and look at its rights.",
            ) from error  # fmt: skip


def _content(pending: Path, raw: bytes) -> dict[str, Any]:
    content: dict[str, Any] = {}
    try:
        content = json.loads(raw)
        if content.get("format", 0) > FORMAT:
            raise ConfigError("config.pending", f"{pending.name} is of a newer program", hint="Update the agent.")
        sound = content.pop("sha256") == _sum(content)
    except (ValueError, KeyError, AttributeError, TypeError):
        sound = False
    if not sound:
        raise ConfigError(
            "config.pending", f"{pending.name} holds a change that was begun, and is damaged",
            hint="Look at the configuration, then remove that file.",
        )  # fmt: skip
    return content


def _sum(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def _pending(path: Path) -> Path:
    return path.with_name(f".{path.name}.pending")
