"""`edge-agent secret set | list | remove`: passwords that agent.yaml names as `secret:NAME`."""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path
from typing import Any

from edge_agent.secret_store.store import SecretStore
from schemas.errors import ConfigError


def add_secret(commands: Any) -> None:
    """Adds the command to the parser's sub-commands."""
    secret = commands.add_parser("secret", help="passwords that the configuration names: set, list, remove")
    secret.add_argument("what", choices=["set", "list", "remove"])
    secret.add_argument("name", nargs="?", default="")
    secret.add_argument("-c", "--config", type=Path, default=Path("agent.yaml"), metavar="FILE")
    secret.set_defaults(command=_secret)


def _secret(options: argparse.Namespace) -> int:
    # Not load_config: a configuration that names a secret is only right once the secret is there.
    from edge_agent.enrol.install import data_dir_of

    _, data_dir = data_dir_of(options.config)
    store = SecretStore(options.config.resolve().parent / data_dir)
    if options.what == "list":
        print("\n".join(store.names()) or "No secrets.")
        return 0
    if not options.name:
        raise ConfigError("secret.name", "which secret?", hint=f"edge-agent secret {options.what} NAME")
    if options.what == "remove":
        store.remove(options.name)
        print(f"{options.name} is forgotten.")
        return 0
    # Never an argument: those are seen by every user of the machine and kept by shells.
    typed = getpass.getpass("Secret: ") if sys.stdin.isatty() else sys.stdin.readline()
    store.put(options.name, typed.rstrip("\r\n"))
    print(f"Kept. In the configuration: secret:{options.name}")
    return 0
