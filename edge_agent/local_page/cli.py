"""`edge-agent page password`: who may open the agent's own page."""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path
from typing import Any

from edge_agent.config import load_config
from edge_agent.local_page.password import PagePassword
from schemas.errors import ConfigError, InterlockError


def add_page(commands: Any) -> None:
    """Adds the command to the parser's sub-commands."""
    page = commands.add_parser("page", help="the agent's own web page: set its password")
    page.add_argument("what", choices=["password"])
    page.add_argument("--stdin", action="store_true", help="read the password from standard input")
    page.add_argument("-c", "--config", type=Path, default=Path("agent.yaml"), metavar="FILE")
    page.set_defaults(command=_page)


def _page(options: argparse.Namespace) -> int:
    loaded = load_config(options.config)
    if options.stdin:
        word = sys.stdin.readline().rstrip("\r\n")
    else:
        word = getpass.getpass("Password of the agent's page: ")
        if getpass.getpass("Again: ") != word:
            raise ConfigError("page.password", "the two are not the same")
    try:
        PagePassword(loaded.data_dir).set(word)
    except OSError as error:
        raise InterlockError("page.password", f"it cannot be stored: {error}") from error
    where = loaded.config.page.listen if loaded.config.page is not None else ""
    print(f"The password is set. The page is at http://{where}/" if where else _OFF)
    return 0


_OFF = "The password is set. The page is off: write 'page: {listen: \"127.0.0.1:8770\"}' into the configuration."
