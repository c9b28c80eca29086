"""The scan grid and the pauses between tries."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from edge_agent.clock import step_ms
from edge_agent.device import Schedule
from edge_agent.supervisor import PAUSE_MAX_S, Backoff, keep_alive
from schemas.errors import ConnectError


def test_the_grid_does_not_drift_and_skips_what_a_long_read_missed() -> None:
    schedule = Schedule(period_s=1.0, phase_s=0.25)
    schedule.start(10.0)
    schedule.done(10.01)
    assert schedule.due == 10.25
    for n in range(1000):
        schedule.done(schedule.due + 0.3)
        assert abs(schedule.due - (11.25 + n)) < 1e-6
    assert schedule.overruns == 0
    schedule.done(schedule.due + 3.5)
    assert abs(schedule.due - 1014.25) < 1e-6
    assert schedule.overruns == 3


@given(st.floats(0.02, 100), st.floats(0, 0.999), st.floats(0, 1e5), st.floats(0, 500))
def test_due_times_lie_on_the_grid_and_in_the_future(period: float, phase: float, start: float, took: float) -> None:
    schedule = Schedule(period, phase * period)
    schedule.start(start)
    for _ in range(3):
        began = schedule.due
        ended = began + took
        schedule.done(ended)
        assert schedule.due > began
        assert schedule.due >= ended - 1e-6
        assert schedule.due <= max(ended, began) + period + 1e-6


def test_pauses_begin_short_grow_to_the_longest_and_carry_jitter() -> None:
    backoff = Backoff(random.Random(1))
    pauses = [backoff.pause_s() for _ in range(20)]
    assert pauses[0] <= 0.25
    assert max(pauses) <= PAUSE_MAX_S
    assert min(pauses[10:]) >= PAUSE_MAX_S / 2
    assert len({round(pause, 3) for pause in pauses[10:]}) > 5
    backoff.reset()
    assert backoff.pause_s() <= 0.25


class Flaky:
    """Fails in every way a session can."""

    name = "flaky"

    def __init__(self) -> None:
        self.lives = 0
        self.told: list[str] = []

    async def run(self, up: Callable[[], None]) -> None:
        self.lives += 1
        if self.lives % 2:
            raise ConnectError("x", "gone")
        up()
        raise RuntimeError("a defect")

    def lost(self, error: Exception) -> None:
        self.told.append(type(error).__name__)


class NoPause(Backoff):
    def pause_s(self) -> float:
        return 0.0


async def test_the_supervisor_never_gives_up_whatever_a_session_raises() -> None:
    session = Flaky()
    task = asyncio.create_task(keep_alive(session, NoPause()))
    while session.lives < 20:
        await asyncio.sleep(0)
    task.cancel()
    assert session.told[:2] == ["ConnectError", "RuntimeError"]


def test_a_step_of_the_wall_clock_is_measured_against_the_monotonic_one() -> None:
    assert step_ms(1000.0, 5.0, 1001.0, 6.0) == 0
    assert step_ms(1000.0, 5.0, 4601.0, 6.0) == 3_600_000
    assert step_ms(1000.0, 5.0, 401.0, 6.0) == -600_000


async def test_a_loss_that_cannot_be_told_does_not_end_the_retries() -> None:
    class Broken:
        name = "broken"
        lives = 0

        async def run(self, up: Callable[[], None]) -> None:
            self.lives += 1
            raise ConnectError("test", "no")

        def lost(self, error: Exception) -> None:
            raise RuntimeError("a defect")

    class NoPause(Backoff):
        def pause_s(self) -> float:
            return 0.0

    session = Broken()
    task = asyncio.create_task(keep_alive(session, NoPause()))
    while session.lives < 3:
        await asyncio.sleep(0.01)
        assert not task.done()
    task.cancel()
