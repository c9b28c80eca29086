"""`interlock up`: everything on one machine, until Ctrl-C."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType

from rich.console import Console

from interlock.assembly import Assembly, Options
from interlock.datafolder import program_version, write_json
from interlock.enrolled import FILE_NAME as ENROLLED_FILE
from interlock.enrolled import Follower
from interlock.fleet import Fleet
from interlock.view import View


def up(options: Options) -> None:
    """Start all parts and look after them; raises Refused before anything is started."""
    assembly = Assembly(options)
    assembly.folder.create()
    lock = assembly.folder.claim()
    try:
        parts = assembly.build()
        write_json(
            assembly.folder.root / "launcher.json",
            {"pid": os.getpid(), "program": program_version(), "url": assembly.address},
        )
        view = View(assembly, Console())
        fleet = Fleet(parts, assembly.folder.logs, assembly.folder.guard_lock, view.tell)
        stopping = _stop_on_signals(fleet)
        follow = _follow_enrolled(assembly, fleet, view)

        def each_round() -> None:
            follow()
            view.refresh(fleet)

        with view:
            try:
                fleet.run(stopping, each_round)
            finally:
                view.tell("stopping")
                fleet.stop()
                view.refresh(fleet)
        view.tell("stopped")
    finally:
        lock.release()


def _follow_enrolled(assembly: Assembly, fleet: Fleet, view: View) -> Callable[[], None]:
    """What is done each round so that the broker knows the agents that were enrolled, and forgets those revoked."""
    renew = assembly.renew_broker
    if renew is None:
        return lambda: None
    follower = Follower(assembly.folder.platform / ENROLLED_FILE, renew, view.tell)
    child = fleet.children["broker"]

    def restart() -> None:
        if child.popen is not None:
            child.popen.terminate()

    def look() -> None:
        # One that is just starting would be ended by the signal, and reads the new users anyway in a moment.
        if child.state != "starting":
            follower.look(child.pid, restart)

    return look


def _stop_on_signals(fleet: Fleet) -> threading.Event:
    """An event set by Ctrl-C, SIGTERM, a closed window; a second signal ends every part at once."""
    stopping = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        if stopping.is_set():
            for child in fleet.children.values():
                if child.popen is not None:
                    with contextlib.suppress(OSError):
                        child.popen.kill()
        stopping.set()

    names = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
    for name in names:
        if (number := getattr(signal, name, None)) is not None:
            signal.signal(number, on_signal)
    if sys.platform != "win32":
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    return stopping
