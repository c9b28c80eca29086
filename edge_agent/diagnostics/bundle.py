"""The support bundle: one zip with what somebody far away needs to understand this agent, and no secret."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import shutil
import sqlite3
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

import yaml

from edge_agent import __version__
from edge_agent.config import LoadedConfig, load_config
from edge_agent.diagnostics.asking import ask_agent
from edge_agent.diagnostics.hiding import hider, secret_values, shown_config
from edge_agent.diagnostics.log import FILE as LOG_FILE
from schemas.errors import ConfigError, InterlockError

LOG_BYTES_MAX: Final = 512 * 1024
#: A larger spool is not copied to look into it.
SPOOL_COPY_MAX: Final = 64 * 1024 * 1024
FILES_MAX: Final = 500
GAPS_MAX: Final = 200
_VALUES: Final = ("interlock_agent_tag_value", "# HELP interlock_agent_tag_value", "# TYPE interlock_agent_tag_value")

README: Final = """\
Support bundle of an Interlock edge agent, made {made}

  versions.json     the agent, Python, the libraries and the machine
  config.yaml       the configuration as it is used, templates expanded, secret settings hidden
  config_problems.txt   instead of it, where the configuration cannot be used
  status.json       links, spool and connections with round trips, time-outs, exceptions
  metrics.txt       the same figures and more, as Prometheus text
  tags.jsonl        each tag with quality, age and error{values}
  frames/           the last frames between agent and each device, in hex and in words{frames}
  log.jsonl         the last lines of the log
  spool.json        the ledger: points by their fate, batches, gaps; no values
  files.json        names, sizes and times of the files in the data folder
  missing.txt       what could not be had, and why

