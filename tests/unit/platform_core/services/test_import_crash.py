"""kill -9 before every statement of an import: afterwards all of it is there, or nothing."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

WORKER = Path(__file__).with_name("import_until_killed.py")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="forks and kills")


def rounds(folder, mode, how="at_once"):
    done = subprocess.run([sys.executable, WORKER, folder, mode, how], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    before, killed, last = lines[0], lines[1:-1], lines[-1]
    assert last["exit"] == 0, done.stderr
    assert len(killed) > 10
    assert {line["exit"] for line in killed} == {-signal.SIGKILL}
    return before["holds"], [line["holds"] for line in killed], last["holds"]


@pytest.mark.parametrize("mode", ["release", "draft"])
def test_an_import_is_all_or_nothing_whenever_it_is_killed(tmp_path, mode):
    before, killed, after = rounds(tmp_path, mode)
    assert after["asset"] == [["press_7"]]
    assert after["role_map"] == [["press_7", "temperature"]]
    assert after["app"] == [["line", 1 if mode == "release" else None]]
    assert before["asset"] == before["role_map"] == before["app"] == before["audit"] == []
    assert all(held == before for held in killed)


def test_mappings_that_are_committed_first_are_caught(tmp_path):
    """The control: in two transactions, a kill in between leaves half of it."""
    before, killed, after = rounds(tmp_path, "release", "in_two")
    half = [held for held in killed if held not in (before, after)]
    assert half
    assert all(held["role_map"] and not held["app_release"] for held in half)
