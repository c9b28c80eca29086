"""The agent is killed a hundred times at random moments, with either broker: nothing accepted lost, nothing doubled."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.support.processes import ROOT

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(2000)]
KILLS = os.environ.get("INTERLOCK_KILLS", "100")


@pytest.mark.parametrize("broker", ["nats-server", "mosquitto"])
def test_a_hundred_kills(broker: str) -> None:
    line = [sys.executable, "-m", "pytest", "-q", "-o", "timeout=1800", "tests/integration/test_agent_crash.py"]
    settings = {"INTERLOCK_KILLS": KILLS, "INTERLOCK_BROKER": broker}
    done = subprocess.run(line, cwd=ROOT, env={**os.environ, **settings}, check=False, timeout=1900)
    assert done.returncode == 0
