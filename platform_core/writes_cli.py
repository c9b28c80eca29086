"""``python -m platform_core writes stop|resume|status``: the kill switch on the platform's own machine."""

from __future__ import annotations

import argparse
import getpass
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from schemas.errors import InterlockError

if TYPE_CHECKING:
    from platform_core.services.write_stop import StopState


def add_writes_command(parser: argparse.ArgumentParser, add_place: Callable[[argparse.ArgumentParser], None]) -> None:
    """Adds the options; they work while the platform runs and while it does not."""
    parser.add_argument("what", choices=("stop", "resume", "status"))
    parser.add_argument("--reason", default="", help="why, for everybody who wants to write")
    parser.add_argument("--all", action="store_true", help="of all tenants; only here it can be taken back")
    add_place(parser)
    parser.set_defaults(run=_writes)


def _writes(options: argparse.Namespace) -> int:
    from platform_core.services.write_stop import WriteStop

    stop = WriteStop(options.data)
    tenant = None if options.all else options.tenant
    if not options.data.is_dir():
        raise InterlockError("settings.data", f"There is no data folder {options.data}.", hint="Give it with --data.")
    try:
        if options.what == "stop":
            stop.stop(tenant, getpass.getuser(), options.reason, time.time_ns() // 1000)
        elif options.what == "resume":
            stop.release(tenant)
    except OSError as error:
        raise InterlockError("write.stop_failed", f"It could not be done: {error}.") from error
    sys.stdout.write(_shown(stop.state(options.tenant)) + "\n")
    return 0


def _shown(state: StopState) -> str:
    if not state.stopped:
        return "Writes to devices go out. Each agent decides by its own switch."
    since = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(state.since / 1e6)) if state.since else "unknown"
    by = f" by {state.by}" if state.by else ""
    where = " for all tenants" if state.everywhere else ""
    reason = f" Reason: {state.reason}" if state.reason else ""
    return f"Writes to devices are STOPPED{where}{by} since {since}.{reason}"
