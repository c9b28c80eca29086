"""One silent unit of ten on a serial line, at the speed of a plant: timeout 1 s, pauses of up to 60 s."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.support.processes import ROOT

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(300)]


def test_a_silent_unit_at_the_speed_of_a_plant() -> None:
    line = [sys.executable, "-m", "pytest", "-q", "--timeout=250", "tests/unit/edge_agent/test_shared_line.py"]
    environment = {**os.environ, "INTERLOCK_LINE_FASTER": "1"}
    done = subprocess.run(line, cwd=ROOT, env=environment, check=False, timeout=270)
    assert done.returncode == 0
