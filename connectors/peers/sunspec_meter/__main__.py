"""``python -m connectors.peers.sunspec_meter``: a simulated SunSpec meter over Modbus TCP, as a process."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from connectors.peers.process import stop_event, write_json_atomic
from connectors.peers.sunspec_meter.device import SunSpecMeter


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until asked to end. Exit code 0 after a clean end, 1 where the port is taken."""
    parser = argparse.ArgumentParser(prog="python -m connectors.peers.sunspec_meter", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=5502, help="0: any free one, see the ready file")
    parser.add_argument("--unit", type=int, default=1, help="Modbus unit id")
    parser.add_argument("--base", type=int, choices=(0, 40_000, 50_000), default=40_000, help="where SunSpec begins")
    parser.add_argument("--ready", type=Path, metavar="FILE", help="JSON with the port, written when serving")
    arguments = parser.parse_args(argv)
    try:
        asyncio.run(_serve(arguments))
    except KeyboardInterrupt:
        return 0
    except (OSError, RuntimeError) as error:  # pymodbus says with either that it cannot listen
        place = f"{arguments.host}:{arguments.port}"
        print(f"The meter cannot listen on {place}: {error}. Give another --port.", file=sys.stderr)
        return 1
    return 0


async def _serve(arguments: argparse.Namespace) -> None:
    stopping = stop_event()
    given = {name: getattr(arguments, name) for name in ("host", "port", "unit", "base")}
    async with SunSpecMeter(**given) as meter:
        if arguments.ready is not None:
            write_json_atomic(arguments.ready, {"port": meter.port, "pid": os.getpid()})
        print(
            f"simulated SunSpec meter: {arguments.host}:{meter.port}, unit {arguments.unit}. Ctrl-C ends it.",
            flush=True,
        )
        await stopping.wait()


if __name__ == "__main__":
    sys.exit(main())
