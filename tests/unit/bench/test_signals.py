"""A bench that is told to end takes the processes it has started with it."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from tests.support.processes import Processes, alive, children
from tests.support.waiting import wait_until

BENCH = """
import sys, time
from pathlib import Path
from tests.bench.__main__ import end_in_order
from tests.support.processes import Processes

end_in_order()
started = Processes(Path(sys.argv[1]))
try:
    started.command("child", [sys.executable, "-c", "import time; time.sleep(60)"])
    time.sleep(60)
finally:
    started.close()
"""


@pytest.mark.skipif(os.name == "nt", reason="signals of another process")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_leaves_no_child_behind(tmp_path: Path, number: int) -> None:
    processes = Processes(tmp_path)
    try:
        bench = processes.command("bench", [sys.executable, "-c", BENCH, str(tmp_path)])
        wait_until(lambda: len(children(bench.pid)) == 1, timeout_s=60, what="the child runs")
        (child,) = children(bench.pid)
        os.kill(bench.pid, number)
        wait_until(lambda: not bench.running, timeout_s=60, what="the bench ends")
        wait_until(lambda: not alive(child), timeout_s=60, what="its child has ended")
    finally:
        processes.close()
