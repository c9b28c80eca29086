"""Wrong, late, doubled, cut and crossed answers never become values; the ten minutes are in tests/chaos."""

import sys

import pytest

from .faulty_modbus import prove


@pytest.mark.parametrize("kind", ["tcp", "rtu", "serial"])
async def test_no_fault_of_an_answer_becomes_a_value(kind):
    if kind == "serial" and sys.platform == "win32":
        pytest.skip("a pseudo-terminal that is a serial port needs POSIX")
    seen, done = await prove(kind, share=0.2, seconds=4.0, timeout_s=0.1, seed=kind)
    assert not seen.wrong
    assert seen.good > 50
    assert sum(done.values()) >= 8, done
    assert seen.lost + seen.bad > 0
