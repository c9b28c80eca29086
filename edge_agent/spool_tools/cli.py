"""`edge-agent spool dead-letters`: what was refused for good, and what is to become of it."""

from __future__ import annotations

import argparse
import json
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from edge_agent.buffer import dead_letters
from edge_agent.buffer.dead_letters import DeadLetter
from edge_agent.buffer.identity import replace_file
from edge_agent.buffer.layout import Corrupt
from edge_agent.buffer.spool import Spool
from edge_agent.config import LoadedConfig, load_config
from edge_agent.plain_words import counted
from schemas.errors import ConfigError

MIB = 1024 * 1024


def add_spool(commands: Any) -> None:
    """Adds the commands to the parser's sub-commands."""
    spool = commands.add_parser("spool", help="what the spool holds aside")
    parts = spool.add_subparsers(required=True, metavar="WHAT")
    letters = parts.add_parser("dead-letters", help="batches the platform refused for good; listed also while it runs")
    letters.add_argument("ids", type=int, nargs="*", metavar="ID", help="only these; left out: all")
    what = letters.add_mutually_exclusive_group()
    what.add_argument("--export", type=Path, metavar="FOLDER", help="write them into a folder")
    what.add_argument("--send-again", action="store_true", help="put them to what waits, at the end")
    what.add_argument("--discard", action="store_true", help="delete them; they stay counted, and in the ledger")
    letters.add_argument("--json", action="store_true", help="the list as JSON")
    letters.add_argument("-c", "--config", type=Path, default=Path("agent.yaml"), metavar="FILE")
    letters.set_defaults(command=_dead_letters)


def _dead_letters(options: argparse.Namespace) -> int:
    loaded = load_config(options.config)
    if not (options.export or options.send_again or options.discard):
        _show(_chosen(_listed(loaded), options.ids), as_json=options.json)
        return 0
    with _at_rest(loaded) as spool:
        chosen = _chosen(dead_letters.listed(spool), options.ids)
        ids = [letter.id for letter in chosen]
        if options.export:
            _export(spool, chosen, options.export)
            return 0
        done = dead_letters.send_again(spool, ids) if options.send_again else dead_letters.discard(spool, ids)
    print(f"{len(done)} {'wait to be sent again' if options.send_again else 'discarded'}.")
    if left := sorted(set(ids) - set(done)):
        print(f"Damaged, and kept: {', '.join(map(str, left))}.")
    return 1 if left else 0


def _listed(loaded: LoadedConfig) -> list[DeadLetter]:
    try:
        with _at_rest(loaded) as spool:
            return dead_letters.listed(spool)
    except ConfigError as error:
        if error.code != "spool_in_use":
            raise
    from edge_agent.diagnostics.asking import ask_agent

    return [DeadLetter(**letter) for letter in json.loads(ask_agent(loaded.data_dir, "status"))["dead_letters"]]


@contextmanager
def _at_rest(loaded: LoadedConfig) -> Iterator[Spool]:
    """The spool of an agent that is stopped, as it was left: this is no run of the agent. Raises ConfigError."""
    path = loaded.data_dir / "spool.db"
    if not path.exists():
        raise ConfigError("spool_none", f"there is no spool in {loaded.data_dir}", hint="it is made by the first run")
    try:
        with closing(sqlite3.connect(path, timeout=0.2)) as db:
            left = dict(db.execute("SELECT key, value FROM meta WHERE key IN ('machine', 'boot')").fetchall())
        spool = Spool(
            path, machine=str(left["machine"]), size_max_bytes=loaded.config.spool.size_max_mb * MIB,
            boot=int(left["boot"]),
        )  # fmt: skip
    except (sqlite3.DatabaseError, Corrupt, KeyError) as error:
        if "locked" in str(error):
            raise ConfigError("spool_in_use", "the agent is running", hint="stop it for this, then start it") from error
        raise ConfigError(
            "spool_unreadable", f"{path} cannot be read ({error})",
            hint="start the agent once: it puts a damaged spool aside and carries over what is readable",
        ) from error  # fmt: skip
    try:
        yield spool
    finally:
        spool.close(clean=False)


def _chosen(letters: Sequence[DeadLetter], ids: Sequence[int]) -> list[DeadLetter]:
    unknown = set(ids) - {letter.id for letter in letters}
    if unknown:
        raise ConfigError(
            "spool.dead_letter", f"there is no dead letter {min(unknown)}", hint="the list shows those there are"
        )
    return [letter for letter in letters if not ids or letter.id in ids]


def _show(letters: Sequence[DeadLetter], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps([letter._asdict() for letter in letters], ensure_ascii=False, indent=1))
        return
    for one in letters:
        began = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(one.t_first / 1e6))
        whose = one.conn or "several connections"
        print(
            f"{one.id}  {one.code}  {one.kind}  {whose}  {counted(one.points, 'point')} from {began}  {one.bytes} bytes"
        )
    print(f"{counted(len(letters), 'dead letter')}." if letters else "There are no dead letters.")


def _export(spool: Spool, letters: Sequence[DeadLetter], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for letter in letters:
        (folder / f"{letter.id}.body").write_bytes(dead_letters.body(spool, letter.id))
    listing = json.dumps([letter._asdict() for letter in letters], ensure_ascii=False, indent=1)
    replace_file(folder / "dead-letters.json", listing + "\n")
    print(f"{folder}: {counted(len(letters), 'dead letter')} and their list, dead-letters.json.")
