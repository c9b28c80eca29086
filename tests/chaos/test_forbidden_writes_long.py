"""Ten thousand writes that nobody may make."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.support.processes import ROOT

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(1800)]


def test_ten_thousand_forbidden_attempts() -> None:
    line = [sys.executable, "-m", "pytest", "-q", "-s", "tests/integration/test_forbidden_writes.py"]
    line += ["-o", "timeout=1500"]
    done = subprocess.run(line, cwd=ROOT, env={**os.environ, "INTERLOCK_ATTEMPTS": "10000"}, check=False, timeout=1700)
    assert done.returncode == 0
