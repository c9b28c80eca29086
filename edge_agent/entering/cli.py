"""`edge-agent enter`: a value that somebody at the machine types."""

from __future__ import annotations

import argparse
import asyncio
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from connectors.driver import EntryState
from edge_agent.entering.desk import Typed, configuration_in_use, enter, states, typed_tag, typed_tags
from edge_agent.entering.times import entry_time, shown_time
from schemas.errors import ConfigError
from schemas.models.connection import ConnectionConfig

_ABOUT = """
Keeps a value on the disk; the agent sends it, also when it is started only later.

  edge-agent enter                                   what is typed, and what it was last
  edge-agent enter batch_weight 412.5
  edge-agent enter hand/batch_weight 412.5 --at 14:30
  edge-agent enter batch_weight 421.5 --correct      in place of the last one
"""


def add_enter(commands: Any) -> None:
    """Adds the command to the parser's sub-commands."""
    one = commands.add_parser(
        "enter", help="type a value by hand", description=_ABOUT, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    one.add_argument("tag", nargs="?", default="", metavar="TAG", help="its name, or connection/name")
    one.add_argument("value", nargs="?", default="", metavar="VALUE", help="as on the gauge; at once after TAG")
    when = one.add_mutually_exclusive_group()
    when.add_argument("--at", default="", metavar="TIME", help="14:30, or 2026-11-27T14:30+01:00; default now")
    when.add_argument("--correct", action="store_true", help="it takes the place of the tag's last entry")
    one.add_argument("--key", default="", metavar="KEY", help="a repetition with the same key is not kept twice")
    one.add_argument("-c", "--config", type=Path, default=Path("agent.yaml"), metavar="FILE")
    one.set_defaults(command=_enter)


def _enter(options: argparse.Namespace) -> int:
    connections = configuration_in_use(options.config).config.connections
    if not options.tag:
        print(_table(connections))
        return 0
    typed = typed_tag(connections, options.tag)
    if not options.value:
        raise ConfigError("entry.empty", f"{typed.key}: nothing was given", hint="edge-agent enter TAG VALUE")
    if len(options.key) > 80 or not options.key.isprintable():
        raise ConfigError("entry.key", "a key has up to 80 characters that can be printed")
    key = options.key or uuid4().hex
    ts = _time(options, typed)
    kept = asyncio.run(enter(connections, typed, options.value, ts, key=key, via="command"))
    instead = f", in place of {kept.replaced}" if kept.replaced is not None else ""
    at = shown_time(kept.ts, fine=bool(options.at))
    print(f"Kept: {typed.key} = {kept.value} {typed.tag.unit}".rstrip() + f" at {at}{instead}.")
    return 0


def _time(options: argparse.Namespace, typed: Typed) -> int | None:
    if options.correct:
        (state,) = asyncio.run(states([typed]))
        if state.last is None:
            raise ConfigError("entry.nothing", f"{typed.key} has no entry yet", hint="Leave --correct out.")
        return state.last.ts
    return entry_time(options.at, datetime.now().astimezone()) if options.at else None


def _table(connections: tuple[ConnectionConfig, ...]) -> str:
    tags = typed_tags(connections)
    if not tags:
        return "No tags that people type. Make a connection with driver: manual_entry in the configuration."
    return "\n".join(_line(typed, state) for typed, state in zip(tags, asyncio.run(states(tags)), strict=True))


def _line(typed: Typed, state: EntryState) -> str:
    if state.last is None:
        return f"{typed.key}: nothing yet"
    shown = f"{typed.key}: {state.last.value} {typed.tag.unit}".rstrip() + f" at {shown_time(state.last.ts)}"
    due = state.last.ts + state.holds_us
    return shown + (f", due {shown_time(due)}" if state.holds_us else "")
