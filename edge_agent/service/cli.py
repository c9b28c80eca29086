"""`edge-agent service`: the agent as a Windows service."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any


def add_service(commands: Any) -> None:
    """Adds the command to the parser's sub-commands."""
    service = commands.add_parser("service", help="the agent as a Windows service: install, remove")
    service.add_argument("what", choices=["install", "remove", "host"], help="host: for Windows itself")
    service.add_argument("--account", metavar="NAME", help="account it runs as; left out: LocalService")
    service.add_argument("-c", "--config", type=Path, default=Path("agent.yaml"), metavar="FILE")
    service.set_defaults(command=_service)


def _service(options: argparse.Namespace) -> int:
    from edge_agent.config import load_config
    from edge_agent.service import windows

    if options.what == "host":
        windows.host(options.config)
        return 0
    if options.what == "remove":
        windows.remove(windows.service_name(load_config(options.config).config.edge))
        print("The service is removed; configuration and data are left.")
        return 0
    account = options.account or windows.ACCOUNT
    name = windows.install(options.config, account)
    data = load_config(options.config).data_dir.resolve()
    print(f"The service {name} is installed. Give its account the data folder, then start it:")
    print(f'  icacls "{data}" /grant "{account}:(OI)(CI)M"')
    print(f"  net start {name}")
    return 0