Passwords, tokens, keys and the values of HTTP headers are not in here: secret settings are left out by their
schema, the known secrets are replaced by *** wherever they turn up, and so is what looks like one.
Frames show what was read from the machines. Leave them out with --no-frames.
"""


@dataclass(slots=True)
class _Content:
    files: dict[str, str]
    missing: list[str]

    def add(self, name: str, make: Callable[[], str]) -> None:
        """One file, or a line in missing.txt: a bundle is made most when something is broken."""
        try:
            self.files[name] = make()
        except (InterlockError, OSError, ValueError, sqlite3.Error) as error:
            self.missing.append(f"{name}: {error}")


def write_bundle(config: Path, target: Path, *, values: bool = False, frames: bool = True) -> list[str]:
    """Writes the zip, for its owner only; the names in it. Raises InterlockError where it cannot be written."""
    content = _Content({}, [])
    hide = hider(())
    try:
        loaded = load_config(config)
    except ConfigError as error:
        content.files["config_problems.txt"] = _problems(error)
        content.missing.append("config.yaml and what follows from it: the configuration cannot be used")
    else:
        hide = hider(secret_values(loaded))
        _collect(content, loaded, values=values, frames=frames)
    content.add("versions.json", lambda: _json(_versions()))
    content.files["missing.txt"] = "\n".join(content.missing) + "\n" if content.missing else "Nothing.\n"
    content.files["README.txt"] = README.format(
        made=datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC"),
        values=" and value" if values else ", without values",
        frames="" if frames else ": left out",
    )
    _write(target, {name: hide(text) for name, text in content.files.items()})
    return sorted(content.files)


def _collect(content: _Content, loaded: LoadedConfig, *, values: bool, frames: bool) -> None:
    data = loaded.data_dir
    content.add("config.yaml", lambda: yaml.safe_dump(shown_config(loaded), sort_keys=False, allow_unicode=True))
    content.add("status.json", lambda: _json(json.loads(ask_agent(data, "status"))))
    content.add("metrics.txt", lambda: _metrics(data, values=values))
    content.add("tags.jsonl", lambda: _tags(data, values=values))
    content.add("log.jsonl", lambda: _log(data))
    content.add("spool.json", lambda: _json(_spool(data)))
    content.add("files.json", lambda: _json(list(_files(data))))
    if frames:
        for connection in loaded.config.connections:
            if connection.enabled:
                ask = partial(ask_agent, data, "frames", connection.id, whole="1")
                content.add(f"frames/{connection.id}.txt", ask)


def _problems(error: ConfigError) -> str:
    """Where and what kind, not the words: they may quote what was written."""
    lines = [f"line {problem.line or '?'}: {problem.code} at {problem.path}" for problem in error.problems]
    return "\n".join([error.code, *lines]) + "\n"


def _metrics(data: Path, *, values: bool) -> str:
    lines = ask_agent(data, "metrics").splitlines()
    return "\n".join(line for line in lines if values or not line.startswith(_VALUES)) + "\n"


def _tags(data: Path, *, values: bool) -> str:
    rows: list[dict[str, Any]] = json.loads(ask_agent(data, "tags"))
    if not values:
        for row in rows:
            del row["value"]
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _log(data: Path) -> str:
    """The file, which also has what was before the last start; else what the running agent remembers."""
    path = data / LOG_FILE
    if not path.exists():
        return ask_agent(data, "log")
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - LOG_BYTES_MAX))
        text = file.read().decode("utf-8", "replace")
    return text if path.stat().st_size <= LOG_BYTES_MAX else text.partition("\n")[2]


def _spool(data: Path) -> dict[str, Any]:
    """Of a running agent its own figures: the spool belongs to it alone. Else a copy is looked into."""
    try:
        spool: dict[str, Any] = json.loads(ask_agent(data, "status"))["spool"]
    except InterlockError:
        return _spool_at_rest(data)
    return {"running": True, **spool}


def _spool_at_rest(data: Path) -> dict[str, Any]:
    parts = [path for path in (data / "spool.db", data / "spool.db-wal") if path.exists()]
    size = sum(path.stat().st_size for path in parts)
    facts: dict[str, Any] = {"running": False, "bytes": size}
    if not parts or size > SPOOL_COPY_MAX:
        return facts
    with tempfile.TemporaryDirectory() as folder:
        for path in parts:
            shutil.copyfile(path, Path(folder) / path.name)
        with closing(sqlite3.connect(Path(folder) / "spool.db")) as db:
            db.row_factory = sqlite3.Row
            counter = db.execute("SELECT * FROM counter").fetchone()
            by_state = "SELECT kind, state, COUNT(*) AS batches, SUM(points) AS points FROM batch GROUP BY kind, state"
            gaps = "SELECT kind, reason, conn, from_ts, to_ts, n, count_of FROM gap ORDER BY id DESC LIMIT ?"
            facts["version"] = db.execute("PRAGMA user_version").fetchone()[0]
            facts["counter"] = dict(counter) if counter is not None else None
            facts["batches"] = [dict(row) for row in db.execute(by_state)]
            facts["gaps"] = [dict(row) for row in db.execute(gaps, (GAPS_MAX,))]
    return facts


def _files(data: Path) -> Iterator[dict[str, Any]]:
    for number, path in enumerate(sorted(data.rglob("*"))):
        if number >= FILES_MAX:
            return
        facts = path.lstat()
        changed = datetime.fromtimestamp(facts.st_mtime, UTC).isoformat(timespec="seconds")
        yield {"name": path.relative_to(data).as_posix(), "bytes": facts.st_size, "changed": changed}


def _versions() -> dict[str, Any]:
    packages = {str(one.metadata["Name"]): one.version for one in importlib.metadata.distributions()}
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else None
    return {
        "agent": __version__,
        "python": sys.version,
        "sqlite": sqlite3.sqlite_version,
        "platform": platform.platform(),
        "machine": platform.machine(),
        "processors": os.cpu_count(),
        "memory_bytes": memory,
        "time_utc": datetime.now(UTC).isoformat(timespec="seconds"),
        "zone": list(time.tzname),
        "packages": dict(sorted(packages.items(), key=lambda item: item[0].lower())),
    }


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _write(target: Path, files: dict[str, str]) -> None:
    try:
        handle = os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(handle, "w+b") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bundle:
            for name, text in sorted(files.items()):
                bundle.writestr(name, text)
    except FileExistsError as error:
        raise InterlockError(
            "bundle.exists", f"{target} is there already", hint="Give another with -o FILE."
        ) from error
    except OSError as error:
        raise InterlockError("bundle.write", f"{target} cannot be written: {error.strerror}") from error
