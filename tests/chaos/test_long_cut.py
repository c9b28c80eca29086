"""The broker is away for 1, 5 and 30 minutes at 1,000 points a second; meanwhile the age of fresh values beside the
backlog, which is let out at 10 batches a second: its p95 is at most twice that of quiet times.

`INTERLOCK_CUTS_S` names other lengths, for a try-out.
"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.support.processes import ROOT

CUTS_S = [int(part) for part in os.environ.get("INTERLOCK_CUTS_S", "60,300,1800").split(",")]
pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600 + 4 * max(CUTS_S))]


@pytest.mark.parametrize("cut_s", CUTS_S)
@pytest.mark.parametrize("broker", ["nats-server", "mosquitto"])
def test_a_long_cut(cut_s: int, broker: str) -> None:
    line = [sys.executable, "-m", "pytest", "-q", "-s", "tests/integration/test_outage.py", "-k", broker]
    settings = {"INTERLOCK_CUT_S": str(cut_s), "INTERLOCK_PACE": "10", "INTERLOCK_LATENCY_S": "60"}
    done = subprocess.run(line, cwd=ROOT, env={**os.environ, **settings}, check=False, timeout=500 + 4 * cut_s)
    assert done.returncode == 0
