"""`edge-agent writes`: at the machine, whether the platform may write to its devices."""

from __future__ import annotations

import argparse
import getpass
import time
from pathlib import Path
from typing import Any

from edge_agent.commands.log import CommandLog
from edge_agent.commands.switch import SwitchState, WriteSwitch
from edge_agent.config import load_config
from schemas.errors import InterlockError

SHOWN_LINES = 20


def add_writes(commands: Any) -> None:
    """Adds the command to the parser's sub-commands."""
    writes = commands.add_parser("writes", help="whether the platform may write to devices: enable, disable, status")
    writes.add_argument("what", choices=["enable", "disable", "status"])
    writes.add_argument("--minutes", type=_minutes, metavar="N", help="enable for N minutes only")
    writes.add_argument("-c", "--config", type=Path, default=Path("agent.yaml"), metavar="FILE")
    writes.set_defaults(command=_writes)


def _minutes(text: str) -> float:
    try:
        minutes = float(text)
    except ValueError:
        minutes = 0.0
    if not 0 < minutes <= 60 * 24 * 365:
        raise argparse.ArgumentTypeError("minutes above 0, up to a year")
    return minutes


def _writes(options: argparse.Namespace) -> int:
    loaded = load_config(options.config)
    switch = WriteSwitch(loaded.data_dir)
    tags = [f"{conn.id}/{tag.name}" for conn in loaded.config.connections for tag in conn.tags if tag.write]
    try:
        if options.what == "enable":
            state = switch.turn_on(getpass.getuser(), options.minutes)
        elif options.what == "disable":
            state = switch.turn_off(getpass.getuser())
        else:
            state = switch.state()
    except OSError as error:
        raise InterlockError("writes.switch", f"the switch cannot be stored: {error}") from error
    print(_shown(state))
    print(f"Tags with a write rule: {', '.join(tags) if tags else 'none, so nothing can be written'}.")
    if options.what == "status":
        _show_log(CommandLog(loaded.data_dir))
    return 0


def _shown(state: SwitchState) -> str:
    if not state.enabled:
        return "Writing is disabled: devices are only read."
    until = f" until {_clock(state.until)}" if state.until else ""
    return f"Writing is ENABLED{until} (by {state.by}, {_clock(state.since)}). Interlock is not a safety system."


def _show_log(log: CommandLog) -> None:
    broken = log.first_broken()
    if broken is not None:
        print(f"The log of commands was changed or torn: line {broken + 1} does not follow from the one before.")
    for line in list(log.recent(0))[-SHOWN_LINES:]:
        what = line.get("tag") or line.get("reason") or ""
        value = f" := {line['value']}" if "value" in line else ""
        print(f"  {_clock(line['ts'] / 1e6)}  {line['event']:8} {what}{value} {line.get('by', '')}".rstrip())


def _clock(unix_s: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(unix_s))
