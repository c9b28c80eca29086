"""Children are started, started again, ended in time, and never outlive the launcher."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from interlock.child import LOG_BYTES_MAX, Child, Part
from interlock.guard import end, exists, listen
from tests.support.processes import Process, Processes, alive, children
from tests.support.waiting import wait_until

SCRIPT = Path(__file__).with_name("fleet_process.py")


@pytest.fixture
def fleet(processes: Processes, tmp_path: Path) -> Process:
    process = processes.command("fleet", [sys.executable, str(SCRIPT), str(tmp_path / "data")])
    for name in ("sleeper", "stubborn", "parent"):
        process.wait_log(f"{name} is up")
    wait_until(lambda: len(children(process.pid)) >= 5, what="three parts, a grandchild and the guard run")
    return process


def sleeper_pid(fleet: Process) -> int:
    """The part that prints `sleeping`, told by its command line."""
    for pid in children(fleet.pid):
        if b"sleeping" in Path(f"/proc/{pid}/cmdline").read_bytes():
            return pid
    raise AssertionError("no sleeper")


def test_a_killed_part_is_started_again(fleet: Process) -> None:
    old = sleeper_pid(fleet)
    os.kill(old, signal.SIGKILL)
    fleet.wait_log("sleeper killed by SIGKILL")
    fleet.wait_log("sleeper is up (start 2): process ")
    new = sleeper_pid(fleet)
    assert f"sleeper is up: process {old}\n" in fleet.log()
    assert f"sleeper is up (start 2): process {new}\n" in fleet.log()
    assert new != old


def test_a_part_that_cannot_live_is_tried_with_growing_pauses(fleet: Process) -> None:
    fleet.wait_log("broken ended with code 3: port is taken (logs/broken.log); next start in 0.5 s")
    fleet.wait_log("next start in 1.0 s")
    fleet.wait_log("next start in 2.0 s")


def test_a_part_that_plays_once_is_left_ended(fleet: Process) -> None:
    fleet.wait_log("once ended with code 0: played; it is not started again")
    time.sleep(1)
    assert fleet.log().count("once ended") == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_nothing_behind(fleet: Process, number: int) -> None:
    everyone = children(fleet.pid)
    began = time.monotonic()
    os.kill(fleet.pid, number)
    assert fleet.popen is not None
    assert fleet.popen.wait(6) == 0, fleet.log()
    assert time.monotonic() - began < 5
    assert not [pid for pid in everyone if alive(pid)]
    assert "stopped" in fleet.log()


def test_a_killed_launcher_leaves_nothing_behind(fleet: Process) -> None:
    everyone = children(fleet.pid)
    fleet.kill()
    wait_until(lambda: not any(alive(pid) for pid in everyone), timeout_s=6, what="children and guard are gone")


def test_a_killed_guard_is_replaced(fleet: Process) -> None:
    def guards() -> list[int]:
        lines = {pid: Path(f"/proc/{pid}/cmdline").read_bytes() for pid in children(fleet.pid)}
        return [pid for pid, line in lines.items() if b"interlock.guard" in line]

    first = wait_until(guards)[0]
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: guards() not in ([], [first]), what="a new guard")
    time.sleep(0.3)
    everyone = children(fleet.pid)
    fleet.kill()
    wait_until(lambda: not any(alive(pid) for pid in everyone), timeout_s=6, what="the new guard has done its work")


def test_without_a_guard_the_children_would_stay(fleet: Process) -> None:
    """Negative control: what the guard prevents does happen without it."""
    everyone = children(fleet.pid)
    guards = [pid for pid in everyone if b"interlock.guard" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    os.kill(fleet.pid, signal.SIGSTOP)
    for pid in guards:
        os.kill(pid, signal.SIGKILL)
    fleet.kill()
    time.sleep(1)
    orphans = [pid for pid in everyone if alive(pid)]
    for pid in orphans:
        os.kill(pid, signal.SIGKILL)
    assert orphans


def test_a_second_launcher_is_refused_and_a_third_waits_for_leftovers(
    fleet: Process, processes: Processes, tmp_path: Path
) -> None:
    second = processes.command("second", [sys.executable, str(SCRIPT), str(tmp_path / "data")])
    assert second.popen is not None
    assert second.popen.wait(10) != 0
    assert f"already runs on {tmp_path / 'data'}" in second.log()
    everyone = children(fleet.pid)
    fleet.kill()
    third = processes.command("third", [sys.executable, str(SCRIPT), str(tmp_path / "data")])
    third.wait_log("sleeper is up")
    assert not [pid for pid in everyone if alive(pid)]


def test_the_guard_forgets_what_ended_and_respects_a_goodbye() -> None:
    assert listen(["+11\n", "+12\n", "-11\n"]) == {12}
    assert listen(["+11\n", "bye\n"]) == set()


def test_the_guard_ends_a_stubborn_process(processes: Processes) -> None:
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('in', flush=True); time.sleep(60)"
    process = processes.command("stubborn", [sys.executable, "-c", code])
    process.wait_log("in")
    assert exists(process.pid)
    end({process.pid}, grace_s=0.2)
    assert process.popen is not None
    assert process.popen.wait(5) == -signal.SIGKILL


def test_a_log_is_rotated(tmp_path: Path) -> None:
    line = "x" * 1023
    count = 2 * LOG_BYTES_MAX // 1024 + 10
    part = Part("talker", lambda: [sys.executable, "-c", f"for _ in range({count}): print('{line}')"], restart=False)
    child = Child(part, tmp_path / "talker.log")
    child.start()
    wait_until(lambda: child.poll() == "ended", timeout_s=20)
    sizes = {path.name: path.stat().st_size for path in tmp_path.iterdir()}
    assert sorted(sizes) == ["talker.log", "talker.log.1", "talker.log.2"]
    assert sum(sizes.values()) == count * 1024
    assert max(sizes.values()) <= LOG_BYTES_MAX + 1024


def test_a_log_that_cannot_be_written_does_not_stop_the_part(tmp_path: Path) -> None:
    """More than a pipe holds: a part whose output nobody reads would stand still for ever."""
    script = "print('x' * 300_000, flush=True); open('done', 'w').close(); print('last words', flush=True)"
    there = tmp_path / "no" / "such" / "folder" / "part.log"
    command = [sys.executable, "-c", f"import os; os.chdir({str(tmp_path)!r}); {script}"]
    child = Child(Part("part", lambda: command, restart=False), there)
    child.start()
    wait_until(lambda: (tmp_path / "done").exists(), what="the part goes on")
    wait_until(lambda: child.poll() == "ended", what="it has ended")
    assert "last words" in child.reason
