"""``python -m connectors.peers.tick_device``: devices for benches and judges, as a process."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import yaml

from connectors.peers.process import stop_event, write_json_atomic, write_text_atomic
from connectors.peers.tick_device.agent_config import agent_document
from connectors.peers.tick_device.device import TickDevices, TickOptions


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until asked to end. Exit code 0 after a clean end."""
    parser = argparse.ArgumentParser(prog="python -m connectors.peers.tick_device", description=__doc__)
    parser.add_argument("--tags", type=int, default=1000, help="tags per device")
    parser.add_argument("--devices", type=int, default=1)
    parser.add_argument("--protocol", choices=("modbus", "opcua"), default="modbus")
    parser.add_argument("--by", choices=("port", "unit"), default="port", help="what tells devices apart")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0: free ones, see the ready file; else the first")
    parser.add_argument("--period-ms", type=float, default=1000.0, help="length of a tick")
    parser.add_argument(
        "--holes", action="append", default=[], type=_range, metavar="A-B", help="registers that are not there"
    )
    parser.add_argument("--silent-after", type=float, metavar="S", help="answer nothing from then on")
    parser.add_argument("--delay-ms", type=float, default=0.0, help="before each answer")
    parser.add_argument("--sequence", action="store_true", help="declare the tick as sequence in the agent's config")
    parser.add_argument("--ready", type=Path, help="JSON with ports and start, written when serving")
    parser.add_argument("--agent-config", type=Path, help="YAML with the agent's connections")
    arguments = parser.parse_args(argv)
    if arguments.tags < 1 or arguments.devices < 1 or arguments.period_ms <= 0:
        parser.error("--tags, --devices and --period-ms must be more than 0")
    try:
        asyncio.run(_serve(arguments))
    except KeyboardInterrupt:
        return 0
    return 0


def _range(text: str) -> tuple[int, int]:
    first, _, last = text.partition("-")
    return int(first), int(last or first)


async def _serve(arguments: argparse.Namespace) -> None:
    stopping = stop_event()
    options = TickOptions(
        tags=arguments.tags,
        devices=arguments.devices,
        protocol=arguments.protocol,
        by=arguments.by,
        host=arguments.host,
        port=arguments.port,
        period_s=arguments.period_ms / 1000,
        holes=arguments.holes,
        silent_after_s=arguments.silent_after,
        delay_ms=arguments.delay_ms,
    )
    async with TickDevices(options) as devices:
        if arguments.agent_config is not None:
            document = agent_document(devices, sequence=arguments.sequence)
            write_text_atomic(arguments.agent_config, yaml.safe_dump(document, sort_keys=False, width=110))
        if arguments.ready is not None:
            write_json_atomic(arguments.ready, devices.status() | {"pid": os.getpid()})
        print(f"tick device: {options.devices} × {options.tags} tags over {options.protocol}", flush=True)
        await stopping.wait()


if __name__ == "__main__":
    sys.exit(main())
