"""Ten minutes of wrong, late, doubled, cut and crossed answers, one in twenty, on three kinds of line at once."""

from __future__ import annotations

import asyncio
import os
import sys

import pytest

from tests.unit.connectors.drivers.faulty_modbus import prove

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(900)]
SECONDS = float(os.environ.get("INTERLOCK_FAULTS_S", "600"))


async def test_ten_minutes_of_faults_without_a_wrong_value(capsys: pytest.CaptureFixture[str]) -> None:
    kinds = ["tcp", "rtu"] if sys.platform == "win32" else ["tcp", "rtu", "serial"]
    runs = [prove(kind, share=0.05, seconds=SECONDS, timeout_s=0.2, seed=kind) for kind in kinds]
    for kind, (seen, done) in zip(kinds, await asyncio.gather(*runs), strict=True):
        with capsys.disabled():
            print(f"\n{kind}: {seen.good} good values, {seen.lost} links lost, {sum(done.values())} faults: {done}")
        assert not seen.wrong, kind
        assert min(done.values()) > 0, kind
        assert seen.good > 10 * sum(done.values()), kind
