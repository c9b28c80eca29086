"""`edge-agent spool dead-letters`: what was refused for good, and what is to become of it."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge_agent.buffer.identity import replace_file
from edge_agent.config import load_config
from edge_agent.plain_words import counted
from schemas.errors import ConfigError

if TYPE_CHECKING:
    from edge_agent.spool_tools.letters import Letters


def add_spool(commands: Any) -> None:
    """Adds the commands to the parser's sub-commands."""
    spool = commands.add_parser("spool", help="what the spool holds aside")
    parts = spool.add_subparsers(required=True, metavar="WHAT")
    letters = parts.add_parser("dead-letters", help="batches the platform refused for good; also while the agent runs")
    letters.add_argument("ids", type=int, nargs="*", metavar="ID", help="only these; left out: all")
    what = letters.add_mutually_exclusive_group()
    what.add_argument("--export", type=Path, metavar="FOLDER", help="write them into a folder")
    what.add_argument("--send-again", action="store_true", help="put them to what waits, at the end")
    what.add_argument("--discard", action="store_true", help="delete them; they stay counted, and in the ledger")
    letters.add_argument("--json", action="store_true", help="the list as JSON")
    letters.add_argument("-c", "--config", type=Path, default=Path("agent.yaml"), metavar="FILE")
    letters.set_defaults(command=_dead_letters)


def _dead_letters(options: argparse.Namespace) -> int:
    # Not for the agent itself: the HTTP client of the standard library takes memory.
    from edge_agent.spool_tools.letters import letters_of

    with letters_of(load_config(options.config)) as letters:
        chosen = _chosen(letters.listed(), options.ids)
        if options.export:
            _export(letters, chosen, options.export)
            return 0
        if options.send_again or options.discard:
            ids = [letter["id"] for letter in chosen]
            return _settled(options, ids, letters.send_again(ids) if options.send_again else letters.discard(ids))
        _show(chosen, as_json=options.json)
    return 0


def _settled(options: argparse.Namespace, ids: Sequence[int], done: Sequence[int]) -> int:
    print(f"{len(done)} {'wait to be sent again' if options.send_again else 'discarded'}.")
    if left := sorted(set(ids) - set(done)):
        what = "Damaged, and kept" if options.send_again else "No longer there"
        print(f"{what}: {', '.join(map(str, left))}.")
    return 1 if left else 0


def _chosen(letters: Sequence[dict[str, Any]], ids: Sequence[int]) -> list[dict[str, Any]]:
    unknown = set(ids) - {letter["id"] for letter in letters}
    if unknown:
        raise ConfigError(
            "spool.dead_letter", f"there is no dead letter {min(unknown)}", hint="the list shows those there are"
        )
    return [letter for letter in letters if not ids or letter["id"] in ids]


def _show(letters: Sequence[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(letters, ensure_ascii=False, indent=1))
        return
    for one in letters:
        began = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(one["t_first"] / 1e6))
        whose = ", ".join(one["connections"]) or "several connections"
        size = f"{counted(one['points'], 'point')} from {began}  {one['bytes']} bytes"
        print(f"{one['id']}  {one['code']}  {one['kind']}  {whose}  {size}")
    print(f"{counted(len(letters), 'dead letter')}." if letters else "There are no dead letters.")


def _export(letters: Letters, chosen: Sequence[dict[str, Any]], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for letter in chosen:
        (folder / f"{letter['id']}.body").write_bytes(letters.body(letter["id"]))
    listing = json.dumps(chosen, ensure_ascii=False, indent=1)
    replace_file(folder / "dead-letters.json", listing + "\n")
    print(f"{folder}: {counted(len(chosen), 'dead letter')} and their list, dead-letters.json.")
