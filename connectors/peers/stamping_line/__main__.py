"""``python -m connectors.peers.stamping_line``: the simulated stamping line as a process."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import yaml

from connectors.peers.process import stop_event, write_json_atomic, write_text_atomic
from connectors.peers.stamping_line.agent_config import agent_document
from connectors.peers.stamping_line.device import LineOptions, StampingLine
from connectors.peers.stamping_line.line import PRESSES


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until asked to end. Exit code 0 after a clean end."""
    parser = argparse.ArgumentParser(prog="python -m connectors.peers.stamping_line", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--modbus-port", type=int, default=0, help="0: any free one, see the ready file")
    parser.add_argument("--opcua-port", type=int, default=0, help="0: any free one")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same line")
    parser.add_argument("--time-factor", type=float, default=1.0, help="faster than the wall clock")
    parser.add_argument("--truth", type=Path, help="JSON lines: what really happened")
    parser.add_argument("--ready", type=Path, help="JSON with the ports, written when serving")
    parser.add_argument("--control-port", type=int, default=0, help="port on 127.0.0.1 at which set-points are written")
    parser.add_argument("--control-token-file", type=Path, help="file with its token; without it there is none")
    parser.add_argument("--agent-config", type=Path, help="YAML with the agent's connections")
    parser.add_argument(
        "--opcua-machines", default="press_3", metavar="LIST",
        help="presses the agent reads over OPC UA, by comma; the others over Modbus; empty: none",
    )  # fmt: skip
    arguments = parser.parse_args(argv)
    machines = {name for name in arguments.opcua_machines.split(",") if name}
    if not machines <= set(PRESSES):
        parser.error(f"--opcua-machines: choose from {', '.join(PRESSES)}")
    try:
        asyncio.run(_serve(arguments, machines))
    except KeyboardInterrupt:
        return 0
    return 0


async def _serve(arguments: argparse.Namespace, opcua_machines: set[str]) -> None:
    stopping = stop_event()
    options = LineOptions(
        host=arguments.host,
        modbus_port=arguments.modbus_port,
        opcua_port=arguments.opcua_port,
        seed=arguments.seed,
        time_factor=arguments.time_factor,
        truth=arguments.truth,
        control_port=arguments.control_port,
        control_token=_token(arguments.control_token_file),
    )
    async with StampingLine(options) as line:
        if arguments.agent_config is not None:
            document = agent_document(options.host, line.modbus_port, line.opcua_url, opcua_machines)
            text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=110)
            write_text_atomic(arguments.agent_config, text)
        if arguments.ready is not None:
            write_json_atomic(arguments.ready, line.status() | {"pid": os.getpid()})
        print(
            f"stamping line: Modbus TCP {options.host}:{line.modbus_port}, OPC UA {line.opcua_url}, "
            f"{line.status()['tags']} tags",
            flush=True,
        )
        await stopping.wait()


def _token(path: Path | None) -> str:
    return "" if path is None else path.read_text("utf-8").strip()


if __name__ == "__main__":
    sys.exit(main())
