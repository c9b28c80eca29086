"""A launcher for tests: real child processes, without broker and platform. `python fleet_process.py FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

from rich.console import Console

from interlock.child import Part
from interlock.datafolder import DataFolder
from interlock.fleet import Fleet
from interlock.up import _stop_on_signals

SLEEPER = "import time; print('sleeping', flush=True); time.sleep(600)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('no', flush=True); time.sleep(600)"
)
PARENT = (
    "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); "
    "time.sleep(600)"
)
BROKEN = "import sys; print('port is taken', flush=True); sys.exit(3)"


def part(name: str, code: str, after: tuple[str, ...] = (), *, restart: bool = True) -> Part:
    """A part that runs Python code."""
    return Part(name, lambda: [sys.executable, "-c", code], after=after, stop_s=0.5, restart=restart)


def main() -> None:
    """Run until a signal, saying each event."""
    folder = DataFolder(Path(sys.argv[1]))
    folder.create()
    lock = folder.claim()
    console = Console(soft_wrap=True)
    parts = [
        part("sleeper", SLEEPER),
        part("stubborn", STUBBORN, ("sleeper",)),
        part("parent", PARENT, ("sleeper",)),
        part("broken", BROKEN),
        part("once", "print('played')", restart=False),
    ]
    fleet = Fleet(parts, folder.logs, folder.guard_lock, console.print)
    stopping = _stop_on_signals(fleet)
    fleet.run(stopping, lambda: None)
    fleet.stop()
    lock.release()
    console.print("stopped")


if __name__ == "__main__":
    main()
