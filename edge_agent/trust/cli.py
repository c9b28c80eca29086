"""`edge-agent trust`: which servers' certificates the agent believes, in the trust folders of its configuration."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from edge_agent.config import load_config
from edge_agent.trust.folders import State, entries, folders_of, move
from schemas.errors import ConfigError


def add_trust(commands: Any) -> None:
    """Adds the command to the parser's sub-commands."""
    trust = commands.add_parser("trust", help="certificates of servers: list, add (from the rejected ones), remove")
    trust.add_argument("what", choices=["list", "add", "remove"])
    trust.add_argument("sha256", nargs="?", help="SHA-256 of the certificate, or its first 8 digits or more")
    trust.add_argument("-c", "--config", type=Path, default=Path("agent.yaml"), metavar="FILE")
    trust.set_defaults(command=_trust)


def _trust(options: argparse.Namespace) -> int:
    folders = folders_of(load_config(options.config).config.connections)
    if not folders:
        raise ConfigError("trust.folder", "no connection has a trust_folder", hint="Give one in its config.")
    if options.what == "list":
        for folder in folders:
            lines = [f"  {one.state:8} {one.sha256}  {one.subject!r}, until {one.until}" for one in entries([folder])]
            print(folder)
            print("\n".join(lines) or "  no certificates")
        return 0
    target: State = "trusted" if options.what == "add" else "rejected"
    for one in move(folders, options.sha256 or "", target):
        print(f"{one.sha256} is now {target} in {one.folder}; it counts from the next connecting.")
    return 0
