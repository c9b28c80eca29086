"""Fixtures every test may use: `processes`, `broker`, `port`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.support.broker import Broker, start_broker
from tests.support.processes import Processes, free_port

# A machine that is busy makes examples slowly: that is no defect of what is tested.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    """Starts child processes; all of them are ended after the test."""
    started = Processes(tmp_path)
    yield started
    started.close()


@pytest.fixture
def broker(processes: Processes, tmp_path: Path) -> Broker:
    """A real broker with the edges line_1 and line_2 of tenant `factory`."""
    return start_broker(processes, tmp_path, edges=("line_1", "line_2"))


@pytest.fixture
def port() -> int:
    """A free loopback port."""
    return free_port()
