"""The pace of rows: held until read, or by the clock."""

import pytest

from connectors.peers.replay.player import Player, recorded_periods


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def _pass(player: Player) -> list[int]:
    """One pass over all parts, as a driver does it."""
    rows = []
    for part in range(player.parts):
        rows.append(player.current(opens_pass=part == 0))
        player.mark([part])
    return rows


def test_a_row_stays_until_all_parts_are_read(clock: Clock) -> None:
    player = Player(5, [1.0], parts=3, clock=clock)
    player.current(opens_pass=True)
    player.mark([0, 1])
    clock.now += 50
    assert player.current(opens_pass=True) == 1
    player.mark([2])
    clock.now += 1
    assert player.current(opens_pass=True) == 2


def test_a_row_read_early_waits_for_its_time(clock: Clock) -> None:
    player = Player(5, [1.0], parts=1, clock=clock)
    _pass(player)
    clock.now += 0.99
    assert _pass(player) == [1]
    clock.now += 0.01
    assert _pass(player) == [2]


def test_a_pass_sees_one_row_although_its_time_comes_in_between(clock: Clock) -> None:
    player = Player(5, [1.0], parts=2, clock=clock)
    _pass(player)
    assert player.current(opens_pass=True) == 1
    clock.now += 5
    assert player.current(opens_pass=False) == 1
    assert player.current(opens_pass=True) == 2


def test_a_fast_reader_gets_the_pace_on_average(clock: Clock) -> None:
    player = Player(1000, [0.1], parts=1, clock=clock)
    for _ in range(1000):
        _pass(player)
        clock.now += 0.03
    assert 298 <= player.row <= 301


def test_rows_do_not_rush_by_after_a_pause(clock: Clock) -> None:
    player = Player(1000, [1.0], parts=1, clock=clock)
    _pass(player)
    clock.now += 60
    rows = []
    for _ in range(6):
        rows += _pass(player)
        clock.now += 0.25
    assert rows[-1] <= 4


def test_each_row_is_logged_once_and_the_end_once(clock: Clock) -> None:
    read, ended = [], []
    player = Player(3, [1.0], parts=1, clock=clock, on_read=read.append, on_done=lambda: ended.append(True))
    for _ in range(10):
        _pass(player)
        clock.now += 1
    assert read == [1, 2, 3]
    assert ended == [True]
    assert player.row == 3


def test_no_pace_time_passes_before_the_first_reader(clock: Clock) -> None:
    player = Player(10, [1.0], parts=1, clock=clock)
    clock.now += 100
    assert _pass(player) == [1]
    assert _pass(player) == [1]


def test_free_running_rows_go_by_the_clock(clock: Clock) -> None:
    player = Player(10, [1.0, 3.0], parts=1, hold=False, clock=clock)
    seen = []
    for _ in range(9):
        seen.append(player.current(opens_pass=True))
        clock.now += 1
    assert seen == [1, 2, 2, 2, 3, 4, 4, 4, 5]
    clock.now += 1000
    assert player.current(opens_pass=True) == 10
    assert player.done


def test_free_running_counts_only_rows_that_were_read(clock: Clock) -> None:
    player = Player(10, [1.0], parts=1, hold=False, clock=clock)
    for _ in range(3):
        player.current(opens_pass=True)
        player.mark([0])
        clock.now += 3
    assert player.reads == 3


def test_periods_follow_the_recorded_times() -> None:
    assert recorded_periods([0, 1_000_000, 1_000_000, 500_000, 3_500_000], 1.0) == [1.0, 0.0, 0.0, 3.0, 1.0]
    assert recorded_periods([0, 10_000_000], 10.0)[0] == 1.0
