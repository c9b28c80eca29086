"""The broker is away for a minute at 1,000 points a second."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.support.processes import ROOT

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]


def test_a_cut_of_60_s() -> None:
    line = [sys.executable, "-m", "pytest", "-q", "tests/integration/test_outage.py"]
    done = subprocess.run(line, cwd=ROOT, env={**os.environ, "INTERLOCK_CUT_S": "60"}, check=False, timeout=540)
    assert done.returncode == 0
